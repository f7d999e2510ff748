package io.github.whisperspeedtest.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.cli.CheckedModel.Status;
import io.github.whisperspeedtest.model.ModelPresence;
import io.github.whisperspeedtest.model.ModelStore;
import io.github.whisperspeedtest.model.ResolvedModel;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.verify.Verdict;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What {@code check-models} found, as a table and as JSON.
 *
 * @param models the models in order
 * @param modelsDirectory where models are kept
 * @param hubCache the default Hugging Face cache
 * @param freeBytes free space where models are kept, -1 where that is not known
 */
record CheckReport(List<CheckedModel> models, Path modelsDirectory, Path hubCache, long freeBytes) {
    private static final List<String> HEADINGS =
            List.of("Implementation", "Model", "HF Hub Cache", "Local Cache", "Disk Usage (MB)");

    boolean allReady() {
        return models.stream().allMatch(model -> model.status() == Status.READY);
    }

    /** Returns the exit code of a check that came to this. */
    int exitCode() {
        if (allReady()) {
            return ExitCode.OK;
        }
        boolean onlyUncheckable = models.stream()
                .allMatch(model -> model.status() == Status.READY || model.status() == Status.NOT_CHECKABLE);
        return onlyUncheckable ? ExitCode.ENVIRONMENT : ExitCode.MODEL;
    }

    String table(boolean unicode) {
        List<List<String>> rows = new ArrayList<>(List.of(HEADINGS));
        for (CheckedModel model : models) {
            rows.add(List.of(
                    model.selected().implementation().id(),
                    model.selected().info().name(),
                    cell(model.hub(), unicode),
                    cell(model.local(), unicode),
                    Megabytes.of(model.bytesOnDisk())));
        }
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < row.size(); column++) {
                int at = column;
                int width = rows.stream()
                        .mapToInt(other -> other.get(at).length())
                        .max()
                        .orElse(0);
                String padding = " ".repeat(width - row.get(column).length());
                boolean number = column == row.size() - 1;
                line.append(number ? padding : "").append(row.get(column)).append(number ? "" : padding + "  ");
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        String reasons = reasons();
        return text.append(reasons.isEmpty() ? "" : "\n" + reasons)
                .append('\n')
                .append(summary())
                .toString();
    }

    private String reasons() {
        StringBuilder text = new StringBuilder();
        for (CheckedModel model : models) {
            String name = model.selected().implementation().id() + " "
                    + model.selected().info().name();
            ModelInfo info = model.selected().info();
            explain(text, name + ", HF Hub Cache", model.hub(), info);
            explain(text, name + ", Local Cache", model.local(), info);
        }
        missingCompanions().forEach((companion, lacking) -> {
            ResolvedModel first = lacking.get(0).selected();
            String implementations = lacking.stream()
                    .map(model -> model.selected().implementation().id())
                    .distinct()
                    .collect(Collectors.joining(", "));
            text.append(companion.model().name() + " is not installed; without it: " + implementations + ". "
                    + companion.reason() + " Run: "
                    + ModelStore.downloadCommand(first.implementation().id(), EmbeddedModel.NAME)
                    + "\n");
        });
        return text.toString();
    }

    /** Returns the companions that are missing, each once, with the models that would work better with it. */
    private Map<ModelPresence, List<CheckedModel>> missingCompanions() {
        Map<String, ModelPresence> byName = new LinkedHashMap<>();
        Map<ModelPresence, List<CheckedModel>> missing = new LinkedHashMap<>();
        for (CheckedModel model : models) {
            for (ModelPresence companion : model.companions()) {
                if (!companion.isPresent()) {
                    ModelPresence first =
                            byName.computeIfAbsent(companion.model().name(), name -> companion);
                    missing.computeIfAbsent(first, key -> new ArrayList<>()).add(model);
                }
            }
        }
        return missing;
    }

    private static void explain(StringBuilder text, String where, Verdict verdict, ModelInfo model) {
        if (verdict.isComplete() && !model.isPlausibleSize(verdict.bytesOnDisk())) {
            text.append(where)
                    .append(": complete, but has only ")
                    .append(Megabytes.of(verdict.bytesOnDisk()))
                    .append(" MB, where ")
                    .append(Megabytes.of(model.expectedBytes()))
                    .append(" MB are published under this name.\n");
        }
        boolean plain = verdict.status() == Verdict.Status.COMPLETE && verdict.fallback() == null
                || verdict.status() == Verdict.Status.NOT_APPLICABLE;
        if (!plain) {
            text.append(where)
                    .append(": ")
                    .append(verdict.fallback() == null ? "" : "found " + verdict.fallback() + " in its stead. ")
                    .append(verdict.reason())
                    .append('\n');
        }
    }

    private String summary() {
        long download = models.stream()
                .filter(model -> model.status() == Status.MISSING || model.status() == Status.INCOMPLETE)
                .mapToLong(model -> model.selected().info().expectedBytes())
                .sum();
        String counts = List.of(Status.values()).stream()
                .map(status -> count(status) + " "
                        + status.name().toLowerCase(Locale.ROOT).replace('_', ' '))
                .filter(text -> !text.startsWith("0 not"))
                .collect(Collectors.joining(", "));
        return counts + ". To download: " + Megabytes.of(download) + " MB."
                + (freeBytes < 0 ? "" : " Free disk space: " + Megabytes.of(freeBytes) + " MB.");
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
            case NOT_CHECKABLE -> "? can't be checked here";
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
        node.put("remembered", verdict.remembered());
        ArrayNode where = node.putArray("where");
        verdict.where().forEach(path -> where.add(path.toString()));
    }
}
