package io.github.whisperspeedtest.whispercpp;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.audio.AudioFiles;
import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.checkpoint.SpeechSample;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.testing.MicroSamples;
import io.github.whisperspeedtest.testkit.TestContexts;
import io.github.whisperspeedtest.tokenizer.TokenizerData;
import io.github.whisperspeedtest.transcription.Timestamps;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Transcriber;
import io.github.whisperspeedtest.transcription.Transcription;
import io.github.whisperspeedtest.transcription.Word;
import io.github.whisperspeedtest.whispercpp.ggml.GgmlWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads text of any script from native memory, with a vocabulary that splits its characters. */
@Tag("end-to-end")
class WhisperCppTextTest {
    @TempDir
    private static Path directory;

    @Test
    void joinsCharactersSplitAcrossTokens() throws IOException {
        List<Integer> tokens = textTokens(transcribe(EmbeddedModel.checkpoint(), Timestamps.SEGMENT));
        assertThat(tokens).doesNotHaveDuplicates().hasSizeGreaterThanOrEqualTo(4);

        byte[] text = " 😀 你好ß".getBytes(StandardCharsets.UTF_8);
        int[] cuts = {0, 3, 5, 8, text.length};
        List<byte[]> vocabulary =
                new ArrayList<>(EmbeddedModel.checkpoint().tokenizer().tokens());
        for (int i = 0; i < tokens.size(); i++) {
            byte[] piece = i < 4 ? Arrays.copyOfRange(text, cuts[i], cuts[i + 1]) : new byte[0];
            vocabulary.set(tokens.get(i), piece.length == 0 ? ".".getBytes(StandardCharsets.UTF_8) : piece);
        }
        Checkpoint original = EmbeddedModel.checkpoint();
        Checkpoint foreign = new Checkpoint(
                original.dimensions(),
                original.tensors(),
                new TokenizerData(vocabulary, original.tokenizer().merges()));

        Transcription transcription = transcribe(foreign, Timestamps.WORD);
        assertThat(transcription.text()).isEqualTo("😀 你好ß" + ".".repeat(tokens.size() - 4));
        assertThat(transcription.segments().get(0).words())
                .extracting(Word::text)
                .containsExactly(" 😀", " 你好ß" + ".".repeat(tokens.size() - 4));
    }

    private static List<Integer> textTokens(Transcription transcription) {
        return transcription.segments().get(0).tokens().stream()
                .filter(token -> token < 50257)
                .toList();
    }

    private static Transcription transcribe(Checkpoint checkpoint, Timestamps timestamps) throws IOException {
        Path target = Files.createTempDirectory(directory, "ggml");
        new GgmlWriter().write(checkpoint, "f16", target, List.of("ggml.bin"));
        ModelFiles files = ModelFiles.of("text", List.of(target.resolve("ggml.bin")));
        SpeechSample sample = MicroSamples.named("de_single_03.flac");
        try (Transcriber transcriber =
                        TestContexts.configured(new WhisperCppImplementation()).load(files, LoadOptions.defaults());
                InputStream in = sample.open()) {
            return transcriber.transcribe(
                    AudioFiles.read(sample.name(), in),
                    TranscribeOptions.builder().timestamps(timestamps).build());
        }
    }
}
