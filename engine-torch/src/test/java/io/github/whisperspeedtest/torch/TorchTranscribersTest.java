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
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TorchTranscribersTest {
    static {
        TorchRuntime.start(TestContexts.ofEngine());
    }

    private static final Set<TorchDevice> GRAPHICS = Set.of(TorchDevice.MPS, TorchDevice.CUDA);

    /** A Mac whose GPU is wrong at float16, and whose CPU is wrong at int8 and reads weights by columns fastest. */
    private static final TorchMachine FAULTY = new TorchMachine() {
        private final TorchDevices devices = new TorchDevices(
                device -> device == TorchDevice.CUDA ? Optional.of("there is none") : Optional.empty(),
                (device, precision) -> device == TorchDevice.MPS && precision == TorchPrecision.FLOAT16
                        ? Optional.of("it computes float16 wrongly, 48.0 % from the CPU")
                        : Optional.empty());

        @Override
        public TorchDevices devices() {
            return devices;
        }

        @Override
        public Optional<String> int8Problem() {
            return Optional.of("a layer with 5 rows is off by 71 %");
        }

        @Override
        public WeightLayout layout(TorchOptions options, int width) {
            return WeightLayout.COLUMNS;
        }
    };

    private final TorchTranscribers transcribers = new TorchTranscribers("some", GRAPHICS, TestContexts.ofEngine());
    private final LoadOptions cpu = LoadOptions.defaults().withDevice("cpu");

    @Test
    void choosesBestDeviceAndFastestTypeByDefault() {
        TorchOptions options = transcribers.options(LoadOptions.defaults().withThreads(3));
        TorchDevice best = TorchRuntime.get().devices().best(Optional.empty());
        assertThat(options.device()).isEqualTo(best);
        assertThat(options.precision()).isEqualTo(TorchPrecision.automatic(best));
        assertThat(options.threads()).isEqualTo(3);
    }

    @ParameterizedTest
    @EnumSource
    void acceptsEveryCpuTypeByName(TorchPrecision precision) {
        assumeTrue(
                precision != TorchPrecision.INT8
                        || TorchRuntime.get().int8Problem().isEmpty(),
                "PyTorch cannot compute int8 on this processor");
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
            TorchRuntime.get()
                    .devices()
                    .problem(device, TorchPrecision.automatic(device))
                    .ifPresent(problem ->
                            assertRefused(cpu.withDevice(device.option()), "device=" + device.option(), problem));
        }
    }

    @Test
    void reportsDeviceAndReason() {
        assumeTrue(
                TorchRuntime.get().devices().best(Optional.empty()) == TorchDevice.CPU,
                "there is a graphics processor");
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

    @Test
    void refusesDeviceThatComputesWronglyAndFallsBackToCpu() {
        TorchTranscribers some = new TorchTranscribers("some", Set.of(TorchDevice.MPS), () -> FAULTY);
        LoadOptions auto = LoadOptions.defaults();
        assertThat(some.options(auto).device()).isEqualTo(TorchDevice.CPU);
        assertThat(some.options(auto.withComputeType("float16")).device()).isEqualTo(TorchDevice.CPU);
        assertThat(some.options(auto.withComputeType("float32")).device()).isEqualTo(TorchDevice.MPS);
        assertThat(notes(some, auto))
                .contains("MPS is not used: it computes float16 wrongly, 48.0 % from the CPU; all of it on the CPU");
        assertThat(notes(some, cpu)).contains("all of it on the CPU, as requested");
        assertRefused(
                some,
                auto.withDevice("mps"),
                "device=mps",
                "PyTorch cannot use MPS (Apple GPU) here: it computes float16 wrongly, 48.0 % from the CPU. Use device auto or cpu.");
        assertThat(TorchRuntime.availability("PyTorch", FAULTY.devices(), Set.of(TorchDevice.MPS)))
                .isInstanceOfSatisfying(Availability.Available.class, available -> {
                    assertThat(available.device()).isEqualTo("CPU");
                    assertThat(available.fallbackReason())
                            .contains("MPS is not used: it computes float16 wrongly, 48.0 % from the CPU");
                });
    }

    @Test
    void refusesInt8ThatIsComputedWrongly() {
        TorchTranscribers some = new TorchTranscribers("some", Set.of(TorchDevice.CPU), () -> FAULTY);
        assertRefused(
                some,
                cpu.withComputeType("int8"),
                "compute-type=int8",
                "a layer with 5 rows is off by 71 %. Use compute type auto, float32, bfloat16 or float16.");
        assertThat(some.options(cpu.withComputeType("bfloat16")).precision()).isEqualTo(TorchPrecision.BFLOAT16);
    }

    @Test
    void usesAndReportsFastestLayout() {
        assertThat(notes(new TorchTranscribers("some", Set.of(TorchDevice.CPU), () -> FAULTY)))
                .contains("decoder weights by columns");
    }

    private List<String> notes(TorchTranscribers some) {
        return notes(some, cpu);
    }

    private static List<String> notes(TorchTranscribers some, LoadOptions options) {
        try (Transcriber transcriber = some.transcriber(
                        new ModelFiles("micro", Map.of()), EmbeddedModel.checkpoint(), options, some.options(options))
                .build()) {
            return transcriber.parameters().notes();
        }
    }

    private void assertRefused(LoadOptions options, String option, String reason) {
        assertRefused(transcribers, options, option, reason);
    }

    private static void assertRefused(TorchTranscribers some, LoadOptions options, String option, String reason) {
        assertThatThrownBy(() -> some.options(options))
                .isInstanceOfSatisfying(UnsupportedOptionException.class, refusal -> {
                    assertThat(refusal.implementation()).isEqualTo("some");
                    assertThat(refusal.option()).isEqualTo(option);
                    assertThat(refusal).hasMessageContaining(reason);
                });
    }
}
