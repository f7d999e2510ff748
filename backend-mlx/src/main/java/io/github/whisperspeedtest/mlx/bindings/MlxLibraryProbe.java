package io.github.whisperspeedtest.mlx.bindings;

import io.github.whisperspeedtest.error.Problem;
import io.github.whisperspeedtest.error.RuntimeUnavailableException;
import io.github.whisperspeedtest.model.LibraryReports;
import io.github.whisperspeedtest.process.ChildJvm;
import io.github.whisperspeedtest.process.ChildOutcome;
import io.github.whisperspeedtest.spi.ImplementationContext;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks libraries of MLX in a child JVM: MLX aborts the process when a kernel is missing in a thread of its own, or when memory is short.
 *
 * <p>Reports are kept, so that only the first process that meets certain libraries checks them.
 */
final class MlxLibraryProbe {
    private static final Logger LOG = LoggerFactory.getLogger(MlxLibraryProbe.class);

    /** Metal compiles kernels when they are first used. */
    private static final Duration TIME_LIMIT = Duration.ofMinutes(2);

    /** Changes with the checks, so that reports of earlier ones are not used. */
    private static final String EDITION = "checks 1";

    private final ImplementationContext context;
    private final LibraryReports<MlxReport> reports;
    private final Child child;

    /** Runs the task in a child JVM. */
    interface Child {
        /** Returns how it ended; passes on each device before it is checked. */
        ChildOutcome<MlxProbeTask.Answer> run(MlxProbeTask.Input input, Consumer<MlxDevice> devices);
    }

    /** Creates a probe that keeps its reports in the cache directory of a context. */
    MlxLibraryProbe(ImplementationContext context) {
        this(
                context,
                (input, devices) -> ChildJvm.builder()
                        .properties(context.settings().properties())
                        .timeLimit(TIME_LIMIT)
                        .build()
                        .run(MlxProbeTask.class, input, devices));
    }

    MlxLibraryProbe(ImplementationContext context, Child child) {
        this.context = context;
        this.child = child;
        reports = new LibraryReports<>(context.cache(), MlxReport.class);
    }

    /**
     * Returns the report of libraries that can be used on at least one device.
     *
     * @throws RuntimeUnavailableException if they cannot be loaded or used
     */
    MlxReport report(MlxLibraries libraries) {
        String identity = EDITION + " " + MlxLibraries.system() + LibraryReports.identity(libraries.files());
        return reports.find(identity).filter(MlxReport::isCurrent).orElseGet(() -> {
            MlxReport report = ask(libraries);
            if (report.devices().isEmpty()) {
                throw unusable(libraries, report);
            }
            if (report.lasting()) {
                reports.keep(identity, report);
            }
            return report;
        });
    }

    private MlxReport ask(MlxLibraries libraries) {
        Map<MlxDevice, String> crashes = new EnumMap<>(MlxDevice.class);
        while (true) {
            Last last = new Last();
            ChildOutcome<MlxProbeTask.Answer> outcome =
                    child.run(new MlxProbeTask.Input(libraries, context.nativeLibraries(), crashes.keySet()), last);
            if (outcome instanceof ChildOutcome.Completed<MlxProbeTask.Answer> completed) {
                return report(completed.value()).withCrashes(crashes);
            }
            if (outcome instanceof ChildOutcome.Failed<MlxProbeTask.Answer>) {
                // Programs with a class loader of their own cannot start child JVMs.
                LOG.warn("Checking MLX in this process, where a fault would end it: {}", outcome.describe());
                return MlxRuntime.inspect(libraries, context.nativeLibraries(), crashes.keySet(), device -> {})
                        .withCrashes(crashes);
            }
            if (last.device == null) {
                throw new RuntimeUnavailableException(
                        libraries.mlxc() + " cannot be used: the process " + outcome.describe(),
                        MlxLibraries.remedy(),
                        null);
            }
            crashes.put(last.device, "the process that checked it " + outcome.describe());
        }
    }

    private static MlxReport report(MlxProbeTask.Answer answer) {
        Problem problem = answer.problem();
        if (problem != null) {
            throw new RuntimeUnavailableException(problem, null);
        }
        if (answer.report() == null) {
            throw new IllegalStateException("The check of MLX gave no answer");
        }
        return answer.report();
    }

    private static RuntimeUnavailableException unusable(MlxLibraries libraries, MlxReport report) {
        StringBuilder reason = new StringBuilder(libraries.mlxc());
        if (report.refused().isEmpty()) {
            reason.append(" was built without any compute device");
        } else {
            reason.append(" works on no device");
            report.refused()
                    .forEach((device, why) -> reason.append("; ")
                            .append(device.option())
                            .append(": ")
                            .append(why));
        }
        return new RuntimeUnavailableException(reason.toString(), MlxLibraries.repair(), null);
    }

    /** Remembers the last device. */
    private static final class Last implements Consumer<MlxDevice> {
        private @Nullable MlxDevice device;

        @Override
        public void accept(MlxDevice value) {
            device = value;
        }
    }
}
