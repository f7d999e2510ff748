package io.github.whisperspeedtest.whispercpp.bindings;

import io.github.whisperspeedtest.error.Problem;
import io.github.whisperspeedtest.error.RuntimeUnavailableException;
import io.github.whisperspeedtest.model.LibraryReports;
import io.github.whisperspeedtest.process.ChildJvm;
import io.github.whisperspeedtest.process.ChildOutcome;
import io.github.whisperspeedtest.spi.ImplementationContext;
import java.time.Duration;

/**
 * Loads a library in a child JVM, so that a library that crashes, or that must not be in the same process as another one, does no harm.
 *
 * <p>The reports of usable libraries are kept by the sizes and times of their files. The others are tried again: what they lack may have
 * been installed.
 */
public final class LibraryProbe {
    private static final Duration TIME_LIMIT = Duration.ofMinutes(2);

    private final ImplementationContext context;
    private final LibraryReports<LibraryReport> reports;

    /** Creates a probe that keeps its reports in the cache directory of a context. */
    public LibraryProbe(ImplementationContext context) {
        this.context = context;
        reports = new LibraryReports<>(context.cache(), LibraryReport.class);
    }

    /**
     * Returns the report of a library.
     *
     * @param remedy what to do if it cannot be used, as a sentence
     * @throws RuntimeUnavailableException if it cannot be loaded or used
     */
    public LibraryReport report(LibraryFiles files, String remedy) {
        String identity = LibraryReports.identity(files.all());
        return reports.find(identity).orElseGet(() -> {
            LibraryReport report = ask(files, remedy);
            reports.keep(identity, report);
            return report;
        });
    }

    private LibraryReport ask(LibraryFiles files, String remedy) {
        ChildOutcome<LibraryProbeTask.Answer> outcome = ChildJvm.builder()
                .properties(context.settings().properties())
                .timeLimit(TIME_LIMIT)
                .build()
                .run(LibraryProbeTask.class, new LibraryProbeTask.Input(files, remedy, context.nativeLibraries()));
        if (outcome instanceof ChildOutcome.Completed<LibraryProbeTask.Answer> completed) {
            LibraryProbeTask.Answer answer = completed.value();
            if (answer.report() != null) {
                return answer.report();
            }
            Problem problem = answer.problem();
            throw new RuntimeUnavailableException(
                    problem == null ? "The library " + files.whisper() + " gave no answer" : problem.reason(),
                    problem == null ? remedy : problem.remedy(),
                    null);
        }
        throw new RuntimeUnavailableException(
                "The library " + files.whisper() + " cannot be used: " + outcome.describe(), remedy, null);
    }
}
