package io.github.whisperspeedtest.spi;

import io.github.whisperspeedtest.error.UnsupportedOptionException;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Turns the device and the compute type of {@link LoadOptions} into an engine's own constants. */
public final class LoadOptionParser {
    private LoadOptionParser() {}

    /**
     * Returns the requested device, empty for {@link LoadOptions#AUTO}.
     *
     * @param implementation id of the implementation, for messages
     * @param devices the devices that the engine supports
     * @param name name of a device as users type it
     * @throws UnsupportedOptionException if the engine does not support the requested device
     */
    public static <T> Optional<T> device(
            String implementation, LoadOptions options, Collection<T> devices, Function<T, String> name) {
        return find(implementation, "device", options.device(), "It supports ", devices, name);
    }

    /**
     * Returns the requested compute type, empty for {@link LoadOptions#AUTO}.
     *
     * @param implementation id of the implementation, for messages
     * @param types the compute types that the engine supports on the chosen device
     * @param name name of a type as users type it
     * @throws UnsupportedOptionException if the device does not support the requested type
     */
    public static <T> Optional<T> computeType(
            String implementation, LoadOptions options, Collection<T> types, Function<T, String> name) {
        return find(implementation, "compute-type", options.computeType(), "On this device it supports ", types, name);
    }

    static <T> Optional<T> find(
            String implementation,
            String option,
            String requested,
            String advice,
            Collection<T> values,
            Function<T, String> name) {
        if (requested.equals(LoadOptions.AUTO)) {
            return Optional.empty();
        }
        return Optional.of(values.stream()
                .filter(value -> name.apply(value).equals(requested))
                .findFirst()
                .orElseThrow(() -> new UnsupportedOptionException(
                        implementation,
                        option + "=" + requested,
                        advice
                                + Stream.concat(
                                                Stream.of(LoadOptions.AUTO),
                                                values.stream().map(name))
                                        .collect(Collectors.joining(", "))
                                + ".")));
    }
}
