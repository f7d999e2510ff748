package io.github.whisperspeedtest.clients;

import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.audio.AudioFiles;
import io.github.whisperspeedtest.checkpoint.SpeechSample;
import io.github.whisperspeedtest.testing.MicroSamples;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Recordings that the demo model transcribes without errors. */
final class Recordings {
    private static final int RATE = 16_000;

    static final SpeechSample SENTENCE = MicroSamples.named("en_single_04.flac");
    static final SpeechSample SENTENCES = MicroSamples.named("en_multi_01.flac");

    private Recordings() {}

    /** Writes a recording in its own format. */
    static Path write(SpeechSample sample, Path file) throws IOException {
        try (InputStream in = sample.open()) {
            Files.copy(in, file);
        }
        return file;
    }

    /** Returns a recording as 16-bit samples at 16 kHz, with silence around it. */
    static byte[] samples(SpeechSample sample, int secondsBefore, int secondsAfter) throws IOException {
        try (InputStream in = sample.open()) {
            Audio audio = AudioFiles.read(sample.name(), in);
            float[] samples = new float[Math.toIntExact(audio.sampleCount())];
            audio.read(0, samples, 0, samples.length);
            ByteBuffer bytes = ByteBuffer.allocate(2 * (samples.length + (secondsBefore + secondsAfter) * RATE))
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .position(2 * secondsBefore * RATE);
            for (float value : samples) {
                bytes.putShort((short) Math.max(-32768, Math.min(32767, Math.round(value * 32768))));
            }
            return bytes.array();
        }
    }

    /** Writes samples at 16 kHz as a WAV file. */
    static Path writeWav(byte[] samples, Path file) throws IOException {
        ByteBuffer wav = ByteBuffer.allocate(44 + samples.length).order(ByteOrder.LITTLE_ENDIAN);
        wav.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(36 + samples.length);
        wav.put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII)).putInt(16);
        wav.putShort((short) 1).putShort((short) 1).putInt(RATE).putInt(2 * RATE);
        wav.putShort((short) 2).putShort((short) 16);
        wav.put("data".getBytes(StandardCharsets.US_ASCII))
                .putInt(samples.length)
                .put(samples);
        return Files.write(file, wav.array());
    }
}
