package io.github.whisperspeedtest.worker;

import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.audio.AudioFiles;
import io.github.whisperspeedtest.audio.WavRecording;
import io.github.whisperspeedtest.checkpoint.SpeechSample;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.settings.Settings;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.testing.MicroSamples;
import io.github.whisperspeedtest.transcription.Language;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;

/** Models, settings and recordings of the tests. */
final class TestPools {
    static final ServedModel MICRO = new ServedModel("faster", "micro");
    static final ServedModel RANDOM = new ServedModel("faster", "random-tiny");
    static final TranscribeOptions ENGLISH =
            TranscribeOptions.builder().language(Language.of("en")).vad(false).build();

    private TestPools() {}

    static WhisperSpeedtest library(Path directory) {
        return WhisperSpeedtest.builder()
                .settings(Settings.ofProcess())
                .home(ToolHome.at(directory))
                .build();
    }

    static WorkerSettings settings() {
        return new WorkerSettings(
                MICRO,
                List.of(RANDOM.id()),
                LoadOptions.defaults().withThreads(1),
                1,
                1,
                32,
                4,
                Duration.ofHours(2),
                Duration.ofHours(1),
                0);
    }

    static WorkerSettings withWorkers(WorkerSettings of, int workers, int batch) {
        return new WorkerSettings(
                of.defaultModel(),
                of.allowed(),
                of.load(),
                workers,
                batch,
                of.queue(),
                of.liveStreams(),
                of.maxDuration(),
                of.timeLimit(),
                of.memory());
    }

    static WorkerSettings withLimits(WorkerSettings of, int queue, int liveStreams, Duration maxDuration) {
        return new WorkerSettings(
                of.defaultModel(),
                of.allowed(),
                of.load(),
                of.workers(),
                of.batch(),
                queue,
                liveStreams,
                maxDuration,
                of.timeLimit(),
                of.memory());
    }

    static WorkerSettings withTimeLimit(WorkerSettings of, Duration timeLimit) {
        return new WorkerSettings(
                of.defaultModel(),
                of.allowed(),
                of.load(),
                of.workers(),
                of.batch(),
                of.queue(),
                of.liveStreams(),
                of.maxDuration(),
                timeLimit,
                of.memory());
    }

    static WorkerSettings withMemory(WorkerSettings of, long memory) {
        return new WorkerSettings(
                of.defaultModel(),
                of.allowed(),
                of.load(),
                of.workers(),
                of.batch(),
                of.queue(),
                of.liveStreams(),
                of.maxDuration(),
                of.timeLimit(),
                memory);
    }

    /** Writes a sample to a file. */
    static Path recording(Path directory, String name) throws IOException {
        SpeechSample sample = MicroSamples.named(name);
        Path file = directory.resolve(name);
        try (InputStream in = sample.open()) {
            Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
        }
        return file;
    }

    /** Writes a recording of a sentence, again and again. */
    static Path longRecording(Path directory, Duration length) throws IOException {
        Audio sentence = AudioFiles.read(recording(directory, "en_single_01.flac"));
        float[] samples = new float[(int) sentence.sampleCount()];
        sentence.read(0, samples, 0, samples.length);
        Path file = directory.resolve("long-" + length.toSeconds() + ".wav");
        try (WavRecording wav = WavRecording.create(file)) {
            for (long written = 0; written < length.toSeconds() * Audio.SAMPLE_RATE; written += samples.length) {
                wav.accept(samples, 0, samples.length);
            }
        }
        return file;
    }

    /** Returns a recording as 16-bit samples. */
    static byte[] pcm(Path file) {
        Audio audio = AudioFiles.read(file);
        float[] samples = new float[(int) audio.sampleCount()];
        audio.read(0, samples, 0, samples.length);
        ByteBuffer pcm = ByteBuffer.allocate(2 * samples.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float sample : samples) {
            pcm.putShort((short) Math.round(Math.max(-1, Math.min(sample, 1)) * Short.MAX_VALUE));
        }
        return pcm.array();
    }
}
