package io.github.whisperspeedtest.spi;

import io.github.whisperspeedtest.error.UnsupportedOptionException;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds what {@link LoadOptions} ask for among what an implementation offers, so that all of them refuse the rest alike. */
public final class OfferedOptions {
    /** Beyond this, engines would ask the system for threads that they may not get. */
    private static final int MAX_THREADS = 512;

    private OfferedOptions() {}

    /**
     * Returns the device that is asked for, empty for {@link LoadOptions#AUTO}.
     *
     * @param implementation id of the implementation, for messages
     * @param offered what there is beside {@link LoadOptions#AUTO}, in the order of messages
     * @param name what users call one of them
     * @throws UnsupportedOptionException if it is none of these
     */
    public static <T> Optional<T> device(
            String implementation, LoadOptions options, Collection<T> offered, Function<T, String> name) {
        return find(implementation, "device", options.device(), offered, name);
    }

    /**
     * Returns the compute type that is asked for, empty for {@link LoadOptions#AUTO}.
     *
     * @param implementation id of the implementation, for messages
     * @param offered what there is beside {@link LoadOptions#AUTO}, in the order of messages
     * @param name what users call one of them
     * @throws UnsupportedOptionException if it is none of these
     */
    public static <T> Optional<T> computeType(
            String implementation, LoadOptions options, Collection<T> offered, Function<T, String> name) {
        return find(implementation, "compute-type", options.computeType(), offered, name);
    }

    /**
     * Checks the number of threads.
     *
     * @param implementation id of the implementation, for messages
     * @throws UnsupportedOptionException if there are more than any engine takes
     */
    public static void checkThreads(String implementation, LoadOptions options) {
        if (options.threads() > MAX_THREADS) {
            throw new UnsupportedOptionException(
                    implementation,
                    "threads=" + options.threads(),
                    "Use at most " + MAX_THREADS + "; more than processors only slow it down.");
        }
    }

    private static <T> Optional<T> find(
            String implementation, String option, String asked, Collection<T> offered, Function<T, String> name) {
        if (asked.equals(LoadOptions.AUTO)) {
            return Optional.empty();
        }
        return Optional.of(offered.stream()
                .filter(one -> name.apply(one).equals(asked))
                .findFirst()
                .orElseThrow(() -> new UnsupportedOptionException(
                        implementation,
                        option + "=" + asked,
                        "Use one of: "
                                + Stream.concat(
                                                Stream.of(LoadOptions.AUTO),
                                                offered.stream().map(name))
                                        .collect(Collectors.joining(", "))
                                + ".")));
    }
}
