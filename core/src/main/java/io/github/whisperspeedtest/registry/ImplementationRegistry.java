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
 * <p>A provider that cannot be used becomes a {@link DiscoveryProblem} and leaves the others as they are. Two classes
 * with one id are such a problem, and neither is used: which of them runs must not hang on the order of jars. A class
 * that several jars name is found once.
 */
public final class ImplementationRegistry {
    private final SortedMap<String, Implementation> byId;
    private final List<DiscoveryProblem> problems;

    private ImplementationRegistry(SortedMap<String, Implementation> byId, List<DiscoveryProblem> problems) {
        this.byId = byId;
        this.problems = List.copyOf(problems);
    }

    /**
     * Finds the providers of {@link Implementation} that a class loader and its parents see, and configures them; throws for none of
     * them.
     *
     * @param loader such as the one of the application, or one over a directory of plug-ins
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
     * @throws UnknownNameException if there is none; lists what is there and what is broken
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
                        ? "There is none at all on the class path."
                        : "On the class path are: " + String.join(", ", byId.keySet()) + ".");
        if (!problems.isEmpty()) {
            message.append(" It may be one of those that cannot be used: ")
                    .append(problems.stream().map(DiscoveryProblem::describe).collect(Collectors.joining(" / ")));
        }
        if (question.isEmpty() && Discovery.ID.matcher(id).matches()) {
            message.append(" A backend of this project is added by its Maven artifact,"
                    + " io.github.whisperspeedtest:whisper-speedtest-backend-" + id + " by the naming convention.");
        }
        return message.toString();
    }
}
