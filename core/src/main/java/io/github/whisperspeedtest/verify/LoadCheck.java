package io.github.whisperspeedtest.verify;

import io.github.whisperspeedtest.error.ErrorKind;
import io.github.whisperspeedtest.process.ChildJvm;
import io.github.whisperspeedtest.process.ChildOutcome;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.ImplementationContext;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.verify.Verdict.Problem;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Loads model files in a child JVM. */
final class LoadCheck {
    private static final Logger LOG = LoggerFactory.getLogger(LoadCheck.class);

    /** A JVM starts fastest with a small initial heap and the serial collector. */
    private static final List<String> JVM_ARGUMENTS = List.of("-XX:+UseSerialGC", "-Xms16m", "-Xshare:auto");

    /** Loading a small model is too short to benefit from the optimising compiler. */
    private static final List<String> SMALL_MODEL_ARGUMENTS = List.of("-XX:TieredStopAtLevel=1");

    private static final long SMALL_BYTES = 256L << 20;

    /** Loading never needs the network. This also keeps the libraries of a backend offline. */
    private static final Map<String, String> OFFLINE = Map.of("HF_HUB_OFFLINE", "1", "TRANSFORMERS_OFFLINE", "1");

    /** Out-of-memory messages of C++, the JVM and the operating system. */
    private static final Pattern OUT_OF_MEMORY = Pattern.compile(
            "bad_alloc|out of memory|insufficient memory|cannot allocate memory"
                    + "|OutOfMemoryError|Native memory allocation",
            Pattern.CASE_INSENSITIVE);

    private final ChildJvm children;

    LoadCheck(ChildJvm children) {
        this.children = children.toBuilder()
                .addJvmArguments(JVM_ARGUMENTS)
                .addEnvironment(OFFLINE)
                .build();
    }

    /**
     * Loads files and closes them.
     *
     * @param context context of the implementation in the child JVM
     * @param bytes total size of the files
     */
    Finding check(
            Implementation implementation,
            ImplementationContext context,
            ModelFiles files,
            long bytes,
            Duration timeLimit) {
        return children.toBuilder()
                .addJvmArguments(bytes <= SMALL_BYTES ? SMALL_MODEL_ARGUMENTS : List.of())
                .addProperties(context.settings().properties())
                .timeLimit(timeLimit)
                .build()
                .run(VerifyTask.class, new VerifyTask.Input(implementation.id(), context, files))
                .fold(
                        completed -> completed
                                .value()
                                .fold(
                                        loaded -> Finding.complete(
                                                "Loaded by " + loaded.runtime() + " on " + loaded.device() + ".",
                                                loaded.runtime()),
                                        missing -> ofUnavailable(implementation, missing),
                                        refused -> ofRefusal(implementation, refused)),
                        failed -> ofFailure(implementation, failed),
                        crashed -> ofCrash(implementation, crashed),
                        timedOut -> ofTimeout(implementation, timedOut));
    }

    private static Finding ofUnavailable(Implementation implementation, VerifyTask.Unavailable missing) {
        return Finding.notCheckable(
                Problem.UNAVAILABLE,
                "The files are present, but " + implementation.id() + " cannot run here. "
                        + missing.problem().describe());
    }

    private static Finding ofRefusal(Implementation implementation, VerifyTask.Refused refused) {
        if (refused.kind() != ErrorKind.MODEL && isOutOfMemory(implementation, refused.message())) {
            return Finding.notCheckable(Problem.OUT_OF_MEMORY, refused.message());
        }
        return switch (refused.kind()) {
            case ENVIRONMENT -> Finding.notCheckable(Problem.UNAVAILABLE, refused.message());
            case USER -> Finding.notCheckable(Problem.FAILED, refused.message());
            case MODEL, INTERNAL -> Finding.incomplete(Problem.REFUSED, refused.message());
        };
    }

    private static Finding ofFailure(Implementation implementation, ChildOutcome.Failed<VerifyTask.Outcome> failed) {
        LOG.debug("{} failed in the child JVM: {}", implementation.id(), failed.details());
        return Finding.notCheckable(
                isOutOfMemory(implementation, failed.message()) ? Problem.OUT_OF_MEMORY : Problem.FAILED,
                failed.message());
    }

    private static Finding ofTimeout(
            Implementation implementation, ChildOutcome.TimedOut<VerifyTask.Outcome> timedOut) {
        return Finding.incomplete(
                Problem.TIMED_OUT,
                "Loading it with " + implementation.id() + " " + timedOut.describe()
                        + ". The files are damaged, or the machine is too slow or busy. Allow more time, or"
                        + " download the model again.");
    }

    private static Finding ofCrash(Implementation implementation, ChildOutcome.Crashed<VerifyTask.Outcome> crash) {
        if (crash.wasKilled()) {
            // The description contains the probable cause and the advice.
            return Finding.notCheckable(
                    Problem.OUT_OF_MEMORY,
                    "Loading it with " + implementation.id() + " failed: the child JVM " + crash.describe());
        }
        if (isOutOfMemory(implementation, crash.nativeMessage())) {
            return Finding.notCheckable(
                    Problem.OUT_OF_MEMORY,
                    "Loading it with " + implementation.id() + " ran out of memory: the child JVM " + crash.describe()
                            + ". Close other programs or use a smaller model.");
        }
        return Finding.incomplete(
                Problem.CRASHED,
                "Loading it with " + implementation.id() + " failed: the child JVM " + crash.describe()
                        + ". The files are probably damaged. Download the model again.");
    }

    private static boolean isOutOfMemory(Implementation implementation, String message) {
        return OUT_OF_MEMORY.matcher(message).find() || implementation.isOutOfMemory(message);
    }
}
