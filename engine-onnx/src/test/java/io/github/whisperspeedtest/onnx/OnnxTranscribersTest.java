package io.github.whisperspeedtest.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.onnx.graph.LinearForms;
import io.github.whisperspeedtest.onnx.graph.Precision;
import io.github.whisperspeedtest.onnx.session.ArmKernels;
import io.github.whisperspeedtest.onnx.session.OnnxRuntime;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.testkit.TestContexts;
import io.github.whisperspeedtest.transcription.EngineParameters;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class OnnxTranscribersTest {
    private static final OnnxOptions OPTIONS = OnnxOptions.cpu(Precision.FLOAT32, 1);

    @Test
    void readsEngineOptions() {
        LoadOptions none = LoadOptions.defaults();
        assertThat(OnnxTranscribers.withEngineOptions(OPTIONS, none)).isEqualTo(OPTIONS);
        assertThat(OnnxTranscribers.withEngineOptions(OPTIONS, none.withEngineOption("arm-kernels", "auto")))
                .isEqualTo(OPTIONS);
        assertThat(OnnxTranscribers.withEngineOptions(OPTIONS, none.withEngineOption("arm-kernels", "portable")))
                .isEqualTo(OPTIONS.withPortableKernels(true));
        assertThat(OnnxTranscribers.withEngineOptions(OPTIONS, none.withEngineOption("dump-graph", "graphs")))
                .isEqualTo(OPTIONS.withDumpGraph(Path.of("graphs")));
    }

    @Test
    @Tag("end-to-end")
    void notesOtherKernels() {
        OnnxRuntime.start(TestContexts.ofEngine());
        LinearForms forms = LinearForms.of(Precision.FLOAT32);
        EngineParameters parameters = new EngineParameters("micro", "runtime", "auto", "CPU", "float32", 1);
        ArmKernels portable = new ArmKernels(true, "portable kernels, because …");
        try (OnnxNetwork network = OnnxNetwork.load(EmbeddedModel.checkpoint(), OPTIONS, forms, portable)) {
            assertThat(OnnxTranscribers.withEngine(parameters, network).notes()).containsExactly(portable.note());
        }
        try (OnnxNetwork network =
                OnnxNetwork.load(EmbeddedModel.checkpoint(), OPTIONS, forms, ArmKernels.CHOSEN_BY_RUNTIME)) {
            assertThat(OnnxTranscribers.withEngine(parameters, network).notes()).isEmpty();
        }
    }
}
