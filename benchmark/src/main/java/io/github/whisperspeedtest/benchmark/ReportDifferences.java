package io.github.whisperspeedtest.benchmark;

import io.github.whisperspeedtest.benchmark.BenchmarkResult.Measured;
import io.github.whisperspeedtest.provenance.ModelProvenance;
import io.github.whisperspeedtest.provenance.UsedFile;
import io.github.whisperspeedtest.transcription.EngineParameters;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds the differences between two reports, as lines of text. Times and memory always differ and are left out. */
final class ReportDifferences {
    private static final int MAX_TEXT_CHARACTERS = 200;

    private ReportDifferences() {}

    /** Returns all differences: recordings and weights first, then results, then machine and tool. */
    static List<String> between(BenchmarkReport then, BenchmarkReport now) {
        List<String> lines = new ArrayList<>();
        List<BenchmarkAudio> audios = then.settings().audios();
        for (int i = 0; i < audios.size(); i++) {
            AudioSource source = now.settings().audios().get(i).source();
            if (source != null) {
                lines.addAll(ofAudio(audios.get(i), source));
            }
        }
        for (BenchmarkResult before : then.results()) {
            now.results().stream()
                    .filter(after ->
                            after.candidate().name().equals(before.candidate().name()))
                    .findFirst()
                    .ifPresent(after -> lines.addAll(ofResult(then.label(before), before, after)));
        }
        lines.addAll(ofEnvironment(then.environment(), now.environment()));
        return lines;
    }

    static List<String> ofAudio(BenchmarkAudio then, AudioSource now) {
        AudioSource source = then.source();
        if (source == null || Objects.equals(source.sha256(), now.sha256())) {
            return List.of();
        }
        return List.of(
                source.sha256() == null
                        ? "recording " + then.name() + ": its hash is not known, so it may be another one"
                        : "RECORDING " + then.name() + " IS NOT THE SAME: its sha256 was " + source.sha256()
                                + ", now it is " + now.sha256());
    }

    static List<String> ofModel(String implementation, ModelProvenance then, ModelProvenance now) {
        List<String> lines = new ArrayList<>();
        if (!then.weightsHash().equals(now.weightsHash())) {
            lines.add(implementation + ": THE WEIGHTS ARE NOT THE SAME: "
                    + then.weights().get(0).location() + ", sha256 was " + then.weightsHash() + ", now it is "
                    + now.weightsHash() + " (" + now.weights().get(0).location() + ")");
        }
        lines.addAll(ofValue(
                implementation + ", repository",
                then.repository().orElse("none"),
                now.repository().orElse("none")));
        lines.addAll(ofValue(
                implementation + ", commit",
                then.commit().orElse("none"),
                now.commit().orElse("none")));
        for (UsedFile file : then.files()) {
            Optional<UsedFile> same = now.files().stream()
                    .filter(candidate -> candidate.name().equals(file.name()))
                    .findFirst();
            if (same.isEmpty()) {
                lines.add(implementation + ": the file " + file.name() + " was used, now it is not");
            } else if (!then.weights().contains(file)) {
                lines.addAll(ofValue(
                        implementation + ", sha256 of " + file.name(),
                        file.sha256(),
                        same.get().sha256()));
            }
        }
        now.files().stream()
                .map(UsedFile::name)
                .filter(name ->
                        then.files().stream().noneMatch(file -> file.name().equals(name)))
                .forEach(name -> lines.add(implementation + ": the file " + name + " is used, it was not"));
        return lines;
    }

    static List<String> ofEnvironment(BenchmarkEnvironment then, BenchmarkEnvironment now) {
        List<String> lines = new ArrayList<>();
        lines.addAll(ofValue("tool", then.toolVersion(), now.toolVersion()));
        lines.addAll(ofValue("commit of the tool", then.toolCommit(), now.toolCommit()));
        lines.addAll(ofValue("JVM", then.jvm(), now.jvm()));
        lines.addAll(ofValue("operating system", then.os(), now.os()));
        lines.addAll(ofValue("processor", then.chip(), now.chip()));
        lines.addAll(ofValue("cores", String.valueOf(then.cores()), String.valueOf(now.cores())));
        lines.addAll(ofValue("memory", Quantities.bytes(then.memoryBytes()), Quantities.bytes(now.memoryBytes())));
        return lines;
    }

    /** Returns the difference of one value; none if both are equal. */
    static List<String> ofValue(String subject, @Nullable String then, @Nullable String now) {
        return Objects.equals(then, now)
                ? List.of()
                : List.of(subject + ": was " + (then == null ? "unknown" : then) + ", now "
                        + (now == null ? "unknown" : now));
    }

    private static List<String> ofResult(String id, BenchmarkResult then, BenchmarkResult now) {
        List<String> lines = new ArrayList<>();
        if (then instanceof Measured before && now instanceof Measured after) {
            ModelProvenance model = before.model();
            if (model != null && after.model() != null) {
                lines.addAll(ofModel(id, model, after.model()));
            }
            lines.addAll(ofTexts(id, before, after));
            lines.addAll(ofParameters(id, before.parameters(), after.parameters()));
            lines.addAll(ofOptions(id, before.options(), after.options()));
        } else {
            lines.addAll(ofValue(id, outcome(then), outcome(now)));
        }
        lines.addAll(ofValue(id + ", version", then.version(), now.version()));
        return lines;
    }

    private static String outcome(BenchmarkResult result) {
        String reason = ResultTable.reason(result);
        return ResultTable.status(result) + (reason.isEmpty() ? "" : " (" + reason + ")");
    }

    private static List<String> ofTexts(String id, Measured then, Measured now) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < Math.min(then.audios().size(), now.audios().size()); i++) {
            AudioResult before = then.audios().get(i);
            AudioResult after = now.audios().get(i);
            lines.addAll(ofValue(id + ", text of " + before.audio(), quote(before.text()), quote(after.text())));
            lines.addAll(ofValue(id + ", language of " + before.audio(), before.language(), after.language()));
            if (!before.text().equals(after.text()) && quote(before.text()).equals(quote(after.text()))) {
                lines.add(id + ": the text of " + before.audio() + " differs after its first " + MAX_TEXT_CHARACTERS
                        + " characters");
            }
        }
        return lines;
    }

    private static String quote(String text) {
        return text.codePointCount(0, text.length()) <= MAX_TEXT_CHARACTERS
                ? '"' + text + '"'
                : '"' + text.substring(0, text.offsetByCodePoints(0, MAX_TEXT_CHARACTERS)) + "...\"";
    }

    static List<String> ofParameters(String id, EngineParameters then, EngineParameters now) {
        List<String> lines = new ArrayList<>();
        lines.addAll(ofValue(id + ", architecture", then.architecture(), now.architecture()));
        lines.addAll(ofValue(id + ", engine", then.runtime(), now.runtime()));
        lines.addAll(ofValue(id + ", build", then.build(), now.build()));
        lines.addAll(ofValue(id + ", device", Device.describe(then), Device.describe(now)));
        lines.addAll(ofValue(id + ", stored type", then.storedType(), now.storedType()));
        lines.addAll(ofValue(id + ", compute type", then.computeType(), now.computeType()));
        lines.addAll(ofValue(id + ", threads", String.valueOf(then.threads()), String.valueOf(now.threads())));
        return lines;
    }

    private static List<String> ofOptions(String id, Map<String, String> then, Map<String, String> now) {
        Set<String> names = new LinkedHashSet<>(then.keySet());
        names.addAll(now.keySet());
        return names.stream()
                .flatMap(name -> ofValue(id + ", option " + name, then.get(name), now.get(name)).stream())
                .toList();
    }
}
