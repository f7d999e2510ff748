package io.github.whisperspeedtest.onnx.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import io.github.whisperspeedtest.error.EngineException;
import io.github.whisperspeedtest.error.RuntimeUnavailableException;
import io.github.whisperspeedtest.onnx.graph.GraphBuilder;
import io.github.whisperspeedtest.testkit.TestContexts;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("end-to-end")
class ArmKernelCheckTest {
    private static final OnnxRuntime RUNTIME = OnnxRuntime.start(TestContexts.ofEngine());

    /** On all processors, so that the comparison itself is right. */
    @Test
    void theRuntimeHereComputesCorrectly() {
        try (ArmKernelCheck.Products products = RUNTIME.openProducts(false)) {
            assertThat(ArmKernelCheck.fault(products)).isEmpty();
        }
        assertThat(ArmKernels.choose(false, RUNTIME::openProducts)).isEqualTo(ArmKernels.CHOSEN_BY_RUNTIME);
    }

    @ParameterizedTest
    @EnumSource
    void findsAnElementThatIsWrong(ArmKernelCheck.Form form) {
        try (ArmKernelCheck.Products products = damaged(form, 33, 1, 1.5f)) {
            assertThat(ArmKernelCheck.fault(products))
                    .hasValueSatisfying(fault -> assertThat(fault).endsWith(" of 33 rows"));
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1, of 1 row", "3, 3, of 3 rows", "33, 2, of 33 rows"})
    void findsFaultsForSomeNumbersOfRowsAndInLaterRuns(int rows, int run, String expected) {
        try (ArmKernelCheck.Products products = damaged(ArmKernelCheck.Form.GEMM, rows, run, Float.NaN)) {
            assertThat(ArmKernelCheck.fault(products)).contains("float32 product " + expected);
        }
    }

    @Test
    void turnsKleidiAiOffIfProductsAreWrong() throws OrtException {
        List<Boolean> opened = new ArrayList<>();
        ArmKernels kernels = ArmKernels.choose(false, portable -> {
            opened.add(portable);
            return portable ? RUNTIME.openProducts(true) : damaged(ArmKernelCheck.Form.QGEMM, 3, 1, 100);
        });

        assertThat(kernels.portable()).isTrue();
        assertThat(kernels.note()).contains("int8 product of 3 rows");
        assertThat(opened).containsExactly(false, true);
        assertThat(configured(kernels)).containsEntry("mlas.disable_kleidiai", "1");
        assertThat(configured(ArmKernels.CHOSEN_BY_RUNTIME)).doesNotContainKey("mlas.disable_kleidiai");
    }

    @Test
    void turnsKleidiAiOffIfTheProductsDoNotRun() {
        ArmKernels kernels = ArmKernels.choose(false, portable -> {
            if (!portable) {
                throw new EngineException("no such kernel");
            }
            return RUNTIME.openProducts(true);
        });
        assertThat(kernels.note()).contains("no such kernel");
    }

    /** The others may end the process. */
    @Test
    void runsOnlyPortableKernelsOnRequest() {
        ArmKernels kernels = ArmKernels.choose(true, portable -> {
            assertThat(portable).isTrue();
            return RUNTIME.openProducts(true);
        });
        assertThat(kernels).isEqualTo(new ArmKernels(true, "portable ARM kernels, as requested"));
    }

    @Test
    void refusesAProcessorOnWhichNothingIsRight() {
        assertThatThrownBy(() -> ArmKernels.choose(
                        false, portable -> damaged(ArmKernelCheck.Form.CONVOLUTION, portable ? 3 : 1, 1, 100)))
                .isInstanceOf(RuntimeUnavailableException.class)
                .hasMessageContainingAll("computes wrongly", "convolution of 3 rows", "whisper-speedtest list");
    }

    @Test
    void sessionsGetTheKernels() {
        Map<String, String> entries = new HashMap<>();
        GraphBuilder graph = new GraphBuilder("identity");
        graph.input("input", TensorProto.DataType.FLOAT, 1);
        graph.node("Identity", "output", List.of("input"));
        graph.output("output", TensorProto.DataType.FLOAT, 1);
        ArmKernels portable = new ArmKernels(true, null);

        GraphSession.load(RUNTIME, graph, 1, false, portable, options -> entries.putAll(options.getConfigEntries()))
                .close();

        assertThat(entries).containsEntry("mlas.disable_kleidiai", "1");
    }

    @Test
    void checksOnArm64Only() {
        assertThat(RUNTIME.armKernels(true, false)).isEqualTo(ArmKernels.CHOSEN_BY_RUNTIME);
        assertThat(RUNTIME.armKernels(true, true))
                .isEqualTo(new ArmKernels(true, "portable ARM kernels, as requested"));
        assertThat(RUNTIME.armKernels(false, true)).isEqualTo(ArmKernels.CHOSEN_BY_RUNTIME);
    }

    private static Map<String, String> configured(ArmKernels kernels) throws OrtException {
        try (SessionOptions options = new SessionOptions()) {
            kernels.applyTo(options);
            return options.getConfigEntries();
        }
    }

    /** Returns the products of the runtime, of which the last element of one is off in one run with some number of rows. */
    private static ArmKernelCheck.Products damaged(ArmKernelCheck.Form form, int rows, int run, float off) {
        ArmKernelCheck.Products products = RUNTIME.openProducts(false);
        return new ArmKernelCheck.Products() {
            private int runs;

            @Override
            public Map<ArmKernelCheck.Form, float[]> compute(int count, float[] input) {
                Map<ArmKernelCheck.Form, float[]> values = new EnumMap<>(products.compute(count, input));
                if (count == rows && ++runs == run) {
                    float[] elements = values.get(form);
                    elements[elements.length - 1] += off;
                }
                return values;
            }

            @Override
            public void close() {
                products.close();
            }
        };
    }
}
