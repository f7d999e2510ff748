package io.github.whisperspeedtest.whispercpp.ggml;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes GGML files of a voice activity detector in the layout of Silero's, with weights of zero. */
final class GgmlVadFiles {
    private GgmlVadFiles() {}

    static Path write(Path file) {
        try (OutputStream out = Files.newOutputStream(file);
                DataOutputStream data = new DataOutputStream(out)) {
            ints(data, 0x67676d6c, 10);
            data.write("silero-16k".getBytes(StandardCharsets.UTF_8));
            ints(data, 6, 2, 0, 512, 64, 4, 129, 128, 3, 128, 64, 3, 64, 64, 3, 64, 128, 3, 128, 128, 128, 1);
            tensor(data, "_model.encoder.0.reparam_conv.weight", 1, 3, 129, 128);
            tensor(data, "_model.encoder.0.reparam_conv.bias", 0, 128);
            tensor(data, "_model.encoder.1.reparam_conv.weight", 1, 3, 128, 64);
            tensor(data, "_model.encoder.1.reparam_conv.bias", 0, 64);
            tensor(data, "_model.encoder.2.reparam_conv.weight", 1, 3, 64, 64);
            tensor(data, "_model.encoder.2.reparam_conv.bias", 0, 64);
            tensor(data, "_model.encoder.3.reparam_conv.weight", 1, 3, 64, 128);
            tensor(data, "_model.encoder.3.reparam_conv.bias", 0, 128);
            tensor(data, "_model.decoder.rnn.weight_ih", 0, 128, 512);
            tensor(data, "_model.decoder.rnn.weight_hh", 0, 128, 512);
            tensor(data, "_model.decoder.rnn.bias_ih", 0, 512);
            tensor(data, "_model.decoder.rnn.bias_hh", 0, 512);
            tensor(data, "_model.decoder.decoder.2.weight", 1, 128);
            tensor(data, "_model.decoder.decoder.2.bias", 0);
            tensor(data, "_model.stft.forward_basis_buffer", 1, 256, 1, 258);
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void tensor(DataOutputStream data, String name, int type, int... sizes) throws IOException {
        ints(data, sizes.length, name.length(), type);
        ints(data, sizes);
        data.write(name.getBytes(StandardCharsets.UTF_8));
        int bytes = type == 0 ? Float.BYTES : Short.BYTES;
        for (int size : sizes) {
            bytes *= size;
        }
        data.write(new byte[bytes]);
    }

    private static void ints(DataOutputStream data, int... values) throws IOException {
        for (int value : values) {
            data.writeInt(Integer.reverseBytes(value));
        }
    }
}
