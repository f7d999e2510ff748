package io.github.whisperspeedtest.streaming;

import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.spi.Capabilities;
import io.github.whisperspeedtest.transcription.AudioContext;
import io.github.whisperspeedtest.transcription.Language;
import io.github.whisperspeedtest.transcription.Timestamps;
import io.github.whisperspeedtest.transcription.TranscribeOption;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Transcriber;
import io.github.whisperspeedtest.transcription.Vad;
import io.github.whisperspeedtest.transcription.VadOptions;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Transcribes windows of a stream with what the implementation supports of a stream's needs. */
final class WindowTranscriber {
    /** Probability from which the language of the first utterance is that of the stream. */
    private static final double CERTAIN_LANGUAGE = 0.5;

    private final Transcriber transcriber;
    private final boolean prompts;
    private final @Nullable String userPrompt;
    private final TranscribeOptions last;
    private @Nullable Language language;

    WindowTranscriber(Transcriber transcriber, Capabilities declared, TranscribeOptions options) {
        this.transcriber = transcriber;
        userPrompt = options.prompt();
        TranscribeOptions.Builder adapted = options.toBuilder().vad(Vad.OFF).vadOptions(VadOptions.defaults());
        if (declared.supports(
                TranscribeOption.TIMESTAMPS,
                options.toBuilder().timestamps(Timestamps.WORD).build())) {
            adapted.timestamps(Timestamps.WORD);
        }
        // Windows that begin with an utterance are seldom full.
        if (options.audioContext() == null
                && declared.supports(
                        TranscribeOption.AUDIO_CONTEXT,
                        options.toBuilder().audioContext(AudioContext.AUTO).build())) {
            adapted.audioContext(AudioContext.AUTO);
        }
        last = adapted.build();
        prompts = !Boolean.FALSE.equals(options.conditionOnPreviousText())
                && declared.supports(
                        TranscribeOption.PROMPT,
                        last.toBuilder().prompt("before").build());
    }

    /**
     * Transcribes a window.
     *
     * @param start its start in the stream
     * @param before the text before it, empty for none
     * @param isLast whether no later window has the same speech
     */
    Hypothesis transcribe(Audio window, Duration start, String before, boolean isLast) {
        TranscribeOptions.Builder options = last.toBuilder();
        if (!isLast) {
            options.temperatures(List.of(last.temperatures().get(0)));
        }
        if (prompts && !before.isEmpty()) {
            options.prompt(userPrompt == null ? before : userPrompt + " " + before);
        }
        if (language != null) {
            options.language(language);
        }
        Hypothesis hypothesis = Hypothesis.of(transcriber.transcribe(window, options.build()), start);
        Double probability = hypothesis.languageProbability();
        if (isLast && language == null && probability != null && probability >= CERTAIN_LANGUAGE) {
            language = Language.of(hypothesis.language());
        }
        return hypothesis;
    }
}
