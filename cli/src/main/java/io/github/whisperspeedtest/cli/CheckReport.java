package io.github.whisperspeedtest.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.whisperspeedtest.benchmark.TerminalText;
import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.cli.CheckedModel.Status;
import io.github.whisperspeedtest.model.ModelPresence;
import io.github.whisperspeedtest.model.ModelStore;
import io.github.whisperspeedtest.model.ResolvedModel;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.spi.SileroModel;
import io.github.whisperspeedtest.verify.Verdict;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The report of {@code check-models}, as a table and as JSON.
 *
 * @param models the models in order
 * @param modelsDirectory where models are kept
 * @param hubCache the default Hugging Face cache
 * @param freeBytes free space for models, -1 where that is unknown
 */
record CheckReport(List<CheckedModel> models, Path modelsDirectory, Path hubCache, long freeBytes) {
    private static final String HUB_CACHE = "HF Hub Cache";
    private static final String LOCAL_CACHE = "Local Cache";
    private static final List<String> HEADINGS =
            List.of("Implementation", "Model", HUB_CACHE, LOCAL_CACHE, "Disk Usage", "Download");

    /** Index of the first column of sizes, which a narrow table leaves out. */
    private static final int DISK_USAGE = 4;

    private static final int FIRST_SIZE = DISK_USAGE;

    boolean allReady() {
        return models.stream().allMatch(model -> model.status() == Status.READY);
    }

    /** Returns the exit code of the check. */
    int exitCode() {
        if (allReady()) {
            return ExitCode.OK;
        }
        boolean onlyUncheckable = models.stream()
                .allMatch(model -> model.status() == Status.READY || model.status() == Status.NOT_CHECKABLE);
        return onlyUncheckable ? ExitCode.ENVIRONMENT : ExitCode.MODEL;
    }

    /**
     * How the report looks on a terminal.
     *
     * @param unicode whether symbols outside ASCII can be shown
     * @param verbose whether reasons with paths are given for missing models too
     * @param columns the width of the table
     * @param lineColumns the width at which other lines wrap
     */
    record Style(boolean unicode, boolean verbose, int columns, int lineColumns) {}

    String table(Style style) {
        TextTable table = new TextTable(HEADINGS, FIRST_SIZE);
        for (CheckedModel model : models) {
            ModelInfo info = model.selected().info();
            table.add(
                    model.selected().implementation().id(),
                    info.name(),
                    cell(model.hub(), style.unicode()),
                    cell(model.local(), style.unicode()),
                    ByteSize.of(model.bytesOnDisk()),
                    model.canBeDownloaded() ? DownloadSize.of(List.of(info)).describe() : "");
        }
        StringBuilder text = new StringBuilder();
        table.lines(style.columns(), DISK_USAGE)
                .forEach(line -> text.append(line).append('\n'));
        List<String> notes = notes(style.verbose());
        if (!notes.isEmpty()) {
            text.append('\n');
            notes.forEach(note ->
                    text.append(TerminalText.wrap(note, style.lineColumns(), 2)).append('\n'));
        }
        return text.append('\n')
                .append(TerminalText.wrap(summary(), style.lineColumns(), 0))
                .toString();
    }

    private List<String> notes(boolean verbose) {
        List<String> notes = new ArrayList<>();
        for (CheckedModel model : models) {
            String name = model.selected().label();
            ModelInfo info = model.selected().info();
            explain(notes, name + ", " + HUB_CACHE, model.hub(), info, verbose);
            explain(notes, name + ", " + LOCAL_CACHE, model.local(), info, verbose);
        }
        missingCompanions().forEach((companion, lacking) -> {
            ResolvedModel first = lacking.get(0).selected();
            String implementations = lacking.stream()
                    .map(model -> model.selected().implementation().id())
                    .distinct()
                    .collect(Collectors.joining(", "));
            boolean damaged = companion.state() == ModelPresence.State.INCOMPLETE;
            // Every model has the voice activity detector, and the demo model needs no other download.
            String model = companion.model().name().equals(SileroModel.NAME)
                    ? EmbeddedModel.NAME
                    : first.info().name();
            notes.add(companion.model().name() + (damaged ? " is incomplete; " : " is not installed; ")
                    + implementations + " can use it. "
                    + (damaged || verbose ? companion.reason() + " " : "") + "Run: "
                    + ModelStore.downloadCommand(first.implementation().id(), model));
        });
        return notes;
    }

