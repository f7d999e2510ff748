package io.github.whisperspeedtest.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.hub.testing.HubServer;
import io.github.whisperspeedtest.spi.CheckpointWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** The demo model in repositories with the layouts that people publish, for a hub on this machine. */
final class PublishedRepositories {
    static final String FINE_TUNE = "acme/whisper-fine-tune";
    static final String SHARDED = "acme/whisper-sharded";
    static final String DISTIL = "acme/distil-whisper";
    static final String CTRANSLATE2 = "acme/faster-whisper";
    static final String OLD_CTRANSLATE2 = "acme/faster-whisper-old";
    static final String MLX_WEIGHTS = "acme/whisper-mlx";
    static final String MLX_MODEL = "acme/whisper-mlx-new";
    static final String MLX_NPZ = "acme/whisper-mlx-npz";
    static final String GGML = "acme/whisper-ggml";
    static final String ONE_GGML = "acme/whisper-one-ggml";
    static final String OPENAI = "acme/whisper-openai";
    static final int GGML_FILES = 15;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String WEIGHTS = "model.safetensors";
    private static final String CONFIG = "config.json";
    private static final String TOKENIZER = "tokenizer.json";
    private static final int LARGE = 100_000;

    private final Map<String, Map<String, byte[]>> files = new LinkedHashMap<>();

    private PublishedRepositories(Path directory) throws IOException {
        WhisperSpeedtest library = WhisperSpeedtest.create();
        Map<String, byte[]> huggingFace = written(library, "coreml", directory);
        addHuggingFace(huggingFace);
        addCTranslate2(written(library, "faster", directory), huggingFace);
        addMlx(written(library, "mlx", directory));
        byte[] ggml =
                written(library, "whispercpp", directory).values().iterator().next();
        Map<String, byte[]> manyGgml = new TreeMap<>();
        for (int i = 0; i < GGML_FILES; i++) {
            manyGgml.put("ggml-size" + i + ".bin", ggml);
        }
        files.put(GGML, manyGgml);
        files.put(ONE_GGML, Map.of("ggml-model.bin", ggml, "README.md", bytes("A fine-tune.")));
        Map<String, byte[]> openAi = new TreeMap<>(written(library, "mps", directory));
        openAi.remove(TOKENIZER);
        files.put(OPENAI, openAi);
        // The formats without a tokenizer borrow this one.
        files.put("openai/whisper-tiny", Map.of(TOKENIZER, huggingFace.get(TOKENIZER)));
    }

    /** Writes the demo model in all layouts; takes seconds. */
    static PublishedRepositories write(Path directory) throws IOException {
        return new PublishedRepositories(directory);
    }

    /** Puts all repositories onto a hub. */
    void publish(HubServer hub) {
        files.forEach((repository, content) -> {
            content.forEach((name, bytes) -> {
                if (bytes.length > LARGE) {
                    hub.largeFile(repository, name, bytes);
                } else {
                    hub.file(repository, name, bytes);
                }
            });
            hub.commit(repository);
        });
    }

    /** Writes the files of one repository into a directory. */
    void writeTo(Path directory, String repository) throws IOException {
        Files.createDirectories(directory);
        for (Map.Entry<String, byte[]> file : files.get(repository).entrySet()) {
            Files.write(directory.resolve(file.getKey()), file.getValue());
        }
    }

    private static Map<String, byte[]> written(WhisperSpeedtest library, String implementation, Path directory)
            throws IOException {
        CheckpointWriter writer =
                library.registry().require(implementation).checkpointWriter().orElseThrow();
        Path target = Files.createDirectories(directory.resolve(implementation));
        writer.write(EmbeddedModel.checkpoint(), writer.quantizations().get(0), target, writer.fileNames("tiny"));
        Map<String, byte[]> content = new TreeMap<>();
        try (Stream<Path> paths = Files.list(target)) {
            for (Path path : paths.toList()) {
                content.put(path.getFileName().toString(), Files.readAllBytes(path));
            }
        }
        return content;
    }

