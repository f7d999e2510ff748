package io.github.whisperspeedtest.registry;

import io.github.whisperspeedtest.error.NearestName;
import io.github.whisperspeedtest.error.UnknownNameException;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.ImplementationContext;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The implementations on the class path.
 *
 * <p>A provider that cannot be used is reported as a {@link DiscoveryProblem} and does not affect the others. If two
 * classes have the same id, neither is used, because the choice must not depend on the order of jars. A class that is
 * named by several jars is found once.
 */
public final class ImplementationRegistry {
    private final SortedMap<String, Implementation> byId;
    private final List<DiscoveryProblem> problems;

    private ImplementationRegistry(SortedMap<String, Implementation> byId, List<DiscoveryProblem> problems) {
        this.byId = byId;
        this.problems = List.copyOf(problems);
    }

    /**
     * Finds the providers of {@link Implementation} that are visible to a class loader, and configures them. A provider that fails
     * causes no exception.
     *
     * @param loader such as the one of the application, or one for a directory of backends
     * @param contexts returns the context of an implementation
     */
    public static ImplementationRegistry discover(
            ClassLoader loader, Function<Implementation, ImplementationContext> contexts) {
        Discovery discovery = new Discovery(Objects.requireNonNull(loader, "loader"), contexts);
        SortedMap<String, Implementation> usable = discovery.run();
        return new ImplementationRegistry(usable, discovery.problems());
    }

    /** Returns the usable implementations, sorted by id. */
    public List<Implementation> implementations() {
        return List.copyOf(byId.values());
    }

    /** Returns the providers that cannot be used. */
    public List<DiscoveryProblem> problems() {
        return problems;
    }

    /**
     * Returns the implementation of the given id.
     *
     * @throws UnknownNameException if there is none; its message lists the available implementations and the unusable providers
     */
    public Implementation require(String id) {
        Implementation implementation = byId.get(id);
        if (implementation == null) {
            throw new UnknownNameException(missing(id));
        }
        return implementation;
    }

    private String missing(String id) {
        String question = NearestName.question(id, byId.keySet());
        StringBuilder message = new StringBuilder("There is no implementation '" + id + "'." + question + " ");
        message.append(
                byId.isEmpty()
                        ? "The class path contains no implementations."
                        : "Available: " + String.join(", ", byId.keySet()) + ".");
        if (!problems.isEmpty()) {
            message.append(" These cannot be used: ")
                    .append(problems.stream().map(DiscoveryProblem::describe).collect(Collectors.joining(" / ")));
        }
        if (question.isEmpty() && Discovery.ID.matcher(id).matches()) {
            message.append(" If it is a backend of this project, add its Maven artifact:"
                    + " io.github.whisperspeedtest:whisper-speedtest-backend-" + id + ".");
        }
        return message.toString();
    }
}
