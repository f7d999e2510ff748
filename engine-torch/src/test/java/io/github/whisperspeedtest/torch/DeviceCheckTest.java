package io.github.whisperspeedtest.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.testkit.TestContexts;
import io.github.whisperspeedtest.torch.DeviceCheck.Results;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The CPU is the device here. A fault of a device is a fault of the program that it runs. */
@Tag("end-to-end")
class DeviceCheckTest {
    private static Results expected;

    @BeforeAll
    static void compute() {
        TorchRuntime.start(TestContexts.ofEngine());
        expected = results(TorchPrecision.FLOAT32, TorchProgram.source());
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "INT8")
    void acceptsDeviceThatRounds(TorchPrecision precision) {
        assertThat(DeviceCheck.difference(results(precision, TorchProgram.source()), expected, precision))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ignores masked_fill_ on a view | times.copy_(times.masked_fill(ids < lowest.unsqueeze(1), never)) | unused = ids",
                "ignores a copy to the keys | cache[2 * i].narrow(2, offset, count).copy_( | unused = (",
                "ignores a copy to the values | cache[2 * i + 1].narrow(2, offset, count).copy_( | unused = (",
                "ignores the copy when it grows | grown.narrow(2, 0, used).copy_(old.narrow(2, 0, used)) | unused = used",
                "ignores the copy of scores | scores.select(0, j).copy_( | unused = (",
                "ignores index_fill_ | mask.index_fill_(0, torch.tensor(ids, dtype=4, device=device), -1e30) | mask",
                "ignores the causal mask | count > 1 and offset == 0) | False)",
                "ignores the mask | (q, k, v, mask, 0., | (q, k, v, None, 0.,",
                "sees 1024 places of the audio | torch.scaled_dot_product_attention(q, k, v)) | torch.scaled_dot_product_attention(q, k.narrow(2, 0, 1024), v.narrow(2, 0, 1024)))",
                "mixes up sequences | rows = q.unflatten | rows = torch.flip(q, [0]).unflatten",
                "loses the bias of a convolution | stem[0], stem[1], [1], [1]) | stem[0], torch.zeros_like(stem[1]), [1], [1])",
                "has another layer norm | norms[2 * index + 1], 1e-05) | norms[2 * index + 1], 0.1)",
                "selects other rows | torch.tensor(rows, dtype=4, device=tensor.device) | torch.tensor(rows, dtype=4, device=tensor.device) * 0",
                "finds no numbers in a search | token = self.choose(logits, count | token = self.choose(logits / 0., count",
                "has another maximum | torch.max(logs.narrow(1, 0, end), 1) | torch.max(logs.narrow(1, 0, 32768), 1)",
            })
    void refusesDeviceThat(String fault, String right, String wrong) {
        String source = TorchProgram.source();
        String faulty = source.replace(right, wrong);
        assertThat(faulty).isNotEqualTo(source);
        Optional<String> difference =
                DeviceCheck.difference(results(TorchPrecision.FLOAT32, faulty), expected, TorchPrecision.FLOAT16);
        assertThat(difference)
                .hasValueSatisfying(
                        text -> assertThat(text).containsPattern("wrongly, .* % from the CPU|other tokens"));
    }

    @Test
    void namesWhatDiffers() {
        Results results = results(
                TorchPrecision.FLOAT32,
                TorchProgram.source().replace("norms[2 * index + 1], 1e-05)", "norms[2 * index], 1e-05)"));
        assertThat(DeviceCheck.difference(results, expected, TorchPrecision.FLOAT16))
                .hasValueSatisfying(text -> assertThat(text)
                        .startsWith("it computes float16 wrongly, ")
                        .endsWith(" % from the CPU (logits, prompt)"));
    }

    @Test
    void leavesInt8ToItsOwnProbe() {
        assertThatThrownBy(() -> DeviceCheck.difference(expected, expected, TorchPrecision.INT8))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static Results results(TorchPrecision precision, String source) {
        try (TorchNetwork network = TorchNetwork.load(
                EmbeddedModel.checkpoint(), new TorchOptions(TorchDevice.CPU, precision, 1), source)) {
            return DeviceCheck.results(network);
        }
    }
}
