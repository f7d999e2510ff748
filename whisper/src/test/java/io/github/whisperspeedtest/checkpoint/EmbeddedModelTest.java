package io.github.whisperspeedtest.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.testing.MicroSamples;
import io.github.whisperspeedtest.tokenizer.TokenizerData;
import io.github.whisperspeedtest.transcription.Language;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

class EmbeddedModelTest {
    @Test
    void hasTrainedDimensions() {
        assertThat(EmbeddedModel.checkpoint().dimensions())
                .isEqualTo(new ModelDimensions(80, 1500, 128, 2, 4, 51865, 448, 128, 2, 3));
    }

    @Test
    void versionIsHashOfContent() throws IOException, NoSuchAlgorithmException {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        try (InputStream weights = new GZIPInputStream(resource("model.safetensors.gz"))) {
            digest.update(weights.readAllBytes());
        }
        for (String file : List.of("dims.json", "vocab.json", "merges.txt")) {
            try (InputStream stream = resource(file)) {
                digest.update(stream.readAllBytes());
            }
        }
        assertThat(EmbeddedModel.VERSION)
                .isEqualTo(HexFormat.of().formatHex(digest.digest()).substring(0, 12));
    }

    @Test
    void everyMergeHasItsOwnToken() {
        TokenizerData tokenizer = EmbeddedModel.checkpoint().tokenizer();

        assertThat(tokenizer.tokens()).hasSize(256 + tokenizer.merges().size());
        for (int i = 0; i < tokenizer.merges().size(); i++) {
            TokenizerData.Merge merge = tokenizer.merges().get(i);
            String joined = text(tokenizer, merge.left()) + text(tokenizer, merge.right());
            assertThat(text(tokenizer, 256 + i)).isEqualTo(joined);
        }
    }

    @Test
    void isLoadedOnce() {
        Checkpoint first = EmbeddedModel.checkpoint();

        assertThat(EmbeddedModel.checkpoint()).isSameAs(first);
    }

    @Test
    void rejectsCheckpointWithOtherTensors() {
        Checkpoint whole = EmbeddedModel.checkpoint();
        Map<String, Tensor> tensors = new LinkedHashMap<>(whole.tensors());
        Tensor norm = Objects.requireNonNull(tensors.remove("decoder.ln.bias"));
        assertRefused(whole, tensors, "tensor 'decoder.ln.bias' is missing, 142 of 143");

        tensors.put("decoder.ln.bias", Objects.requireNonNull(tensors.get("encoder.conv1.weight")));
        assertRefused(whole, tensors, "should have the shape [128], but has [128, 80, 3]");

        tensors.put("decoder.ln.bias", norm);
        tensors.put("decoder.ln.scale", norm);
        assertRefused(whole, tensors, "'decoder.ln.scale'");
    }

    @Test
    void bundlesThreeSamplesWithTheirReferences() throws IOException {
        List<SpeechSample> samples = EmbeddedModel.samples();

        assertThat(samples)
                .extracting(SpeechSample::name)
                .containsExactly("en_single_04.flac", "de_single_03.flac", "en_multi_01.flac");
        assertThat(samples)
                .extracting(SpeechSample::language)
                .containsExactly(Language.of("en"), Language.of("de"), Language.of("en"));
        assertThat(samples.get(1).reference()).isEqualTo("Stelle einen Timer auf sechzehn Stunden.");
        for (SpeechSample sample : samples) {
            try (InputStream stream = sample.open()) {
                assertThat(new String(stream.readNBytes(4), StandardCharsets.US_ASCII))
                        .isEqualTo("fLaC");
            }
        }
    }

    @Test
    void demoSampleHasSeveralSentences() {
        SpeechSample demo = EmbeddedModel.demoSample();

        assertThat(demo.name()).isEqualTo("en_multi_01.flac");
        assertThat(demo.utterances()).hasSizeGreaterThan(1);
        assertThat(EmbeddedModel.samples()).contains(demo);
    }

    @Test
    void testsHaveAllTwelveSamples() throws IOException {
        List<SpeechSample> samples = MicroSamples.all();

        assertThat(samples).hasSize(12).containsAll(EmbeddedModel.samples());
        for (SpeechSample sample : samples) {
            try (InputStream stream = sample.open()) {
                assertThat(new String(stream.readNBytes(4), StandardCharsets.US_ASCII))
                        .isIn("fLaC", "OggS");
            }
            long sentences =
                    sample.reference().chars().filter(c -> ".?".indexOf(c) >= 0).count();
            assertThat((long) sample.utterances().size()).as(sample.name()).isEqualTo(sentences);
            for (int i = 1; i < sample.utterances().size(); i++) {
                assertThat(sample.utterances().get(i).start())
                        .isGreaterThan(sample.utterances().get(i - 1).end());
            }
        }
    }

    private static void assertRefused(Checkpoint whole, Map<String, Tensor> tensors, String offence) {
        Checkpoint checkpoint = new Checkpoint(whole.dimensions(), tensors, whole.tokenizer());
        assertThatThrownBy(() -> TensorShapes.check("test", checkpoint))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(offence);
    }

    private static String text(TokenizerData tokenizer, int id) {
        return new String(tokenizer.tokens().get(id), StandardCharsets.ISO_8859_1);
    }

    private static InputStream resource(String file) {
        return Objects.requireNonNull(EmbeddedModel.class.getResourceAsStream("micro/" + file), file);
    }
}
