package io.github.whisperspeedtest.testkit;

import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.checkpoint.SpeechSample;
import io.github.whisperspeedtest.testing.MicroSamples;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A recording of sentences with a long silence before, between and after them.
 *
 * @param audio the recording
 * @param utterances when the sentences are said in it
 * @param text their text
 */
record SpacedSentences(Audio audio, List<SpeechSample.Utterance> utterances, String text) {
    static SpacedSentences of(Duration silence, List<String> samples) {
        float[] pause = new float[(int) (silence.toMillis() * Audio.SAMPLE_RATE / 1000)];
        Audio.Builder recording = Audio.builder("sentences between silences").append(pause, 0, pause.length);
        List<SpeechSample.Utterance> utterances = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        long length = pause.length;
        for (String name : samples) {
            SpeechSample sample = MicroSamples.named(name);
            texts.add(sample.reference());
            Audio speech = ContractTests.audio(sample);
            float[] sound = new float[(int) speech.sampleCount()];
            speech.read(0, sound, 0, sound.length);
            Duration before = Duration.ofMillis(length * 1000 / Audio.SAMPLE_RATE);
            for (SpeechSample.Utterance utterance : sample.utterances()) {
                utterances.add(
                        new SpeechSample.Utterance(before.plus(utterance.start()), before.plus(utterance.end())));
            }
            recording.append(sound, 0, sound.length).append(pause, 0, pause.length);
            length += sound.length + pause.length;
        }
        return new SpacedSentences(recording.build(), List.copyOf(utterances), String.join(" ", texts));
    }
}
