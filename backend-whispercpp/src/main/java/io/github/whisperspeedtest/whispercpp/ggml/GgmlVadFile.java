package io.github.whisperspeedtest.whispercpp.ggml;

import io.github.whisperspeedtest.error.ModelException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Checks a GGML file of Silero's voice activity detector, before whisper.cpp reads it without checks.
 *
 * <p>All published versions have the same network, so the whole file but for the version and the weights is known. Source of the layout:
 * whisper.cpp's {@code models/convert-silero-vad-to-ggml.py}.
 */
public final class GgmlVadFile {
    private static final String NAME = "silero-16k";

    /** Window and context in samples, then the number of layers of the encoder with inputs, outputs and kernel of each. */
    private static final int[] ENCODER = {512, 64, 4, 129, 128, 3, 128, 64, 3, 64, 64, 3, 64, 128, 3};

    /** Inputs and width of the recurrent network, inputs and outputs of the last layer. */
    private static final int[] DECODER = {128, 128, 128, 1};

    private static final int F32 = 0;
    private static final int F16 = 1;

    private static final List<Tensor> TENSORS = List.of(
            new Tensor("_model.encoder.0.reparam_conv.weight", F16, 3, 129, 128),
            new Tensor("_model.encoder.0.reparam_conv.bias", F32, 128),
            new Tensor("_model.encoder.1.reparam_conv.weight", F16, 3, 128, 64),
            new Tensor("_model.encoder.1.reparam_conv.bias", F32, 64),
            new Tensor("_model.encoder.2.reparam_conv.weight", F16, 3, 64, 64),
            new Tensor("_model.encoder.2.reparam_conv.bias", F32, 64),
            new Tensor("_model.encoder.3.reparam_conv.weight", F16, 3, 64, 128),
            new Tensor("_model.encoder.3.reparam_conv.bias", F32, 128),
            new Tensor("_model.decoder.rnn.weight_ih", F32, 128, 512),
            new Tensor("_model.decoder.rnn.weight_hh", F32, 128, 512),
            new Tensor("_model.decoder.rnn.bias_ih", F32, 512),
            new Tensor("_model.decoder.rnn.bias_hh", F32, 512),
            new Tensor("_model.decoder.decoder.2.weight", F16, 128),
            new Tensor("_model.decoder.decoder.2.bias", F32),
            new Tensor("_model.stft.forward_basis_buffer", F16, 256, 1, 258));

    private static final String ADVICE =
            "Download ggml-silero-v6.2.0.bin of the repository ggml-org/whisper-vad again.";

    private final Path file;
    private final GgmlInput input;

    private GgmlVadFile(Path file, GgmlInput input) {
        this.file = file;
        this.input = input;
    }

    /** A tensor with the sizes of its dimensions, the fastest one first; none for a scalar. */
    private record Tensor(String name, int type, List<Integer> sizes) {
        Tensor(String name, int type, int... sizes) {
            this(name, type, Arrays.stream(sizes).boxed().toList());
        }

        long bytes() {
            return sizes.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact)
                    * (type == F32 ? Float.BYTES : Short.BYTES);
        }
    }

    /**
     * Checks a file.
     *
     * @throws ModelException if it is not such a file, or if it is damaged; names the file and the defect
     */
    public static void check(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            new GgmlVadFile(file, new GgmlInput(file, channel)).check();
        } catch (IOException e) {
            throw new ModelException("Cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    private void check() throws IOException {
        expect("the magic number", GgmlFormat.MAGIC);
        expect("the length of its name", NAME.length());
        String name = new String(input.readBytes(NAME.length(), "its name"), StandardCharsets.UTF_8);
        if (!name.equals(NAME)) {
            throw damaged("its name is '" + name + "' instead of '" + NAME + "'");
        }
        input.skip(3L * Integer.BYTES, "the version");
        expect("the header", ENCODER);
        expect("the header", DECODER);
        for (Tensor tensor : TENSORS) {
            String header = "the header of tensor " + tensor.name();
            expect(header, tensor.sizes().size(), tensor.name().length(), tensor.type());
            expect(header, tensor.sizes().stream().mapToInt(Integer::intValue).toArray());
            byte[] found = input.readBytes(tensor.name().length(), header);
            if (!Arrays.equals(found, tensor.name().getBytes(StandardCharsets.UTF_8))) {
                throw damaged(header + " has another name");
            }
            input.skip(tensor.bytes(), "tensor " + tensor.name());
        }
        if (input.remaining() > 0) {
            throw damaged("there are " + input.remaining() + " bytes behind its last tensor");
        }
    }

    private void expect(String what, int... expected) throws IOException {
        List<Integer> found = new ArrayList<>();
        for (int unused : expected) {
            found.add(input.readInt(what));
        }
        List<Integer> wanted = Arrays.stream(expected).boxed().toList();
        if (!found.equals(wanted)) {
            throw damaged(what + " is " + found + " instead of " + wanted);
        }
    }

    private ModelException damaged(String defect) {
        return new ModelException(
                file + " is not a GGML file of Silero's voice activity detector: " + defect + ". " + ADVICE);
    }
}
