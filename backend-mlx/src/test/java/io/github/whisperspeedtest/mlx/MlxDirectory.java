package io.github.whisperspeedtest.mlx;

import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.checkpoint.safetensors.SafetensorsReader;
import io.github.whisperspeedtest.checkpoint.safetensors.SafetensorsWriter;
import io.github.whisperspeedtest.checkpoint.tensor.StoredArray;
import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.testing.NpzBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A model in MLX format whose arrays and files can be changed before it is read. */
final class MlxDirectory {
    private final Path directory;
    private final Map<String, Path> files = new LinkedHashMap<>();

    /** The arrays of the weights file; changes take effect when they are written. */
    final Map<String, StoredArray> arrays = new LinkedHashMap<>();

    /**
     * Creates a model from a template, which stays unchanged.
     *
     * @param source directory written by {@link MlxFormat}; its vocabulary is not used
     * @param directory directory for changed files
     */
    MlxDirectory(Path source, Path directory) throws IOException {
        this.directory = directory;
        arrays.putAll(SafetensorsReader.arrays(source.resolve("weights.safetensors")));
        put("config.json", source.resolve("config.json"));
        // The embedded model's vocabulary, because the written one has an entry for each of its many unused ids.
        for (String name : List.of("vocab.json", "merges.txt")) {
            try (InputStream resource = EmbeddedModel.class.getResourceAsStream("micro/" + name)) {
                Files.copy(Objects.requireNonNull(resource, name), directory.resolve(name));
                put(name, directory.resolve(name));
            }
        }
    }

    /** Writes a template model and returns its directory. */
    static Path write(Checkpoint checkpoint, String quantization, Path parent) throws IOException {
        Path source = Files.createTempDirectory(parent, quantization);
        new MlxFormat().write(checkpoint, quantization, source, List.of());
        return source;
    }

    /** Adds or replaces a file of the model. */
    MlxDirectory put(String name, Path file) {
        files.put(name, file);
        return this;
    }

    /** Writes a file and adds it to the model. */
    MlxDirectory put(String name, String content) throws IOException {
        return put(name, Files.writeString(directory.resolve(name), content));
    }

    MlxDirectory remove(String name) {
        files.remove(name);
        return this;
    }

    String config() throws IOException {
        return Files.readString(Objects.requireNonNull(files.get("config.json")));
    }

    /** Replaces text that must exist in the configuration. */
    MlxDirectory changeConfig(String from, String to) throws IOException {
        String changed = config().replace(from, to);
        if (changed.equals(config())) {
            throw new AssertionError("No " + from + " in " + changed);
        }
        return put("config.json", changed);
    }

    /** Writes the arrays to the file of the given name, in the format of its extension. */
    MlxDirectory writeWeights(String name) throws IOException {
        Path file = directory.resolve(name);
        if (name.endsWith(".npz")) {
            NpzBuilder builder = new NpzBuilder();
            arrays.forEach(builder::add);
            Files.write(file, builder.build().bytes());
        } else {
            Map<String, SafetensorsWriter.Array> written = new LinkedHashMap<>();
            arrays.forEach((array, content) -> written.put(
                    array,
                    new SafetensorsWriter.Array(
                            content.type(), content.shape(), channel -> channel.write(content.data()))));
            SafetensorsWriter.write(file, "mlx", written);
        }
        return put(name, file);
    }

    Path file(String name) {
        return Objects.requireNonNull(files.get(name), name);
    }

    ModelFiles files() {
        return new ModelFiles("tiny", files);
    }

    MlxCheckpoint read() {
        return MlxCheckpoint.read(files());
    }

    /** Writes the weights under the usual name and reads the model. */
    MlxCheckpoint writeAndRead() throws IOException {
        return writeWeights("weights.safetensors").read();
    }

    static Tensor tensor(Checkpoint checkpoint, String name) {
        return Objects.requireNonNull(checkpoint.tensors().get(name), name);
    }

    static float[] values(Tensor tensor) {
        float[] values = new float[Math.toIntExact(tensor.elementCount())];
        tensor.copyTo(0, values);
        return values;
    }

    static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }
}
