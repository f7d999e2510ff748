package io.github.whisperspeedtest.onnx.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnxruntime.OrtException;
import io.github.whisperspeedtest.error.EngineException;
import io.github.whisperspeedtest.onnx.graph.GraphBuilder;
import io.github.whisperspeedtest.testkit.TestContexts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("end-to-end")
class GraphSessionTest {
    @Test
    void leavesNoProfileOfAGraphThatDoesNotLoad() {
        OnnxRuntime runtime = OnnxRuntime.start(TestContexts.ofEngine());
        GraphBuilder graph = new GraphBuilder("identity");
        graph.input("input", TensorProto.DataType.FLOAT, 1);
        graph.node("Identity", "output", List.of("input"));
        graph.output("output", TensorProto.DataType.FLOAT, 1);
        List<Path> before = profiles();
        List<Path> during = new ArrayList<>();

        assertThatThrownBy(() -> GraphSession.load(runtime, graph, 1, true, ArmKernels.CHOSEN_BY_RUNTIME, options -> {
                    during.addAll(profiles());
                    throw new OrtException("no such provider");
                }))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("no such provider");

        assertThat(during).hasSize(before.size() + 1);
        assertThat(profiles()).isEqualTo(before);
    }

    /** Returns the profiles of this process only: others may run tests, too. */
    private static List<Path> profiles() {
        String prefix = GraphSession.PROFILE_PREFIX + ProcessHandle.current().pid() + "-";
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.filter(file -> file.getFileName().toString().startsWith(prefix))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
