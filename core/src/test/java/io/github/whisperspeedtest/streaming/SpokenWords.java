package io.github.whisperspeedtest.streaming;

import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.transcription.Word;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Sound whose samples tell which word they belong to, so that a scripted transcriber can hear it. */
final class SpokenWords {
    static final Duration LENGTH = Duration.ofMillis(300);
    static final Duration GAP = Duration.ofMillis(50);

    private static final int WORD = (int) Samples.of(LENGTH);

    /** Loud enough for speech; the number of the word is added. */
    private static final float LOUD = 0.2f;

    private static final float UNIT = 1e-5f;
    private static final int NUMBERS = 5000;

    private final Audio.Builder audio = Audio.builder("spoken words");
    private final List<String> words = new ArrayList<>();

    SpokenWords say(int count) {
        for (int i = 0; i < count; i++) {
            float[] sound = sound(words.size());
            audio.append(sound, 0, sound.length);
            pause(GAP);
            words.add(text(words.size()));
        }
        return this;
    }

    SpokenWords pause(Duration length) {
        float[] silence = new float[(int) Samples.of(length)];
        audio.append(silence, 0, silence.length);
        return this;
    }

    Audio audio() {
        return audio.build();
    }

    List<String> words() {
        return words;
    }

    static float[] sound(long number) {
        float[] sound = new float[WORD];
        Arrays.fill(sound, LOUD + UNIT * (number % NUMBERS));
        return sound;
    }

    static String text(long number) {
        return " w" + number % NUMBERS;
    }

    /** Returns the words in a window, also those that are cut off but half audible. */
    static List<Word> hear(Audio window) {
        List<Word> heard = new ArrayList<>();
        float[] samples = new float[(int) window.sampleCount()];
        window.read(0, samples, 0, samples.length);
        int at = 0;
        while (at < samples.length) {
            int start = at;
            while (at < samples.length && samples[at] == samples[start]) {
                at++;
            }
            if (samples[start] != 0 && at - start > WORD / 2) {
                long number = Math.round((samples[start] - LOUD) / UNIT);
                heard.add(new Word(Samples.duration(start), Samples.duration(at), text(number), 1));
            }
        }
        return heard;
    }
}
