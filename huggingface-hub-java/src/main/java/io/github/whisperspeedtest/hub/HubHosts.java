package io.github.whisperspeedtest.hub;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A record of the servers that responded and those that cannot be reached, to share between downloaders.
 *
 * <p>A server that cannot be reached at the first request gets no further requests: the next download from it would fail in the same
 * way. One that has responded before is tried again, because a connection may break at any time.
 */
public final class HubHosts {
    private final Set<String> answered = ConcurrentHashMap.newKeySet();
    private final Map<String, HubException> unreachable = new ConcurrentHashMap<>();

    /** Creates a record of servers without any. */
    public HubHosts() {}

    void noteAnswer(String server) {
        answered.add(server);
    }

    boolean hasAnswered(String server) {
        return answered.contains(server);
    }

    void noteUnreachable(String server, HubException failure) {
        unreachable.put(server, failure);
    }

    /** Returns the failure of an earlier request, or null if there was none. */
    @Nullable
    HubException failureOf(String server) {
        return unreachable.get(server);
    }
}
