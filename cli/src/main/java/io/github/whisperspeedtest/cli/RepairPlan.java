package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.model.ModelPresence;
import io.github.whisperspeedtest.model.ResolvedModel;
import io.github.whisperspeedtest.spi.ModelInfo;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What can be done about the models of a check.
 *
 * @param copies models that the default cache has and the place where their implementation looks has not
 * @param downloads models that have to be fetched, and companions of models that are there
 */
record RepairPlan(List<Item> copies, List<Item> downloads) {
    /**
     * One thing to do.
     *
     * @param model the model, or one whose companion it is about
     * @param label what to call it
     * @param bytes its size, 0 where that is not known
     */
    record Item(ResolvedModel model, String label, long bytes) {
        String describe() {
            return bytes > 0 ? label + ", " + Megabytes.of(bytes) + " MB" : label;
        }
    }

    /** Returns what can be done; a model that can be copied is not among the downloads. */
    static RepairPlan of(CheckReport report) {
        return of(report, true);
    }

    /**
     * Returns what can be done.
     *
     * @param copying whether what the default cache has is copied rather than counted among the downloads
     */
    static RepairPlan of(CheckReport report, boolean copying) {
        List<Item> copies = report.models().stream()
                .filter(CheckedModel::canBeCopied)
                .map(model -> new Item(
                        model.selected(), model.selected().label(), model.hub().bytesOnDisk()))
                .toList();
        List<Item> downloads = report.models().stream()
                .filter(model -> model.canBeDownloaded() && !(copying && model.canBeCopied()))
                .map(model -> new Item(
                        model.selected(),
                        model.selected().label(),
                        model.selected().info().expectedBytes()))
                .toList();
        return new RepairPlan(
                copies,
                Stream.concat(downloads.stream(), companions(report, downloads).stream())
                        .toList());
    }

    /** Returns the part that needs no network. */
    RepairPlan offline() {
        return new RepairPlan(copies, List.of());
    }

    /** Returns each companion that is missing once, unless it comes along with a model that is to be downloaded. */
    private static List<Item> companions(CheckReport report, List<Item> downloads) {
        List<String> comingAlong = downloads.stream()
                .flatMap(item -> item.model().info().companions().stream())
                .map(ModelInfo::name)
                .toList();
        Map<String, CheckedModel> first = new LinkedHashMap<>();
        for (CheckedModel model : report.models()) {
            model.companions().stream()
                    .filter(companion -> !companion.isPresent())
                    .map(companion -> companion.model().name())
                    .filter(name -> !comingAlong.contains(name))
                    .forEach(name -> first.putIfAbsent(name, model));
        }
        List<Item> items = new ArrayList<>();
        first.forEach((name, model) -> items.add(new Item(
                model.selected(),
                name,
                model.companions().stream()
                        .map(ModelPresence::model)
                        .filter(companion -> companion.name().equals(name))
                        .mapToLong(ModelInfo::expectedBytes)
                        .sum())));
        return items;
    }

    boolean isEmpty() {
        return size() == 0;
    }

    int size() {
        return copies.size() + downloads.size();
    }

    static List<ResolvedModel> models(List<Item> items) {
        return items.stream().map(Item::model).distinct().toList();
    }

    /** Returns the size of all items, which is a lower bound where one is not known. */
    static String megabytes(List<Item> items) {
        boolean allKnown = items.stream().allMatch(item -> item.bytes() > 0);
        return (allKnown ? "" : "at least ")
                + Megabytes.of(items.stream().mapToLong(Item::bytes).sum()) + " MB";
    }

    /** Returns the part that is about some implementations. */
    RepairPlan only(List<String> implementations) {
        return new RepairPlan(only(copies, implementations), only(downloads, implementations));
    }

    private static List<Item> only(List<Item> items, List<String> implementations) {
        return items.stream()
                .filter(item ->
                        implementations.contains(item.model().implementation().id()))
                .collect(Collectors.toUnmodifiableList());
    }
}
