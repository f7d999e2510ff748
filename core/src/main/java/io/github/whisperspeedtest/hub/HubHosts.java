package io.github.whisperspeedtest.hub;

import io.github.whisperspeedtest.error.UnreachableHostException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Which servers have answered and which cannot be reached, shared by the downloads of one run.
 *
 * <p>A server that cannot be connected to at the first request is not asked again: the next model from it would fail the same way. One
 * that has answered before is tried again, because a connection may break at any time.
 */
public final class HubHosts {
    private final Set<String> answered = ConcurrentHashMap.newKeySet();
    private final Map<String, UnreachableHostException> unreachable = new ConcurrentHashMap<>();

    /** Creates a record of servers without any. */
    public HubHosts() {}

    void noteAnswer(String server) {
        answered.add(server);
    }

    boolean hasAnswered(String server) {
        return answered.contains(server);
    }

    void noteUnreachable(String server, UnreachableHostException failure) {
        unreachable.put(server, failure);
    }

    /** Returns the failure of an earlier request, or null if there was none. */
    @Nullable
    UnreachableHostException failureOf(String server) {
        return unreachable.get(server);
    }
}
