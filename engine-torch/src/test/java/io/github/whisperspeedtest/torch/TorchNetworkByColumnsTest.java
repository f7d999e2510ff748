package io.github.whisperspeedtest.torch;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.pytorch.jni.IValue;
import io.github.whisperspeedtest.network.EncoderOutput;
import io.github.whisperspeedtest.network.WhisperNetwork;
import io.github.whisperspeedtest.testing.RelativeDistance;
import io.github.whisperspeedtest.testkit.NetworkContract;
import io.github.whisperspeedtest.testkit.TestContexts;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests the network with the decoder's weights in the layout that some processors read faster. */
@Tag("end-to-end")
class TorchNetworkByColumnsTest extends NetworkContract {
    static {
        TorchRuntime.start(TestContexts.ofEngine());
    }

    @Override
    protected WhisperNetwork load() {
        return load(TorchPrecision.FLOAT32, WeightLayout.COLUMNS);
    }

    private static WhisperNetwork load(TorchPrecision precision, WeightLayout layout) {
        return TorchNetwork.load(MICRO, new TorchOptions(TorchDevice.CPU, precision, 2, layout));
    }

    @ParameterizedTest
    @EnumSource
    void laysOutDecoderOnly(WeightLayout layout) {
        String source = TorchProgram.source()
                + "\n  def are_rows(self: __torch__.WhisperNetwork,"
                + "\n    lists: List[List[Tensor]],"
                + "\n    index: int) -> bool:"
                + "\n    return lists[0][index].is_contiguous()\n";
        TorchOptions options = new TorchOptions(TorchDevice.CPU, TorchPrecision.FLOAT32, 1, layout);
        try (TorchNetwork network = TorchNetwork.load(MICRO, options, source);
                NativeValues values = new NativeValues()) {
            TorchWeights weights = network.weights();
            boolean rows = layout == WeightLayout.ROWS;
            for (int layer = 0; layer < 8; layer++) {
                assertThat(areRows(network, values, weights.decoder.linears().plain(), 2 * layer))
                        .isEqualTo(rows);
            }
            assertThat(areRows(network, values, values.own(IValue.listFrom(weights.decoderStem)), 0))
                    .isEqualTo(rows);
            assertThat(areRows(network, values, weights.encoder.linears().plain(), 0))
                    .isTrue();
            assertThat(areRows(network, values, weights.cross.plain(), 0)).isTrue();
        }
    }

    private static boolean areRows(TorchNetwork network, NativeValues values, IValue lists, int index) {
        return values.own(network.call("are_rows", lists, values.of(index))).toBoolean();
    }

    /** The order of the additions may differ, nothing else. */
    @ParameterizedTest
    @EnumSource
    void computesWhatOtherLayoutDoes(TorchPrecision precision) {
        double largest = switch (precision) {
            case FLOAT32 -> 1e-5;
            case FLOAT16 -> 0.005;
            case BFLOAT16 -> 0.05;
            case INT8 -> 0;
        };
        try (WhisperNetwork rows = load(precision, WeightLayout.ROWS);
                WhisperNetwork columns = load(precision, WeightLayout.COLUMNS);
                EncoderOutput ofRows = rows.encode(windows);
                EncoderOutput ofColumns = columns.encode(windows)) {
            assertThat(RelativeDistance.of(prompted(ofColumns), prompted(ofRows)))
                    .isLessThanOrEqualTo(largest);
        }
    }
}
