package io.github.whisperspeedtest.registry;

import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.ImplementationContext;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.SortedMap;
import java.util.Spliterator;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** One pass over the providers. A failure of one does not affect the others. */
final class Discovery {
    /** Usually the service loader continues after an error. This limit stops it if it repeats the same one. */
    private static final int MAX_ADVANCE_ERRORS = 100;

    static final Pattern ID = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");

    private final ClassLoader loader;
    private final Function<Implementation, ImplementationContext> contexts;
    private final Map<String, List<Implementation>> byId = new TreeMap<>();
    private final Set<DiscoveryProblem> problems = new LinkedHashSet<>();

    Discovery(ClassLoader loader, Function<Implementation, ImplementationContext> contexts) {
        this.loader = loader;
        this.contexts = contexts;
    }

    /** Returns the usable implementations by id, and records the problems. */
    SortedMap<String, Implementation> run() {
        problems.addAll(BrokenJars.visibleTo(loader));
        List<ServiceLoader.Provider<Implementation>> providers = findProviders();
        providers.forEach(this::instantiate);
        SortedMap<String, Implementation> usable = new TreeMap<>();
        byId.forEach((id, sharing) -> {
            if (sharing.size() == 1) {
                usable.put(id, sharing.get(0));
            } else {
                problems.add(duplicate(id, sharing));
            }
        });
        return usable;
    }

    List<DiscoveryProblem> problems() {
        return List.copyOf(problems);
    }

    private List<ServiceLoader.Provider<Implementation>> findProviders() {
        List<ServiceLoader.Provider<Implementation>> providers = new ArrayList<>();
        Spliterator<ServiceLoader.Provider<Implementation>> walk =
                ServiceLoader.load(Implementation.class, loader).stream().spliterator();
        List<Throwable> errors = new ArrayList<>();
        boolean more = true;
        while (more && errors.size() < MAX_ADVANCE_ERRORS) {
            try {
                more = walk.tryAdvance(providers::add);
            } catch (ServiceConfigurationError | LinkageError | RuntimeException e) {
                errors.add(e);
            }
        }
        explain(errors);
        if (more) {
            problems.add(new DiscoveryProblem(
                    DiscoveryProblem.UNKNOWN,
                    null,
                    "The search for providers stopped after " + MAX_ADVANCE_ERRORS + " errors.",
                    "Remove the broken jars in this list from the class path."));
        }
        return providers;
    }

    /** Assigns each error to its provider. The errors come in the order of the services files. */
    private void explain(List<Throwable> errors) {
        if (errors.isEmpty()) {
            return;
        }
        Deque<DiscoveryProblem> explanations = new ArrayDeque<>();
        Set<String> seen = new LinkedHashSet<>();
        for (ServicesFile file : ServicesFile.visibleTo(loader)) {
            if (file.malformedLine() != null) {
                explanations.add(new DiscoveryProblem(
                        DiscoveryProblem.UNKNOWN,
                        file.location(),
                        "The line '" + file.malformedLine() + "' in " + ServicesFile.NAME
                                + " is not a class name, so the file is ignored.",
                        "Write one class name per line."));
                continue;
            }
            file.providers().stream()
                    .filter(seen::add)
                    .forEach(name -> Diagnosis.ofClass(name, loader)
                            .ifPresent(found -> explanations.add(new DiscoveryProblem(name, file.location(), found))));
        }
        for (Throwable error : errors) {
            problems.add(Optional.ofNullable(explanations.poll())
                    .orElseGet(() -> new DiscoveryProblem(DiscoveryProblem.UNKNOWN, null, Diagnosis.ofFailure(error))));
        }
    }

    private void instantiate(ServiceLoader.Provider<Implementation> provider) {
        Class<?> type = provider.type();
        Implementation implementation;
        try {
            implementation = provider.get();
        } catch (ServiceConfigurationError | LinkageError | RuntimeException e) {
            problems.add(new DiscoveryProblem(type.getName(), Locations.of(type), Diagnosis.ofFailure(e)));
            return;
        }
        String id;
        try {
            id = implementation.id();
        } catch (LinkageError | RuntimeException e) {
            problems.add(new DiscoveryProblem(type.getName(), Locations.of(type), Diagnosis.ofIdFailure(e)));
            return;
        }
        if (id == null || !ID.matcher(id).matches()) {
            problems.add(new DiscoveryProblem(
                    type.getName(),
                    Locations.of(type),
                    "Its id is " + (id == null ? "null" : "'" + id + "'")
                            + ", but must consist of lower-case letters, digits and single hyphens.",
                    "Return a valid id from the method id()."));
            return;
        }
        try {
            implementation.configure(contexts.apply(implementation));
        } catch (LinkageError | RuntimeException e) {
            problems.add(new DiscoveryProblem(type.getName(), Locations.of(type), Diagnosis.ofConfigurationFailure(e)));
            return;
        }
        byId.computeIfAbsent(id, unused -> new ArrayList<>()).add(implementation);
    }

    private static DiscoveryProblem duplicate(String id, List<Implementation> sharing) {
        List<Class<?>> types = new ArrayList<>();
        sharing.forEach(implementation -> types.add(implementation.getClass()));
        types.sort(Comparator.comparing(Class::getName));
        String named = types.stream()
                .map(type -> type.getName() + " (" + Locations.of(type) + ")")
                .collect(Collectors.joining(" and "));
        return new DiscoveryProblem(
                types.get(0).getName(),
                Locations.of(types.get(0)),
                "The id '" + id + "' is claimed by " + named + ". None of them is used.",
                "Remove all but one of these jars from the class path.");
    }
}
