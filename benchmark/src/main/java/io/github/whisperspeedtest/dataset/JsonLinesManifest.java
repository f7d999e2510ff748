package io.github.whisperspeedtest.dataset;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A manifest with one JSON object per line, as NVIDIA NeMo and {@code datasets} by Hugging Face write it. */
final class JsonLinesManifest {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final Manifest manifest;

    private JsonLinesManifest(Manifest manifest) {
        this.manifest = manifest;
    }

    static Dataset read(Path file, String text) {
        Manifest manifest = new Manifest(file);
        JsonLinesManifest reader = new JsonLinesManifest(manifest);
        TextFile.lines(file, text).forEach(reader::add);
        return manifest.dataset(DatasetLayout.JSONL);
    }

    /** Returns whether the first line of a file names a recording. */
    static boolean startsLike(String firstLine) {
        return firstLine.stripLeading().startsWith("{")
                && Manifest.AUDIO.stream().anyMatch(name -> firstLine.contains('"' + name + '"'));
    }

    private void add(TextFile.Line line) {
        JsonNode entry = parse(line);
        JsonNode offset = entry.path(Manifest.OFFSET);
        if (offset.isNumber() && offset.doubleValue() != 0) {
            throw manifest.error(
                    line.number(),
                    "'offset' is " + offset.asText()
                            + ", but only whole recordings are read. Cut the recording into files.");
        }
        manifest.add(
                line.number(),
                audio(line, entry),
                text(line, entry, Manifest.TEXT),
                text(line, entry, Manifest.LANGUAGE));
    }

    private JsonNode parse(TextFile.Line line) {
        JsonNode entry;
        try {
            entry = JSON.readTree(line.text());
        } catch (JsonProcessingException e) {
            throw manifest.error(
                    line.number(),
                    "it is not one JSON object: " + e.getOriginalMessage() + ". Write one object per line.",
                    e);
        }
        if (!entry.isObject()) {
            throw manifest.error(line.number(), "it is not a JSON object. Write one object per line.");
        }
        return entry;
    }

    /** Returns the path, which {@code datasets} puts into an object. */
    private @Nullable String audio(TextFile.Line line, JsonNode entry) {
        for (String name : Manifest.AUDIO) {
            JsonNode value = entry.path(name);
            if (value.isObject()) {
                return text(line, value, List.of("path"));
            }
        }
        return text(line, entry, Manifest.AUDIO);
    }

    private @Nullable String text(TextFile.Line line, JsonNode object, List<String> names) {
        for (String name : names) {
            JsonNode value = object.path(name);
            if (value.isTextual()) {
                return value.textValue();
            }
            if (!value.isMissingNode() && !value.isNull()) {
                throw manifest.error(
                        line.number(), "'" + name + "' must be a string, but is " + shortened(value) + ". Correct it.");
            }
        }
        return null;
    }

    private static String shortened(JsonNode value) {
        String text = value.toString();
        return text.length() <= 40 ? text : text.substring(0, 40) + "...";
    }
}
