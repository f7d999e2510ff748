package io.github.whisperspeedtest.onnx.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodePlacementTest {
    @TempDir
    private Path directory;

    /** In the form of ONNX Runtime's profiles; the node's name is that of microsoft/onnxruntime#26355. */
    @Test
    void countsTheNodesThatCoreMlReplacedAsOnePart() throws IOException {
        Path profile = directory.resolve("profile.json");
        String part = "CoreMLExecutionProvider_12615810092392341640_CoreML_12615810092392341640_3_3";
        Files.writeString(
                profile,
                "[" + event("model_run", null)
                        + "," + event(part + "_kernel_time", "CoreMLExecutionProvider")
                        + "," + event("encoder.rows_kernel_time", "CPUExecutionProvider")
                        + "," + event("encoder.frames_kernel_time", "CPUExecutionProvider")
                        + "," + event("encoder.frames_kernel_time", "CPUExecutionProvider") + "]");

        NodePlacement placement = NodePlacement.read(profile);

        assertThat(placement.units()).containsExactlyInAnyOrderEntriesOf(Map.of("CoreML", 1, "CPU", 2));
        assertThat(placement).hasToString("1 part on CoreML, 2 nodes on CPU");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0, ''",
        "1, 0, all in 1 part on CoreML",
        "3, 0, all in 3 parts on CoreML",
        "0, 80, all 80 nodes on CPU",
        "3, 12, '3 parts on CoreML, 12 nodes on CPU'",
        "2, 1, '2 parts on CoreML, 1 node on CPU'"
    })
    void describesPartsAndNodes(int parts, int nodes, String expected) {
        Map<String, Integer> units = new HashMap<>(Map.of("CoreML", parts, "CPU", nodes));
        units.values().removeIf(count -> count == 0);
        assertThat(new NodePlacement(units)).hasToString(expected);
    }

    private static String event(String name, @Nullable String provider) {
        String args = provider == null ? "" : "\"provider\":\"" + provider + "\",\"op_name\":\"x\"";
        return "{\"cat\":\"Node\",\"name\":\"" + name + "\",\"args\":{" + args + "}}";
    }
}
