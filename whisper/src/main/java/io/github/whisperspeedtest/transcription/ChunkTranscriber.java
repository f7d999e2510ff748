package io.github.whisperspeedtest.transcription;

import io.github.whisperspeedtest.audio.Audio;
import java.time.Duration;
import java.util.List;

/**
 * A transcriber that can also decode given chunks of a recording in batches, each independently of the others.
 *
 * <p>The chunks are of speech that voice activity detection found, as in faster-whisper's {@code BatchedInferencePipeline}.
 */
public interface ChunkTranscriber extends Transcriber {
    /** Returns the maximum length of a chunk: that of the options, or else the implementation's own. */
    Duration chunkLength(TranscribeOptions options);

    /**
     * Transcribes chunks, which together are the whole audio; otherwise like
     * {@link #transcribe(Audio, TranscribeOptions, TranscriptionListener)}.
     *
     * @param audio 16 kHz mono
     * @param ends for each chunk the index after its last sample, rising; no chunk is longer than {@link #chunkLength}
     * @param options their batch size is the maximum number of chunks decoded at once; null leaves it to the implementation
     * @param listener receives segments and progress
     */
    Transcription transcribeChunks(
            Audio audio, List<Long> ends, TranscribeOptions options, TranscriptionListener listener);

    /**
     * Transcribes chunks of several recordings, in batches over all of them. Each result is that of its recording alone, with its own
     * language where that has to be detected; of the time of the call, each has an equal share.
     *
     * @param recordings 16 kHz mono
     * @param ends for each recording the ends of its chunks, as in the other method; none for a recording without speech
     * @param options as in the other method
     * @return a transcription for each recording
     */
    List<Transcription> transcribeChunks(List<Audio> recordings, List<List<Long>> ends, TranscribeOptions options);
}
