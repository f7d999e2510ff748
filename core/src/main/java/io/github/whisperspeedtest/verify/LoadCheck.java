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

/** Finds out whether files load, in a child JVM. */
final class LoadCheck {
    private static final Logger LOG = LoggerFactory.getLogger(LoadCheck.class);

    /** A small heap at first; a parallel collector would not pay for its start. */
    private static final List<String> MODEST = List.of("-XX:+UseSerialGC", "-Xms16m", "-Xshare:auto");

    /** A small model is loaded before a thorough compiler would pay for its work. */
    private static final List<String> QUICK = List.of("-XX:TieredStopAtLevel=1");

    private static final long SMALL_BYTES = 256L << 20;

    /** Loading never needs the network; what a library below a backend might try on its own is forbidden as well. */
    private static final Map<String, String> OFFLINE = Map.of("HF_HUB_OFFLINE", "1", "TRANSFORMERS_OFFLINE", "1");

    /** The kernel ends with this signal a process that takes the last memory. */
    private static final int KILLED = 137;

    /** How C++, the JVM and the operating system say that memory is out. */
    private static final Pattern OUT_OF_MEMORY = Pattern.compile(
            "bad_alloc|out of memory|insufficient memory|cannot allocate memory"
                    + "|OutOfMemoryError|Native memory allocation",
            Pattern.CASE_INSENSITIVE);

    private final ChildJvm children;

    LoadCheck(ChildJvm children) {
        this.children = children.toBuilder()
                .addJvmArguments(MODEST)
                .addEnvironment(OFFLINE)
                .build();
    }

    /**
     * Loads files and closes them.
     *
     * @param context what the implementation gets in the child JVM
     * @param bytes size of the files together
     */
    Finding check(
            Implementation implementation,
            ImplementationContext context,
            ModelFiles files,
            long bytes,
            Duration timeLimit) {
        return children.toBuilder()
                .addJvmArguments(bytes <= SMALL_BYTES ? QUICK : List.of())
                .addProperties(context.settings().properties())
                .timeLimit(timeLimit)
                .build()
                .run(VerifyTask.class, new VerifyTask.Order(implementation.id(), context, files))
                .fold(
                        completed -> completed
                                .value()
                                .fold(
                                        loaded -> Finding.complete(
                                                "Loaded by " + loaded.runtime() + ".", loaded.runtime()),
                                        missing -> ofUnavailable(implementation, missing),
                                        refused -> ofRefusal(implementation, refused)),
                        failed -> ofFailure(implementation, failed),
                        crashed -> ofCrash(implementation, crashed),
                        timedOut -> ofTimeout(implementation, timedOut));
    }

    private static Finding ofUnavailable(Implementation implementation, VerifyTask.Unavailable missing) {
        return Finding.notCheckable(
                Problem.UNAVAILABLE,
                "The files are there, but " + implementation.id() + " cannot run here. "
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
        LOG.debug("{} failed in its JVM: {}", implementation.id(), failed.details());
        return Finding.notCheckable(
                isOutOfMemory(implementation, failed.message()) ? Problem.OUT_OF_MEMORY : Problem.FAILED,
                failed.message());
    }

    private static Finding ofTimeout(
            Implementation implementation, ChildOutcome.TimedOut<VerifyTask.Outcome> timedOut) {
        return Finding.incomplete(
                Problem.TIMED_OUT,
                "Loading it with " + implementation.id() + " " + timedOut.describe()
                        + ". Its files are damaged, or the machine is too slow or busy: give it more time, or download it"
                        + " again.");
    }

    private static Finding ofCrash(Implementation implementation, ChildOutcome.Crashed<VerifyTask.Outcome> crash) {
        if (crash.exitCode() == KILLED || isOutOfMemory(implementation, crash.nativeMessage())) {
            return Finding.notCheckable(
                    Problem.OUT_OF_MEMORY,
                    "Loading it with " + implementation.id() + " takes more memory than there is: it "
                            + crash.describe() + ". Close other programs, or take a smaller model.");
        }
        return Finding.incomplete(
                Problem.CRASHED,
                "Loading it ended the process of " + implementation.id() + ", which " + crash.describe()
                        + ". Its files are most likely damaged: download it again.");
    }

    private static boolean isOutOfMemory(Implementation implementation, String message) {
        return OUT_OF_MEMORY.matcher(message).find() || implementation.isOutOfMemory(message);
    }
}
