package io.github.whisperspeedtest.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.error.UnsupportedOptionException;
import io.github.whisperspeedtest.spi.Availability;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.testkit.TestContexts;
import io.github.whisperspeedtest.transcription.Transcriber;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TorchTranscribersTest {
    static {
        TorchRuntime.start(TestContexts.ofEngine());
    }

    private static final Set<TorchDevice> GRAPHICS = Set.of(TorchDevice.MPS, TorchDevice.CUDA);

    private final TorchTranscribers transcribers = new TorchTranscribers("some", GRAPHICS, TestContexts.ofEngine());
    private final LoadOptions cpu = LoadOptions.defaults().withDevice("cpu");

    @Test
    void choosesBestDeviceAndFastestTypeByDefault() {
        TorchOptions options = transcribers.options(LoadOptions.defaults().withThreads(3));
        assertThat(options.device()).isEqualTo(TorchDevice.best());
        assertThat(options.precision()).isEqualTo(TorchPrecision.automatic(TorchDevice.best()));
        assertThat(options.threads()).isEqualTo(3);
    }

    @ParameterizedTest
    @EnumSource
    void acceptsEveryCpuTypeByName(TorchPrecision precision) {
        assertThat(transcribers.options(cpu.withComputeType(precision.label())))
                .isEqualTo(new TorchOptions(TorchDevice.CPU, precision, cpu.threads()));
    }

    @Test
    void rejectsUnsupportedType() {
        assertRefused(cpu.withComputeType("int4"), "compute-type=int4", "auto, float32, bfloat16, float16, int8");
    }

    @Test
    void rejectsMissingDeviceWithReason() {
        for (TorchDevice device : GRAPHICS) {
            device.problem()
                    .ifPresent(problem ->
                            assertRefused(cpu.withDevice(device.option()), "device=" + device.option(), problem));
        }
    }

    @Test
    void reportsDeviceAndReason() {
        assumeTrue(TorchDevice.best() == TorchDevice.CPU, "there is a graphics processor");
        assertThat(TorchRuntime.availability(TestContexts.ofEngine(), GRAPHICS))
                .isInstanceOfSatisfying(
                        Availability.Available.class,
                        available -> assertThat(available.fallback()).isTrue());
        assertThat(TorchRuntime.availability(TestContexts.ofEngine(), Set.of(TorchDevice.CPU)))
                .isInstanceOfSatisfying(
                        Availability.Available.class,
                        available -> assertThat(available.fallback()).isFalse());
        assertThat(notes(transcribers)).contains("no MPS or CUDA here: all of it on the CPU");
        assertThat(notes(new TorchTranscribers("some", Set.of(TorchDevice.MPS), TestContexts.ofEngine())))
                .contains("no MPS here: all of it on the CPU");
        assertThat(notes(new TorchTranscribers("some", Set.of(TorchDevice.CPU), TestContexts.ofEngine())))
                .noneMatch(note -> note.contains("CPU"));
    }

    private List<String> notes(TorchTranscribers some) {
        try (Transcriber transcriber = some.transcriber(
                        new ModelFiles("micro", Map.of()), EmbeddedModel.checkpoint(), cpu, some.options(cpu))
                .build()) {
            return transcriber.parameters().notes();
        }
    }

    private void assertRefused(LoadOptions options, String option, String reason) {
        assertThatThrownBy(() -> transcribers.options(options))
                .isInstanceOfSatisfying(UnsupportedOptionException.class, refusal -> {
                    assertThat(refusal.implementation()).isEqualTo("some");
                    assertThat(refusal.option()).isEqualTo(option);
                    assertThat(refusal).hasMessageContaining(reason);
                });
    }
}
