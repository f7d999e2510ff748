package io.github.whisperspeedtest.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Offers repairs after a check until none is left or the user quits. */
final class CheckMenu {
    private final Terminal terminal;
    private final Prompt prompt;
    private final ModelFetcher fetcher;

    /**
     * Creates a menu.
     *
     * @param prompt asks the user
     * @param fetcher applies the repairs
     */
    CheckMenu(Terminal terminal, Prompt prompt, ModelFetcher fetcher) {
        this.terminal = terminal;
        this.prompt = prompt;
        this.fetcher = fetcher;
    }

    /**
     * Offers the repairs, applies the chosen ones, and offers the rest.
     *
     * @param first the report to start from
     * @param again checks again and shows the report
     * @return the last report
     */
    CheckReport run(CheckReport first, Supplier<CheckReport> again) {
        CheckReport report = first;
        RepairPlan plan = plan(report);
        while (!plan.isEmpty()) {
            show(plan, report.freeBytes());
            if (!choose(plan)) {
                return report;
            }
            report = again.get();
            plan = plan(report);
        }
        return report;
    }

    private RepairPlan plan(CheckReport report) {
        RepairPlan plan = RepairPlan.of(report);
        return fetcher.isOffline() ? plan.offline() : plan;
    }

    private void show(RepairPlan plan, long freeBytes) {
        if (!plan.copies().isEmpty()) {
            terminal.err()
                    .println("  c  copy " + RepairPlan.summary(plan.copies())
                            + " from the Hugging Face cache, as hard links where possible");
            list(plan.copies());
        }
        if (!plan.downloads().isEmpty()) {
            terminal.err()
                    .println("  d  download " + RepairPlan.summary(plan.downloads())
                            + (freeBytes < 0 ? "" : ", " + ByteSize.of(freeBytes) + " free"));
            list(plan.downloads());
            RepairPlan.size(plan.downloads()).shortage(freeBytes).ifPresent(terminal.err()::println);
        }
        if (plan.size() > 1) {
            terminal.err().println("  s  choose one by one");
        }
        terminal.err().println("  q  quit");
    }

    private void list(List<RepairPlan.Item> items) {
        items.forEach(item -> terminal.err().println("       " + item.describe()));
    }

    /** Asks until the answer is valid; returns whether a repair was tried. */
    private boolean choose(RepairPlan plan) {
        while (true) {
            @Nullable String given = prompt.ask("What now? [q] ");
            String answer = given == null ? "" : given.toLowerCase(Locale.ROOT);
            if (answer.isEmpty() || answer.equals("q")) {
                return false;
            }
            if (answer.equals("c") && !plan.copies().isEmpty()) {
                fetcher.replace(RepairPlan.models(plan.copies()));
                return true;
            }
            if (answer.equals("d") && !plan.downloads().isEmpty()) {
                fetcher.download(RepairPlan.models(plan.downloads()));
                return true;
            }
            if (answer.equals("s") && plan.size() > 1) {
                List<RepairPlan.Item> copies = chosen("Copy ", plan.copies());
                List<RepairPlan.Item> downloads = chosen("Download ", plan.downloads());
                if (copies.isEmpty() && downloads.isEmpty()) {
                    continue;
                }
                fetcher.replace(RepairPlan.models(copies));
                fetcher.download(RepairPlan.models(downloads));
                return true;
            }
            terminal.err().println("'" + answer + "' is not a choice. Enter one of the letters above.");
        }
    }

    private List<RepairPlan.Item> chosen(String verb, List<RepairPlan.Item> items) {
        List<RepairPlan.Item> chosen = new ArrayList<>();
        for (RepairPlan.Item item : items) {
            if (prompt.isYes(verb + item.describe() + "?")) {
                chosen.add(item);
            }
        }
        return chosen;
    }
}
