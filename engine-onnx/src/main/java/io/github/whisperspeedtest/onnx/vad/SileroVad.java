package io.github.whisperspeedtest.onnx.vad;

import static io.github.whisperspeedtest.onnx.vad.SileroNetwork.CONTEXT_SAMPLES;
import static io.github.whisperspeedtest.onnx.vad.SileroNetwork.WINDOW_SAMPLES;
import static io.github.whisperspeedtest.vad.SpeechSegmenter.FRAME_SAMPLES;

import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.error.OperationCancelledException;
import io.github.whisperspeedtest.transcription.VadOptions;
import io.github.whisperspeedtest.vad.SpeechProbability;
import io.github.whisperspeedtest.vad.SpeechSegmenter;
import io.github.whisperspeedtest.vad.SpeechSpan;
import io.github.whisperspeedtest.vad.VoiceActivityDetector;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** The voice activity detector Silero VAD on ONNX Runtime. */
final class SileroVad implements VoiceActivityDetector {
    private final SileroNetwork network;
    private volatile boolean closed;

    private SileroVad(SileroNetwork network) {
        this.network = network;
    }

    /**
     * Loads the detector.
     *
     * @param file the ONNX file of version 5 or 6, such as {@link io.github.whisperspeedtest.spi.SileroModel} names
     * @throws io.github.whisperspeedtest.error.ModelException if the file is missing, damaged, or something else
     * @throws io.github.whisperspeedtest.error.EngineUnavailableException if ONNX Runtime cannot run here
     */
    static SileroVad load(Path file) {
        return new SileroVad(SileroNetwork.load(file));
    }

    @Override
    public List<SpeechSpan> detect(Audio audio, VadOptions options, Runnable checkpoint) {
        return new SpeechSegmenter(options).segment(probabilities(audio, checkpoint), audio.sampleCount());
    }

    /** Returns the speech probability of each frame; the last frame is padded with silence. */
    float[] probabilities(Audio audio, Runnable checkpoint) {
        SpeechProbability frames = openStream();
        float[] probabilities = new float[Math.toIntExact(SpeechSegmenter.frameCount(audio.sampleCount()))];
        float[] frame = new float[FRAME_SAMPLES];
        for (int i = 0; i < probabilities.length; i++) {
            if (Thread.currentThread().isInterrupted()) {
                throw new OperationCancelledException("Voice activity detection in " + audio.name()
                        + " was interrupted at frame " + i + " of " + probabilities.length + ".");
            }
            checkpoint.run();
            int count = audio.read((long) i * FRAME_SAMPLES, frame, 0, FRAME_SAMPLES);
            Arrays.fill(frame, count, FRAME_SAMPLES, 0);
            probabilities[i] = frames.next(frame);
        }
        return probabilities;
    }

    @Override
    public SpeechProbability openStream() {
        if (closed) {
            throw new IllegalStateException("The voice activity detector is closed.");
        }
        float[] window = new float[WINDOW_SAMPLES];
        float[] state = new float[SileroNetwork.STATE_SIZE];
        return frame -> {
            System.arraycopy(window, FRAME_SAMPLES, window, 0, CONTEXT_SAMPLES);
            System.arraycopy(frame, 0, window, CONTEXT_SAMPLES, FRAME_SAMPLES);
            return network.speechProbability(window, state);
        };
    }

    @Override
    public void close() {
        closed = true;
        network.close();
    }
}
