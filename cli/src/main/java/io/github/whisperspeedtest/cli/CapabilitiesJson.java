package io.github.whisperspeedtest.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.whisperspeedtest.spi.Capabilities;
import io.github.whisperspeedtest.spi.EngineOption;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.ModelOrigin;
import io.github.whisperspeedtest.spi.SupportedValues;
import io.github.whisperspeedtest.transcription.TranscribeOption;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The capabilities of an implementation as {@code list --json} prints them. */
final class CapabilitiesJson {
    private CapabilitiesJson() {}

    static ObjectNode of(Capabilities declared) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        ObjectNode options = node.putObject("transcribe_options");
        for (TranscribeOption option : TranscribeOption.values()) {
            putValues(options.putObject(option.label()).put("default", option.defaultText()), declared.values(option));
        }
        node.put("vad_by_default", declared.isVadDefault());
        node.put("batching", declared.batching().label());
        putAll(node.putArray("devices"), withAuto(declared.devices()));
        putAll(node.putArray("compute_types"), withAuto(declared.computeTypes()));
        node.put("max_threads", declared.maxThreads());
        ObjectNode engineOptions = node.putObject("engine_options");
        declared.engineOptions().values().forEach(option -> putEngineOption(engineOptions, option));
        putAll(node.putArray("formats_read"), declared.formatsRead());
        putAll(node.putArray("formats_written"), declared.formatsWritten());
        putAll(
                node.putArray("model_origins"),
                declared.modelOrigins().stream().map(ModelOrigin::label).toList());
        return node;
    }

    private static void putValues(ObjectNode node, SupportedValues values) {
        if (values instanceof SupportedValues.Any) {
            node.put("support", "any");
        } else if (values instanceof SupportedValues.Range range) {
            node.put("support", "range")
                    .put(range.exclusiveMinimum() ? "exclusive_minimum" : "minimum", range.minimum())
                    .put("maximum", range.maximum());
        } else if (values instanceof SupportedValues.OneOf list) {
            node.put("support", list.values().isEmpty() ? "default" : "values");
            putAll(node.putArray("values"), list.values());
        }
    }

    private static void putEngineOption(ObjectNode target, EngineOption option) {
        ObjectNode node = target.putObject(option.name())
                .put("description", option.description())
                .put("kind", option.kind().name().toLowerCase(Locale.ROOT));
        if (!option.choices().isEmpty()) {
            putAll(node.putArray("choices"), option.choices());
        }
    }

    private static List<String> withAuto(Collection<String> values) {
        return Stream.concat(Stream.of(LoadOptions.AUTO), values.stream()).toList();
    }

    private static void putAll(ArrayNode target, Collection<String> values) {
        values.forEach(target::add);
    }
}
