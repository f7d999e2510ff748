package io.github.whisperspeedtest.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.audio.AudioFiles;
import io.github.whisperspeedtest.checkpoint.SpeechSample;
import io.github.whisperspeedtest.spi.Capabilities;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.spi.Transcribers;
import io.github.whisperspeedtest.testing.MicroSamples;
import io.github.whisperspeedtest.transcription.Language;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Transcriber;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/** Base of the test groups: the implementation under test, its demo model, and shared helper methods. */
abstract class ContractTests {
    final ImplementationContract contract;
    final Implementation implementation;
    final Capabilities declared;
    final ModelFiles files;
    final Transcriber shared;
    final Path temporary;

    ContractTests(ImplementationContract contract) {
        this.contract = contract;
        implementation = contract.implementation();
        declared = contract.capabilities();
        files = contract.files();
        shared = contract.shared();
        temporary = contract.temporary();
    }

    LoadOptions loadOptions() {
        return contract.loadOptions();
    }

    /** Loads a model as programs do, so core checks all options first. */
    Transcriber open(ModelFiles model, LoadOptions options) {
        return Transcribers.open(implementation, TestContexts.of(implementation), model, options);
    }

    void assumeSpeechIsRecognised() {
        assumeTrue(contract.recognisesSpeech(), "its text is not what was said");
    }

    void assertTranscribes(Transcriber transcriber, SpeechSample sample) {
        assertIsTextOf(sample, text(transcriber, sample));
    }

    void assertIsTextOf(SpeechSample sample, String text) {
        if (contract.recognisesSpeech()) {
            assertThat(text).isEqualTo(sample.reference());
        } else {
            assertThat(text).isNotEmpty();
        }
    }

    static String text(Transcriber transcriber, SpeechSample sample) {
        return transcriber
                .transcribe(audio(sample), TranscribeOptions.defaults())
                .text();
    }

    static TranscribeOptions options(Language language) {
        return TranscribeOptions.builder().language(language).build();
    }

    static SpeechSample english() {
        return MicroSamples.named("en_single_04.flac");
    }

    static SpeechSample englishSentences() {
        return MicroSamples.named("en_multi_02.flac");
    }

    static SpeechSample german() {
        return MicroSamples.named("de_single_03.flac");
    }

    static SpeechSample longRecording() {
        return MicroSamples.named("en_long_01.ogg");
    }

    static Audio audio(SpeechSample sample) {
        try (InputStream in = sample.open()) {
            return AudioFiles.read(sample.name(), in);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