    private void addHuggingFace(Map<String, byte[]> plain) throws IOException {
        Map<String, byte[]> fineTune = new TreeMap<>(plain);
        // Fine-tunes made with transformers have the slow tokenizer's files.
        JsonNode tokenizer = JSON.readTree(fineTune.remove(TOKENIZER));
        fineTune.put(
                "vocab.json", JSON.writeValueAsBytes(tokenizer.path("model").path("vocab")));
        fineTune.put("merges.txt", merges(tokenizer.path("model").path("merges")));
        ObjectNode added = JSON.createObjectNode();
        tokenizer
                .path("added_tokens")
                .forEach(token -> added.put(
                        token.path("content").asText(), token.path("id").asInt()));
        fineTune.put("added_tokens.json", JSON.writeValueAsBytes(added));
        fineTune.put("training_args.bin", new byte[100]);
        fineTune.put("optimizer.pt", new byte[100]);
        files.put(FINE_TUNE, fineTune);

        Map<String, byte[]> sharded = new TreeMap<>(plain);
        byte[] weights = sharded.remove(WEIGHTS);
        byte[] first = tensors(weights, name -> name.contains("encoder"));
        byte[] second = tensors(weights, name -> !name.contains("encoder"));
        ObjectNode index = JSON.createObjectNode();
        index.putObject("metadata").put("total_size", first.length + second.length);
        ObjectNode map = index.putObject("weight_map");
        names(first).forEach(name -> map.put(name, "model-00001-of-00002.safetensors"));
        names(second).forEach(name -> map.put(name, "model-00002-of-00002.safetensors"));
        sharded.put("model-00001-of-00002.safetensors", first);
        sharded.put("model-00002-of-00002.safetensors", second);
        sharded.put("model.safetensors.index.json", JSON.writeValueAsBytes(index));
        files.put(SHARDED, sharded);

        Map<String, byte[]> distil = new TreeMap<>(plain);
        ObjectNode config = (ObjectNode) JSON.readTree(distil.get(CONFIG));
        int last = config.path("decoder_layers").asInt() - 1;
        distil.put(CONFIG, JSON.writeValueAsBytes(config.put("decoder_layers", last)));
        distil.put(WEIGHTS, tensors(plain.get(WEIGHTS), name -> !name.contains("decoder.layers." + last + ".")));
        ObjectNode generation = (ObjectNode) JSON.readTree(distil.get("generation_config.json"));
        ArrayNode heads = generation.putArray("alignment_heads");
        heads.addArray().add(0).add(0);
        heads.addArray().add(last).add(1);
        distil.put("generation_config.json", JSON.writeValueAsBytes(generation));
        files.put(DISTIL, distil);
    }

    private static byte[] merges(JsonNode merges) {
        StringBuilder text = new StringBuilder("#version: 0.2\n");
        for (JsonNode merge : merges) {
            String line = merge.isTextual()
                    ? merge.asText()
                    : merge.get(0).asText() + " " + merge.get(1).asText();
            text.append(line).append('\n');
        }
        return bytes(text.toString());
    }

    private void addCTranslate2(Map<String, byte[]> plain, Map<String, byte[]> huggingFace) throws IOException {
        files.put(CTRANSLATE2, plain);
        Map<String, byte[]> old = new TreeMap<>(plain);
        List<String> tokens = new ArrayList<>();
        JSON.readTree(old.remove("vocabulary.json")).forEach(token -> tokens.add(token.asText()));
        old.put("vocabulary.txt", bytes(String.join("\n", tokens) + "\n"));
        old.put(TOKENIZER, huggingFace.get(TOKENIZER));
        files.put(OLD_CTRANSLATE2, old);
    }

