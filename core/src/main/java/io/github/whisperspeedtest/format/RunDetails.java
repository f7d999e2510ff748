package io.github.whisperspeedtest.format;

import io.github.whisperspeedtest.provenance.ModelProvenance;
import io.github.whisperspeedtest.provenance.ToolVersion;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.transcription.EngineParameters;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What exactly made a transcript.
 *
 * @param tool the version of this tool
 * @param jvm the virtual machine
 * @param os the operating system
 * @param chip the processor
 * @param implementation id of the implementation
 * @param version version of the implementation
 * @param engine the parameters in effect
 * @param model the files of the model
 * @param load how the model was loaded
 * @param options every option of the transcription as it was used, by name
 * @param audio absolute path of the recording, null for standard input
 * @param audioSha256 SHA-256 of the recording's file, null if it was not a file
 */
public record RunDetails(
        ToolVersion tool,
        String jvm,
        String os,
        String chip,
        String implementation,
        String version,
        EngineParameters engine,
        ModelProvenance model,
        LoadOptions load,
        Map<String, String> options,
        @Nullable String audio,
        @Nullable String audioSha256) {
    /** Copies the map, keeping its order, and checks that only nullable components are null. */
    public RunDetails {
        Objects.requireNonNull(tool, "tool");
        Objects.requireNonNull(jvm, "jvm");
        Objects.requireNonNull(os, "os");
        Objects.requireNonNull(chip, "chip");
        Objects.requireNonNull(implementation, "implementation");
        Objects.requireNonNull(version, "version");
        Objects.requireNonNull(engine, "engine");
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(load, "load");
        options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
    }
}
