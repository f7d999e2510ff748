package io.github.whisperspeedtest.whispercpp.ggml;

import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import io.github.whisperspeedtest.error.ModelException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.Consumer;

/**
 * A GGML file of a Whisper model, fully validated without native code.
 *
 * <p>whisper.cpp trusts its input: a wrong header, vocabulary or tensor table makes it read out of bounds or abort the
 * process. A file that passes {@link #inspect} has exactly the header, filters, vocabulary and tensors that whisper.cpp
 * 1.7.1 and later rely on; see {@link #needsF32Encoder} for the exception. The weights are not checked; no weight, not even NaN, can make it abort.
 *
 * @param path the file
 * @param dimensions the hyper-parameters
 * @param fileType storage type of the matrices
 * @param vocabularySize number of text tokens in the file; the special tokens after them have no entries
 * @param tensors the tensors in file order
 */
public record GgmlModelFile(
        Path path, ModelDimensions dimensions, GgmlFileType fileType, int vocabularySize, List<StoredTensor> tensors) {
    /** Copies the list. */
    public GgmlModelFile {
        tensors = List.copyOf(tensors);
    }

    /**
     * One tensor of the file.
     *
     * @param name OpenAI's name of it
     * @param type how its elements are stored
     * @param sizes size of each dimension, the fastest first
     * @param offset position in the file of its first byte
     * @param bytes how many bytes it has
     */
    public record StoredTensor(String name, GgmlType type, List<Integer> sizes, long offset, long bytes) {
        /** Copies the list. */
        public StoredTensor {
            sizes = List.copyOf(sizes);
        }
    }

    /**
     * Validates a file. The weights are skipped, so it is fast and needs little memory whatever the size.
     *
     * @throws ModelException if whisper.cpp could not load the file safely; the message names the file and the
     *     violation
     */
    public static GgmlModelFile inspect(Path file) {
        return inspect(file, token -> {});
    }

    /**
     * Validates a file and passes on its vocabulary.
     *
     * @param vocabulary receives the bytes of each token, in the order of the ids
     */
    static GgmlModelFile inspect(Path file, Consumer<byte[]> vocabulary) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return new GgmlInspection(file, new GgmlInput(file, channel), vocabulary).run();
        } catch (NoSuchFileException e) {
            throw new ModelException(file + " does not exist. Download the model.", e);
        } catch (IOException e) {
            throw new ModelException(
                    file + " cannot be read: " + e.getMessage() + ". Check the file and its permissions.", e);
        }
    }

    /** Returns whether a file begins as a GGML file does; false if it cannot be read. */
    public static boolean hasMagic(Path file) {
        ByteBuffer start = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return channel.read(start, 0) == Integer.BYTES && start.getInt(0) == GgmlFormat.MAGIC;
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Returns whether the kernels of the encoder's convolutions have 32 bits. With these, whisper.cpp before 1.9.2 aborts the process
     * on the CPU.
     */
    public boolean needsF32Encoder() {
        return fileType == GgmlFileType.F32;
    }
}