    private void addMlx(Map<String, byte[]> plain) throws IOException {
        Map<String, byte[]> published = new TreeMap<>(plain);
        published.keySet().retainAll(List.of(CONFIG, "weights.safetensors"));
        files.put(MLX_WEIGHTS, published);
        Map<String, byte[]> renamed = new TreeMap<>(published);
        renamed.put(WEIGHTS, renamed.remove("weights.safetensors"));
        files.put(MLX_MODEL, renamed);
        Map<String, byte[]> npz = new TreeMap<>(published);
        npz.put("weights.npz", npz(npz.remove("weights.safetensors")));
        files.put(MLX_NPZ, npz);
    }

    /** Returns the tensors of a safetensors file in NumPy's archive format. */
    private static byte[] npz(byte[] safetensors) throws IOException {
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(archive)) {
            Map<String, String> types = Map.of("F32", "<f4", "F16", "<f2", "U32", "<u4", "I32", "<i4", "I64", "<i8");
            for (Map.Entry<String, JsonNode> tensor : header(safetensors).entrySet()) {
                StringBuilder shape = new StringBuilder();
                tensor.getValue()
                        .path("shape")
                        .forEach(size -> shape.append(size.asInt()).append(','));
                String description = "{'descr': '"
                        + types.get(tensor.getValue().path("dtype").asText()) + "', 'fortran_order': False, 'shape': ("
                        + shape + "), }";
                int padded = (10 + description.length() + 1 + 63) / 64 * 64 - 10;
                ByteArrayOutputStream array = new ByteArrayOutputStream();
                array.write(
                        new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (byte) padded, (byte) (padded >> 8)});
                array.write(bytes(description + " ".repeat(padded - description.length() - 1) + "\n"));
                array.write(data(safetensors, tensor.getValue()));
                // mx.savez does not compress.
                ZipEntry entry = new ZipEntry(tensor.getKey() + ".npy");
                entry.setMethod(ZipEntry.STORED);
                entry.setSize(array.size());
                CRC32 checksum = new CRC32();
                checksum.update(array.toByteArray());
                entry.setCrc(checksum.getValue());
                zip.putNextEntry(entry);
                zip.write(array.toByteArray());
            }
        }
        return archive.toByteArray();
    }

    private static List<String> names(byte[] safetensors) {
        return List.copyOf(header(safetensors).keySet());
    }

    private static int headerLength(byte[] safetensors) {
        return Math.toIntExact(
                ByteBuffer.wrap(safetensors).order(ByteOrder.LITTLE_ENDIAN).getLong());
    }

    private static Map<String, JsonNode> header(byte[] safetensors) {
        try {
            Map<String, JsonNode> tensors = new LinkedHashMap<>();
            JSON.readTree(safetensors, 8, headerLength(safetensors)).properties().stream()
                    .filter(entry -> !entry.getKey().equals("__metadata__"))
                    .forEach(entry -> tensors.put(entry.getKey(), entry.getValue()));
            return tensors;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] data(byte[] safetensors, JsonNode tensor) {
        int start = 8 + headerLength(safetensors);
        JsonNode offsets = tensor.path("data_offsets");
        return Arrays.copyOfRange(
                safetensors,
                start + offsets.get(0).asInt(),
                start + offsets.get(1).asInt());
    }

    /** Returns a safetensors file with some of the tensors of another one. */
    private static byte[] tensors(byte[] safetensors, Predicate<String> wanted) throws IOException {
        ObjectNode header = JSON.createObjectNode();
        header.putObject("__metadata__").put("format", "pt");
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        for (Map.Entry<String, JsonNode> tensor : header(safetensors).entrySet()) {
            if (wanted.test(tensor.getKey())) {
                byte[] content = data(safetensors, tensor.getValue());
                ObjectNode moved = tensor.getValue().deepCopy();
                moved.putArray("data_offsets").add(data.size()).add(data.size() + content.length);
                data.write(content);
                header.set(tensor.getKey(), moved);
            }
        }
        byte[] text = JSON.writeValueAsBytes(header);
        ByteBuffer file = ByteBuffer.allocate(8 + text.length + data.size()).order(ByteOrder.LITTLE_ENDIAN);
        return file.putLong(text.length).put(text).put(data.toByteArray()).array();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
