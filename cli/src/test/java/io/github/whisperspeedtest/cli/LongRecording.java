package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.audio.AudioFiles;
import io.github.whisperspeedtest.testing.MicroSamples;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A recording of several minutes, so that transcribing it takes longer than a test. */
final class LongRecording {
    private LongRecording() {}

    /** Writes one of the demo model's samples repeatedly. */
    static Path write(Path file, int repetitions) throws IOException {
        Path sample = file.resolveSibling("sample.flac");
        try (InputStream in = MicroSamples.named("en_multi_01.flac").open()) {
            Files.copy(in, sample);
        }
        Audio audio = AudioFiles.read(sample);
        Files.delete(sample);
        int count = (int) audio.sampleCount();
        float[] samples = new float[count];
        audio.read(0, samples, 0, count);
        ByteBuffer wav = ByteBuffer.allocate(44 + repetitions * count * 2).order(ByteOrder.LITTLE_ENDIAN);
        wav.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(wav.capacity() - 8);
        wav.put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII)).putInt(16);
        wav.putShort((short) 1).putShort((short) 1).putInt(Audio.SAMPLE_RATE).putInt(2 * Audio.SAMPLE_RATE);
        wav.putShort((short) 2).putShort((short) 16);
        wav.put("data".getBytes(StandardCharsets.US_ASCII)).putInt(wav.capacity() - 44);
        for (int i = 0; i < repetitions; i++) {
            for (float value : samples) {
                wav.putShort((short) Math.round(value * Short.MAX_VALUE));
            }
        }
        return Files.write(file, wav.array());
    }
}
