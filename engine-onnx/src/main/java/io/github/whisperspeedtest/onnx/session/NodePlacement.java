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
 * What of a graph ran on each provider, from the runtime's profile of a run.
 *
 * <p>The CPU provider runs one node after another. CoreML gets a part of the graph as a whole, and the runtime then replaces all nodes of
 * this part by one. The profile does not tell how many they were, so the parts are counted, and only for the CPU the nodes.
 *
 * @param units number of nodes, or for CoreML of parts, by provider, such as {@code CoreML} or {@code CPU}
 */
public record NodePlacement(Map<String, Integer> units) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String KERNEL_SUFFIX = "_kernel_time";
    private static final String PROVIDER_SUFFIX = "ExecutionProvider";

    /** Copies the map, sorted by name. */
    public NodePlacement {
        units = Collections.unmodifiableMap(new TreeMap<>(units));
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

    /** Returns a text such as {@code all in 1 part on CoreML}, {@code 3 parts on CoreML, 12 nodes on CPU} or {@code all 80 nodes on CPU}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(units.size() == 1 ? "all " : "");
        // CoreML first: it is what readers look for.
        if (units.containsKey(OnnxRuntime.COREML)) {
            text.append(units.size() == 1 ? "in " : "");
            append(text, units.get(OnnxRuntime.COREML), "part", OnnxRuntime.COREML);
        }
        units.forEach((provider, count) -> {
            if (!provider.equals(OnnxRuntime.COREML)) {
                append(
                        text.append(text.toString().isBlank() || units.size() == 1 ? "" : ", "),
                        count,
                        "node",
                        provider);
            }
        });
        return text.toString();
    }

    private static void append(StringBuilder text, int count, String unit, String provider) {
        text.append(count)
                .append(' ')
                .append(unit)
                .append(count == 1 ? "" : "s")
                .append(" on ")
                .append(provider);
    }
}
