package io.github.whisperspeedtest.torch;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import io.github.whisperspeedtest.error.EngineOutOfMemoryException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * The TorchScript program {@code whisper_network.py}, compiled by PyTorch.
 *
 * <p>A program's archive is a zip file with its source and two pickles. The source is kept readable in this jar and packed here. Source
 * of the layout: {@code torch/csrc/jit/docs/serialization.md} in pytorch/pytorch.
 */
final class TorchProgram implements AutoCloseable {
    private static final String SOURCE = "whisper_network.py";
    private static final String CLASS = "WhisperNetwork";

    /** Version of the archive; 10 is that of PyTorch 2.x, older ones give some operators their old meaning. */
    private static final String VERSION = "10\n";

    private final PtSymbolBlock module;

    private TorchProgram(PtSymbolBlock module) {
        this.module = module;
    }

    /** Compiles the program; it is closed with the manager at the latest. */
    static TorchProgram load(NDManager manager) {
        return load(manager, source());
    }

    /** Compiles another source of the program. */
    static TorchProgram load(NDManager manager, String source) {
        try {
            return new TorchProgram(JniUtils.loadModule(
                    (PtNDManager) manager, new ByteArrayInputStream(archive(source)), false, false));
        } catch (IOException e) {
            throw new UncheckedIOException("Memory cannot be read", e);
        }
    }

    /** Returns the source of the program. */
    static String source() {
        try (InputStream in = TorchProgram.class.getResourceAsStream(SOURCE)) {
            if (in == null) {
                throw new IOException("it is missing");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(SOURCE + " cannot be read from the class path", e);
        }
    }

    private static byte[] archive(String source) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            put(zip, "code/__torch__.py", source.getBytes(StandardCharsets.UTF_8));
            put(zip, "data.pkl", instance());
            put(zip, "constants.pkl", emptyTuple());
            put(zip, "version", VERSION.getBytes(StandardCharsets.US_ASCII));
        }
        return bytes.toByteArray();
    }

    /** PyTorch wants entries that are not compressed, below one directory. */
    private static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
        ZipEntry entry = new ZipEntry("whisper/" + name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        CRC32 checksum = new CRC32();
        checksum.update(content);
        entry.setCrc(checksum.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }

    /** Returns a pickle of the program's class with its only attribute, {@code training}, false. */
    private static byte[] instance() throws IOException {
        ByteArrayOutputStream pickle = new ByteArrayOutputStream();
        byte[] training = "training".getBytes(StandardCharsets.US_ASCII);
        pickle.write(new byte[] {(byte) 0x80, 2});
        pickle.write(("c__torch__\n" + CLASS + "\n").getBytes(StandardCharsets.US_ASCII));
        pickle.write(new byte[] {')', (byte) 0x81, '}', 'X', (byte) training.length, 0, 0, 0});
        pickle.write(training);
        pickle.write(new byte[] {(byte) 0x89, 's', 'b', '.'});
        return pickle.toByteArray();
    }

    private static byte[] emptyTuple() {
        return new byte[] {(byte) 0x80, 2, ')', '.'};
    }

    /**
     * Calls a method.
     *
     * @return its result, for the caller to close
     * @throws io.github.whisperspeedtest.error.EngineException if PyTorch fails
     */
    IValue call(String method, IValue... arguments) {
        // The first calls would spend time on optimizing for the observed shapes, which gains nothing here. The setting
        // is per thread.
        JniUtils.setGraphExecutorOptimize(false);
        try {
            return IValueUtils.runMethod(module, method, arguments);
        } catch (EngineException e) {
            throw failure(method, e);
        }
    }

    private static RuntimeException failure(String method, EngineException cause) {
        String message = String.valueOf(cause.getMessage());
        String lower = message.toLowerCase(Locale.ROOT);
        if (lower.contains("out of memory") || lower.contains("can't allocate memory")) {
            return new EngineOutOfMemoryException(
                    "PyTorch ran out of memory in " + method + " (" + lastLine(message)
                            + "). Close other programs, or use a smaller batch or a smaller model.",
                    cause);
        }
        return new io.github.whisperspeedtest.error.EngineException(
                "PyTorch failed in " + method + ": " + lastLine(message) + ". Try another device or compute type.",
                cause);
    }

    /** Returns the line with the error message, below the trace of the program. */
    private static String lastLine(String message) {
        String[] lines = message.strip().split("\n");
        for (String line : lines) {
            if (line.contains("Error: ")) {
                return line.strip();
            }
        }
        return lines[lines.length - 1].strip();
    }

    /** Returns the first sentence of an error message, without PyTorch's pages of hints. */
    static String firstSentence(String message) {
        return message.lines().findFirst().orElse("").replaceFirst("\\. .*|\\.$", "");
    }

    @Override
    public void close() {
        module.close();
    }
}
