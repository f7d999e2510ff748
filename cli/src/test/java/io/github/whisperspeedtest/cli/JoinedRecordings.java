package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.audio.AudioFiles;
import io.github.whisperspeedtest.checkpoint.SpeechSample;
import io.github.whisperspeedtest.testing.MicroSamples;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The English recordings of the demo model, joined with pauses of one second, in turn until they are long enough. */
record JoinedRecordings(Audio audio, String reference) {
    /** Joins recordings. */
    static JoinedRecordings of(Duration length) throws IOException {
        List<SpeechSample> samples = MicroSamples.all().stream()
                .filter(sample -> sample.language().code().equals("en"))
                .toList();
        float[] pause = new float[Audio.SAMPLE_RATE];
        Audio.Builder joined = Audio.builder("joined recordings");
        List<String> texts = new ArrayList<>();
        long samplesLeft = length.toSeconds() * Audio.SAMPLE_RATE;
        for (int i = 0; samplesLeft > 0; i++) {
            SpeechSample sample = samples.get(i % samples.size());
            try (InputStream in = sample.open()) {
                Audio audio = AudioFiles.read(sample.name(), in);
                float[] sound = new float[Math.toIntExact(audio.sampleCount())];
                audio.read(0, sound, 0, sound.length);
                joined.append(sound, 0, sound.length).append(pause, 0, pause.length);
                samplesLeft -= sound.length + pause.length;
            }
            texts.add(sample.reference());
        }
        return new JoinedRecordings(joined.build(), String.join(" ", texts));
    }
}
