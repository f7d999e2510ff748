package io.github.whisperspeedtest.format;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.whisperspeedtest.provenance.ModelProvenance;
import io.github.whisperspeedtest.provenance.UsedFile;
import io.github.whisperspeedtest.transcription.EngineParameters;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes {@link RunDetails} with the field names of benchmark reports. Unknown values are null. */
final class RunDetailsJson {
    private RunDetailsJson() {}

    static void write(JsonGenerator json, RunDetails run) throws IOException {
        json.writeStartObject();
        json.writeStringField("tool_version", run.tool().version());
        text(json, "tool_commit", run.tool().commit());
        json.writeStringField("jvm", run.jvm());
        json.writeStringField("os", run.os());
        json.writeStringField("chip", run.chip());
        json.writeStringField("implementation", run.implementation());
        json.writeStringField("version", run.version());
        engine(json, run.engine());
        model(json, run.model());
        json.writeObjectFieldStart("load");
        json.writeStringField("device", run.load().device());
        json.writeStringField("compute_type", run.load().computeType());
        json.writeNumberField("threads", run.load().threads());
        texts(json, "engine_options", run.load().engineOptions());
        json.writeEndObject();
        texts(json, "options", run.options());
        json.writeObjectFieldStart("audio");
        text(json, "file", run.audio());
        text(json, "sha256", run.audioSha256());
        json.writeEndObject();
        json.writeEndObject();
    }

    private static void engine(JsonGenerator json, EngineParameters engine) throws IOException {
        json.writeObjectFieldStart("parameters");
        text(json, "architecture", engine.architecture());
        json.writeStringField("runtime", engine.runtime());
        text(json, "build", engine.build());
        json.writeStringField("requested_device", engine.requestedDevice());
        json.writeStringField("device", engine.device());
        text(json, "fallback", engine.fallback());
        text(json, "stored_type", engine.storedType());
        json.writeStringField("compute_type", engine.computeType());
        json.writeNumberField("threads", engine.threads());
        json.writeArrayFieldStart("notes");
        for (String note : engine.notes()) {
            json.writeString(note);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void model(JsonGenerator json, ModelProvenance model) throws IOException {
        json.writeObjectFieldStart("model");
        json.writeStringField("name", model.model());
        json.writeStringField("trained_model", model.trainedModel());
        text(json, "repository", model.repository().orElse(null));
        text(json, "commit", model.commit().orElse(null));
        json.writeArrayFieldStart("files");
        for (UsedFile file : model.files()) {
            json.writeStartObject();
            json.writeStringField("name", file.name());
            json.writeStringField("path", file.path());
            text(json, "repository", file.repository());
            text(json, "commit", file.commit());
            json.writeNumberField("bytes", file.bytes());
            text(json, "sha256", file.sha256());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void texts(JsonGenerator json, String name, Map<String, String> texts) throws IOException {
        json.writeObjectFieldStart(name);
        for (Map.Entry<String, String> text : texts.entrySet()) {
            json.writeStringField(text.getKey(), text.getValue());
        }
        json.writeEndObject();
    }

    private static void text(JsonGenerator json, String name, @Nullable String value) throws IOException {
        json.writeFieldName(name);
        if (value == null || value.isEmpty()) {
            json.writeNull();
        } else {
            json.writeString(value);
        }
    }
}
