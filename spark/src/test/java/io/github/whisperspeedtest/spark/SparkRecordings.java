package io.github.whisperspeedtest.spark;

import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.audio.AudioFiles;
import io.github.whisperspeedtest.audio.WavRecording;
import io.github.whisperspeedtest.checkpoint.SpeechSample;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.settings.Settings;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.testing.MicroSamples;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Transcriber;
import io.github.whisperspeedtest.transcription.Transcription;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** Recordings of the tests, and what the library makes of them without Spark. */
final class SparkRecordings {
    private SparkRecordings() {}

    /** Writes a sample to a file. */
    static Path sample(Path directory, String name) throws IOException {
        SpeechSample sample = MicroSamples.named(name);
        Path file = Files.createDirectories(directory).resolve(name);
        try (InputStream in = sample.open()) {
            Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
        }
        return file;
    }

    /** Writes the sentences of samples one after the other, with a pause after each, as long as there is room. */
    static Path joined(Path file, List<Path> sentences, double seconds, double pause) {
        List<float[]> all = sentences.stream().map(SparkRecordings::samples).toList();
        float[] silence = new float[(int) (pause * Audio.SAMPLE_RATE)];
        try (WavRecording wav = WavRecording.create(file)) {
            long left = (long) (seconds * Audio.SAMPLE_RATE);
            for (int i = 0; ; i++) {
                float[] sentence = all.get(i % all.size());
                left -= sentence.length + silence.length;
                if (left < 0) {
                    return file;
                }
                wav.accept(sentence, 0, sentence.length);
                wav.accept(silence, 0, silence.length);
            }
        }
    }

    /**
     * Writes blocks of 30 s, each with eight sentences and a long silence at its end. The demo model transcribes windows that begin like those
     * that it was trained with, and in such a recording all do.
     */
    static Path blocks(Path file, List<Path> sentences, int count) {
        List<float[]> all = sentences.stream().map(SparkRecordings::samples).toList();
        float[] silence = new float[30 * Audio.SAMPLE_RATE];
        int next = 0;
        try (WavRecording wav = WavRecording.create(file)) {
            for (int block = 0; block < count; block++) {
                int left = silence.length;
                for (int i = 0; i < 8; i++) {
                    float[] sentence = all.get(next++ % all.size());
                    wav.accept(sentence, 0, sentence.length);
                    wav.accept(silence, 0, Audio.SAMPLE_RATE);
                    left -= sentence.length + Audio.SAMPLE_RATE;
                }
                wav.accept(silence, 0, left);
            }
        }
        return file;
    }

    static float[] samples(Path file) {
        Audio audio = AudioFiles.read(file);
        float[] samples = new float[(int) audio.sampleCount()];
        audio.read(0, samples, 0, samples.length);
        return samples;
    }

    /** Transcribes without Spark. */
    static Transcription transcribe(Path home, Path file, TranscribeOptions options) {
        WhisperSpeedtest library = WhisperSpeedtest.builder()
                .settings(Settings.ofProcess())
                .home(ToolHome.at(home))
                .build();
        try (Transcriber transcriber =
                library.open("faster", "micro", LoadOptions.defaults().withThreads(1))) {
            return transcriber.transcribe(AudioFiles.read(file), options);
        }
    }
}