    /** Returns each missing companion with the models that can use it, except those whose download brings it. */
    private Map<ModelPresence, List<CheckedModel>> missingCompanions() {
        Map<String, ModelPresence> byName = new LinkedHashMap<>();
        Map<ModelPresence, List<CheckedModel>> missing = new LinkedHashMap<>();
        for (CheckedModel model : models) {
            for (ModelPresence companion : model.companions()) {
                if (!companion.isPresent() && !model.canBeDownloaded()) {
                    ModelPresence first =
                            byName.computeIfAbsent(companion.model().name(), name -> companion);
                    missing.computeIfAbsent(first, key -> new ArrayList<>()).add(model);
                }
            }
        }
        return missing;
    }

    private void explain(List<String> notes, String where, Verdict verdict, ModelInfo model, boolean verbose) {
        if (verdict.isComplete() && !model.isPlausibleSize(verdict.bytesOnDisk())) {
            notes.add(where + ": complete, but has only " + ByteSize.of(verdict.bytesOnDisk()) + "; "
                    + ByteSize.of(model.expectedBytes()) + " are published under this name.");
        }
        boolean plain = verdict.status() == Verdict.Status.COMPLETE && verdict.fallback() == null
                || verdict.status() == Verdict.Status.NOT_APPLICABLE
                || verdict.status() == Verdict.Status.MISSING && !verbose;
        if (!plain) {
            notes.add(where + ": " + (verdict.fallback() == null ? "" : "found " + verdict.fallback() + " instead. ")
                    + (verbose ? verdict.reason() : withoutDirectories(verdict.reason())));
        }
    }

    /** Returns a reason with paths relative to the two places, which {@code cache path} shows. */
    private String withoutDirectories(String reason) {
        return reason.replace(modelsDirectory + File.separator, "").replace(hubCache + File.separator, "");
    }

    private String summary() {
        DownloadSize download = DownloadSize.of(models.stream()
                .filter(CheckedModel::canBeDownloaded)
                .map(model -> model.selected().info())
                .toList());
        String counts = Stream.of(Status.values())
                .map(status -> count(status) + " "
                        + status.name().toLowerCase(Locale.ROOT).replace('_', ' '))
                .filter(text -> !text.startsWith("0 not"))
                .collect(Collectors.joining(", "));
        return counts + "."
                + (download.count() == 0 ? "" : " To download: " + download.describe() + ".")
                + (freeBytes < 0 ? "" : " Free disk space: " + ByteSize.of(freeBytes) + ".")
                + download.shortage(freeBytes).map(shortage -> "\n" + shortage).orElse("");
    }

    private long count(Status status) {
        return models.stream().filter(model -> model.status() == status).count();
    }

    private static String cell(Verdict verdict, boolean unicode) {
        return switch (verdict.status()) {
            case COMPLETE -> (unicode ? "✓" : "OK") + " complete";
            case INCOMPLETE -> (unicode ? "⚠" : "!") + " incomplete";
            case MISSING -> (unicode ? "✗" : "x") + " missing";
            case NOT_APPLICABLE -> (unicode ? "—" : "-") + " n/a";
            case NOT_CHECKABLE -> "? unchecked";
        };
    }

    String json() {
        ObjectMapper mapper =
                JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
        ObjectNode root = mapper.createObjectNode();
        root.put("models_directory", modelsDirectory.toString());
        root.put("hub_cache", hubCache.toString());
        root.put("free_bytes", freeBytes);
        root.put("all_ready", allReady());
        ArrayNode rows = root.putArray("models");
        for (CheckedModel model : models) {
            ObjectNode row = rows.addObject();
            row.put("implementation", model.selected().implementation().id());
            row.put("model", model.selected().info().name());
            row.put("status", model.status().name().toLowerCase(Locale.ROOT));
            row.put("bytes_on_disk", model.bytesOnDisk());
            row.put("expected_bytes", model.selected().info().expectedBytes());
            describe(row.putObject("hub_cache"), model.hub());
            describe(row.putObject("local_cache"), model.local());
            ArrayNode companions = row.putArray("companions");
            for (ModelPresence companion : model.companions()) {
                companions
                        .addObject()
                        .put("model", companion.model().name())
                        .put("present", companion.isPresent())
                        .put("reason", companion.reason());
            }
        }
        try {
            return mapper.writeValueAsString(root);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A report is always JSON", e);
        }
    }

    private static void describe(ObjectNode node, Verdict verdict) {
        Verdict.Problem problem = verdict.problem();
        node.put("verdict", verdict.status().name().toLowerCase(Locale.ROOT));
        node.put("problem", problem == null ? null : problem.name().toLowerCase(Locale.ROOT));
        node.put("reason", verdict.reason());
        node.put("fallback", verdict.fallback());
        node.put("runtime", verdict.runtime());
        node.put("bytes_on_disk", verdict.bytesOnDisk());
        node.put("seconds", verdict.took().toNanos() / 1e9);
        node.put("remembered", verdict.cached());
        ArrayNode where = node.putArray("where");
        verdict.where().forEach(path -> where.add(path.toString()));
    }
}
