package io.github.whisperspeedtest.onnx.session;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The number of nodes of a graph run by each provider, from the runtime's profile of a run.
 *
 * @param nodes number of nodes by provider, such as {@code CoreML} or {@code CPU}
 */
public record NodePlacement(Map<String, Integer> nodes) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String KERNEL_SUFFIX = "_kernel_time";
    private static final String PROVIDER_SUFFIX = "ExecutionProvider";

    /** Copies the map, sorted by name. */
    public NodePlacement {
        nodes = Collections.unmodifiableMap(new TreeMap<>(nodes));
    }

    /** Reads a profile written by the runtime. */
    static NodePlacement read(Path profile) throws IOException {
        Map<String, Integer> counts = new TreeMap<>();
        Set<String> seen = new HashSet<>();
        for (JsonNode event : JSON.readTree(profile.toFile())) {
            String name = event.path("name").asText();
            String provider = event.path("args").path("provider").asText();
            if (name.endsWith(KERNEL_SUFFIX) && provider.endsWith(PROVIDER_SUFFIX) && seen.add(name)) {
                String shortName = provider.substring(0, provider.length() - PROVIDER_SUFFIX.length());
                counts.merge(shortName, 1, Integer::sum);
            }
        }
        return new NodePlacement(counts);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        nodes.forEach((provider, count) -> text.append(text.isEmpty() ? "" : ", ")
                .append(count)
                .append(" on ")
                .append(provider));
        return text.toString();
    }
}
