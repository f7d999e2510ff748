package io.github.whisperspeedtest.spi;

import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Transcriber;
import io.github.whisperspeedtest.transcription.Transcription;
import java.time.Duration;
import java.util.List;

/** A transcriber that may be able to transcribe several recordings at once, which takes less time than one after the other. */
public interface BatchTranscriber extends Transcriber {
    /**
     * Returns whether recordings can be transcribed at once.
     *
     * <p>The engine must decode batches, and no option may refer to the text before or to the times of the recording. A recording that is
     * longer than a chunk requires voice activity detection, which cuts it.
     *
     * @param length the length of the longest one
     */
    boolean canBatch(Duration length, TranscribeOptions options);

    /**
     * Transcribes several recordings with the same options.
     *
     * <p>Each recording, or each chunk of a longer one, is decoded independently of all others. Where the language has to be detected,
     * each recording has its own. The times and warnings of a result are those of its recording; of the time of the call, each has an
     * equal share.
     *
     * @return a transcription for each recording
     * @throws IllegalArgumentException if {@link #canBatch} returns false for one of them
     * @throws io.github.whisperspeedtest.error.WhisperSpeedtestException as {@link Transcriber#transcribe} does
     */
    List<Transcription> transcribeAll(List<Audio> recordings, TranscribeOptions options);
}
