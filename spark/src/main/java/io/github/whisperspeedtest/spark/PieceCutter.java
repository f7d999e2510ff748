package io.github.whisperspeedtest.spark;

import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.audio.SampleConsumer;
import io.github.whisperspeedtest.audio.WavRecording;
import io.github.whisperspeedtest.error.AudioException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Cuts a recording into files while it is decoded, each time at the quietest moment near the wanted length, where a word is least likely to be
 * cut.
 */
final class PieceCutter implements SampleConsumer {
    /** How far from the wanted length a cut may be. */
    static final Duration SEARCH = Duration.ofSeconds(30);

    private static final int FRAME = Audio.SAMPLE_RATE / 50;

    /** A pause between sentences is about half a second long; a shorter quiet moment may be inside a word. */
    private static final int QUIET_FRAMES = 25;

    private final int wanted;
    private final Supplier<Path> files;
    private final float[] buffer;
    private final List<Cut> cuts = new ArrayList<>();
    private int length;
    private long start;

    /**
     * Creates a cutter.
     *
     * @param pieceLength the wanted length, longer than {@link #SEARCH}
     * @param files supplies a path without a file for each piece
     */
    PieceCutter(Duration pieceLength, Supplier<Path> files) {
        this.files = files;
        wanted = Math.toIntExact(samples(pieceLength));
        buffer = new float[Math.toIntExact(wanted + samples(SEARCH))];
    }

    /**
     * A finished piece.
     *
     * @param start first sample in the recording
     * @param end sample after the last one
     */
    record Cut(Path file, long start, long end) {}

    @Override
    public void accept(float[] samples, int offset, int count) {
        int done = 0;
        while (done < count) {
            int part = Math.min(count - done, buffer.length - length);
            System.arraycopy(samples, offset + done, buffer, length, part);
            length += part;
            done += part;
            if (length == buffer.length) {
                cut(quietest());
            }
        }
    }

    /** Writes what is left, and returns all pieces. */
    List<Cut> finish() {
        if (length > 0) {
            cut(length);
        }
        return cuts;
    }

    /** Deletes the files. */
    void delete() {
        for (Cut cut : cuts) {
            RecordingFile.delete(cut.file());
        }
        cuts.clear();
    }

    private void cut(int end) {
        Path file = files.get();
        cuts.add(new Cut(file, start, start + end));
        try (WavRecording wav = WavRecording.create(file)) {
            wav.accept(buffer, 0, end);
        } catch (AudioException e) {
            // Not a failure of the recording, for which this type stands elsewhere.
            throw new IllegalStateException(e.getMessage(), e);
        }
        System.arraycopy(buffer, end, buffer, 0, length - end);
        length -= end;
        start += end;
    }

    /** Returns the middle of the quietest half second near the wanted length; of equal ones, the nearest to it. */
    private int quietest() {
        int first = (int) Math.max(0, 2L * wanted - buffer.length) / FRAME;
        double[] energies = new double[buffer.length / FRAME - first];
        for (int frame = 0; frame < energies.length; frame++) {
            for (int i = (first + frame) * FRAME; i < (first + frame + 1) * FRAME; i++) {
                energies[frame] += (double) buffer[i] * buffer[i];
            }
        }
        int best = wanted;
        double least = Double.POSITIVE_INFINITY;
        for (int from = 0; from + QUIET_FRAMES <= energies.length; from++) {
            double sum = 0;
            for (int frame = from; frame < from + QUIET_FRAMES; frame++) {
                sum += energies[frame];
            }
            int middle = (first + from) * FRAME + QUIET_FRAMES * FRAME / 2;
            if (sum < least || sum == least && Math.abs(middle - wanted) < Math.abs(best - wanted)) {
                least = sum;
                best = middle;
            }
        }
        return best;
    }

    private static long samples(Duration duration) {
        return duration.toMillis() * Audio.SAMPLE_RATE / 1000;
    }
}
