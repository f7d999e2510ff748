package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.benchmark.Rounds;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How long and how often a benchmark measures. */
final class RoundOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = {"-n", "--runs"},
            order = 5,
            paramLabel = "N",
            description =
                    "Number of timed runs (default: at least 4, until the 95 %% interval of each median is within ±2 %%"
                            + " or about 5 s have passed).")
    private @Nullable Integer runs;

    @Option(
            names = "--budget",
            order = 11,
            paramLabel = "TIME",
            converter = TimeSpan.Converter.class,
            description = "Time for the whole benchmark, such as 90s, 10m or 1h; every candidate runs at least once.")
    private @Nullable TimeSpan budget;

    @Option(
            names = "--seed",
            order = 10,
            paramLabel = "NUMBER",
            defaultValue = "" + Rounds.DEFAULT_SEED,
            description =
                    "Number that determines the order of the runs and the sample of --limit (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--warmup",
            paramLabel = "N",
            defaultValue = "1",
            description = "Number of untimed warm-up runs (default: ${DEFAULT-VALUE}).")
    private int warmups;

    @Option(
            names = "--time-limit",
            paramLabel = "SECONDS",
            description = "Time limit for each candidate (default: none).")
    private @Nullable Integer timeLimit;

    RoundOptions() {}

    long seed() {
        return seed;
    }

    @Nullable
    Duration timeLimit() {
        return timeLimit == null ? null : Duration.ofSeconds(timeLimit);
    }

    /**
     * Returns the number of rounds.
     *
     * @throws ParameterException if a number is too small
     */
    Rounds rounds() {
        if (runs != null && runs < 1 || warmups < 0 || timeLimit != null && timeLimit < 1) {
            throw new ParameterException(
                    spec.commandLine(), "--runs and --time-limit must be at least 1, --warmup at least 0");
        }
        Rounds open = Rounds.untilPrecise();
        return new Rounds(
                runs == null ? open.runs() : runs,
                runs != null,
                warmups,
                budget == null ? null : budget.duration(),
                seed);
    }
}
