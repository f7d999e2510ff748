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
 * The repairs that a check suggests.
 *
 * @param copies models that are complete in the default cache but not where their implementation looks
 * @param downloads models to download, and missing companions of models that are ready
 */
record RepairPlan(List<Item> copies, List<Item> downloads) {
    /**
     * One repair.
     *
     * @param model the model, or one that has the companion
     * @param label the name in messages
     * @param bytes its size, 0 where that is unknown
     */
    record Item(ResolvedModel model, String label, long bytes) {
        String describe() {
            return bytes > 0 ? label + ", " + ByteSize.of(bytes) : label;
        }
    }

    /** Returns the repairs; a model that can be copied is not among the downloads. */
    static RepairPlan of(CheckReport report) {
        return of(report, true);
    }

    /**
     * Returns the repairs.
     *
     * @param copying whether a model in the default cache is copied rather than counted among the downloads
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
                        DownloadSize.of(List.of(model.selected().info())).bytes()))
                .toList();
        return new RepairPlan(
                copies,
                Stream.concat(downloads.stream(), companions(report, downloads).stream())
                        .toList());
    }

    /** Returns the repairs that need no network. */
    RepairPlan offline() {
        return new RepairPlan(copies, List.of());
    }

    /** Returns each missing companion once, unless it comes with a model to download. */
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

    /** Returns the size of all items. */
    static DownloadSize size(List<Item> items) {
        return DownloadSize.ofBytes(items.stream().map(Item::bytes).toList());
    }

    /** Returns a text such as {@code 2 models (1.62 GB)}. */
    static String summary(List<Item> items) {
        return items.size() + (items.size() == 1 ? " model (" : " models (")
                + size(items).describe() + ")";
    }

    /** Returns the repairs for some implementations. */
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
