package io.github.whisperspeedtest.decoding;

import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.mel.LogMelSpectrogram;
import io.github.whisperspeedtest.transcription.Segment;
import io.github.whisperspeedtest.transcription.Word;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Several recordings that are laid one after the other, each from a whole frame on. No window reaches from one into another.
 *
 * <p>Immutable.
 */
final class Recordings {
    private final List<Audio> audios;

    /** For each recording the frame where it begins. */
    private final List<Long> starts = new ArrayList<>();

    private final Chunks chunks;

    /** For each chunk the index of its recording. */
    private final List<Integer> recordingOfChunk = new ArrayList<>();

    /**
     * Lays recordings out.
     *
     * @param ends for each recording the ends of its chunks, as in {@link Chunks#separate}
     * @param longest maximum length of a chunk in frames
     */
    Recordings(List<Audio> audios, List<List<Long>> ends, int longest) {
        this.audios = audios;
        List<Chunks> separate = new ArrayList<>();
        long start = 0;
        for (int i = 0; i < audios.size(); i++) {
            long frames = LogMelSpectrogram.frames(audios.get(i));
            Chunks own = Chunks.separate(ends.get(i), frames, longest);
            separate.add(own);
            starts.add(start);
            recordingOfChunk.addAll(Collections.nCopies(own.count(), i));
            start += frames;
        }
        chunks = Chunks.of(separate, starts);
    }

    int count() {
        return audios.size();
    }

    Chunks chunks() {
        return chunks;
    }

    /** Returns the index of the recording that a chunk is of. */
    int recordingOf(int chunk) {
        return recordingOfChunk.get(chunk);
    }

    /** Returns whether no later chunk is of the same recording. */
    boolean isLast(int chunk) {
        return chunk == recordingOfChunk.size() - 1 || recordingOf(chunk + 1) != recordingOf(chunk);
    }

    /** Returns the audio in which a chunk lies. */
    Audio audioAt(long frame) {
        return audios.get(indexAt(frame));
    }

    /** Returns the number of a frame in its own recording. */
    long frameInRecording(long frame) {
        return frame - starts.get(indexAt(frame));
    }

    private int indexAt(long frame) {
        int index = audios.size() - 1;
        while (index > 0 && starts.get(index) > frame) {
            index--;
        }
        return index;
    }

    /** Returns a segment with the times of its own recording. */
    Segment inRecording(int recording, Segment segment) {
        Duration start = Duration.ofMillis(10 * starts.get(recording));
        List<Word> words = segment.words().stream()
                .map(word ->
                        new Word(word.start().minus(start), word.end().minus(start), word.text(), word.probability()))
                .toList();
        return segment.withTimes(segment.start().minus(start), segment.end().minus(start), words);
    }
}
