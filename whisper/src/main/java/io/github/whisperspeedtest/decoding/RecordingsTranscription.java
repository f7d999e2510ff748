package io.github.whisperspeedtest.decoding;

import io.github.whisperspeedtest.error.EngineOutOfMemoryException;
import io.github.whisperspeedtest.network.EncoderOutput;
import io.github.whisperspeedtest.transcription.Segment;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Transcribes the chunks of several recordings in batches that may hold chunks of different recordings.
 *
 * <p>The language of each recording is detected as in {@link ChunkedTranscription}: it is that of its first chunk with speech. For one
 * thread.
 */
final class RecordingsTranscription {
    private final TranscriptionSteps steps;
    private final Recordings recordings;
    private final ChunkedTranscription chunked;
    private final int batchSize;
    private final BatchLimit limit;

    /** For each recording its language, null until it is known. */
    private final @Nullable SpokenLanguage[] languages;

    /** For each recording the language of its first chunk, null until it was asked for. */
    private final @Nullable SpokenLanguage[] ofFirst;

    /** Receives segments. */
    interface Listener {
        /**
         * Called for each segment, in order of time within each recording.
         *
         * @param recording index of its recording
         * @param segment the segment, with the times of its recording
         */
        void onSegment(int recording, Segment segment);
    }

    /**
     * Prepares a transcription.
     *
     * @param batchSize how many chunks are decoded at once
     * @param limit how many chunks fit into memory; gets lowered where they do not
     */
    RecordingsTranscription(
            TranscriptionSteps steps, Spectrogram spectrogram, Recordings recordings, int batchSize, BatchLimit limit) {
        this.steps = steps;
        this.recordings = recordings;
        this.batchSize = batchSize;
        this.limit = limit;
        chunked = new ChunkedTranscription(steps, spectrogram, recordings.chunks(), batchSize, limit);
        languages = new SpokenLanguage[recordings.count()];
        ofFirst = new SpokenLanguage[recordings.count()];
    }

    /**
     * Runs the transcription. Must be called only once.
     *
     * @return the language of each recording; null for those without chunks, if it has to be detected
     * @throws io.github.whisperspeedtest.error.EngineException if the engine fails
     */
    List<@Nullable SpokenLanguage> run(Listener listener) {
        Arrays.fill(languages, steps.givenLanguage());
        int count = recordings.chunks().count();
        int done = 0;
        while (done < count) {
            int size = size(done, count);
            List<List<ChunkSegment>> texts = transcribe(done, size);
            if (texts == null) {
                continue;
            }
            for (List<ChunkSegment> text : texts) {
                int recording = recordings.recordingOf(done++);
                text.forEach(segment ->
                        listener.onSegment(recording, recordings.inRecording(recording, chunked.asSegment(segment))));
            }
        }
        return Arrays.asList(languages);
    }

    private int size(int first, int end) {
        return Math.max(1, Math.min(Math.min(batchSize, limit.largest()), end - first));
    }

    /** Returns the texts of some chunks; null if they must be tried again, as memory ran out or a language was not known. */
    private @Nullable List<List<ChunkSegment>> transcribe(int first, int size) {
        try (EncoderOutput windows = chunked.encode(first, size)) {
            detectLanguages(windows, first);
            if (isLanguageKnown(first + size - 1)) {
                List<String> codes = IntStream.range(first, first + size)
                        .mapToObj(chunk -> code(recordings.recordingOf(chunk)))
                        .toList();
                return chunked.decode(windows, first, codes);
            }
        } catch (EngineOutOfMemoryException | OutOfMemoryError e) {
            lowerLimit(size, e);
            return null;
        }
        lookAhead(first + size);
        return null;
    }

    private void lowerLimit(int size, Throwable e) {
        if (size == 1) {
            if (e instanceof OutOfMemoryError error) {
                throw error;
            }
            throw (EngineOutOfMemoryException) e;
        }
        limit.ranOutWith(size, e);
        chunked.forgetSpectrograms();
    }

    private String code(int recording) {
        SpokenLanguage language = languages[recording];
        if (language == null) {
            throw new IllegalStateException("The language of recording " + recording + " is not known.");
        }
        return language.code();
    }

    private boolean isLanguageKnown(int chunk) {
        return languages[recordings.recordingOf(chunk)] != null;
    }

    /** Finds the language of a recording that was silent so far. Only the last recording of a batch goes on after it. */
    private void lookAhead(int first) {
        int end = first;
        while (!recordings.isLast(end)) {
            end++;
        }
        int at = first;
        while (!isLanguageKnown(first)) {
            int size = size(at, end + 1);
            try (EncoderOutput windows = chunked.encode(at, size)) {
                detectLanguages(windows, at);
                at += size;
            } catch (EngineOutOfMemoryException | OutOfMemoryError e) {
                lowerLimit(size, e);
            }
        }
    }

    private void detectLanguages(EncoderOutput windows, int first) {
        boolean allKnown = IntStream.range(first, first + windows.count()).allMatch(this::isLanguageKnown);
        if (allKnown) {
            return;
        }
        List<LanguageDetector.Detected> detected = steps.detectLanguages(windows);
        Double noSpeech = steps.options().noSpeechThreshold();
        for (int i = 0; i < detected.size(); i++) {
            int recording = recordings.recordingOf(first + i);
            LanguageDetector.Detected window = detected.get(i);
            SpokenLanguage before = ofFirst[recording];
            SpokenLanguage ofRecording = before == null ? window.best() : before;
            ofFirst[recording] = ofRecording;
            if (languages[recording] == null) {
                if (noSpeech == null || window.noSpeechProbability() <= noSpeech) {
                    languages[recording] = window.best();
                } else if (recordings.isLast(first + i)) {
                    languages[recording] = ofRecording;
                }
            }
        }
    }
}
