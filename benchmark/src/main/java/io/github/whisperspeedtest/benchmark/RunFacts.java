package io.github.whisperspeedtest.benchmark;

import io.github.whisperspeedtest.benchmark.BenchmarkResult.Measured;
import io.github.whisperspeedtest.provenance.ModelProvenance;
import io.github.whisperspeedtest.provenance.UsedFile;
import io.github.whisperspeedtest.transcription.EngineParameters;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What exactly ran for one result: the model's files, the engine's build and all options, as lines of text. */
final class RunFacts {
    private RunFacts() {}

    /**
     * A line.
     *
     * @param label one or two words
     * @param value one line of text
     */
    record Line(String label, String value) {}

    /** Returns the lines; those whose values are unknown are left out. */
    static List<Line> of(Measured result) {
        List<Line> lines = new ArrayList<>();
        EngineParameters parameters = result.parameters();
        ModelProvenance model = result.model();
        add(lines, "Architecture", parameters.architecture());
        add(lines, "Stored as", parameters.storedType());
        add(lines, "Engine", parameters.runtime());
        add(lines, "Build", parameters.build());
        if (model != null) {
            for (UsedFile file : model.files()) {
                String origin = file.repository() == null
                        ? file.path()
                        : file.repository() + " at commit " + file.commit() + ", " + file.name();
                String hash = file.sha256() == null ? "unknown" : file.sha256();
                add(lines, "File", origin + ", " + file.bytes() + " bytes, sha256 " + hash);
            }
        }
        add(
                lines,
                "Options",
                result.options().entrySet().stream()
                        .map(option -> option.getKey().replace('_', ' ') + " " + option.getValue())
                        .collect(Collectors.joining(", ")));
        return lines;
    }

    private static void add(List<Line> lines, String label, String value) {
        if (!value.isEmpty()) {
            lines.add(new Line(label, value));
        }
    }
}
