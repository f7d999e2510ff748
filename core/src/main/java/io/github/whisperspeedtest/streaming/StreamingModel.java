package io.github.whisperspeedtest.streaming;

import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.spi.Capabilities;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.ImplementationContext;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.spi.Transcribers;
import io.github.whisperspeedtest.spi.VoiceActivity;
import io.github.whisperspeedtest.transcription.Transcriber;
import io.github.whisperspeedtest.vad.LevelSpeechProbability;
import io.github.whisperspeedtest.vad.SpeechProbability;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * A loaded model with voice activity detection, for live audio. Streams that share it transcribe one after the other.
 *
 * <p>Owns all its native memory. Thread-safe.
 */
public final class StreamingModel implements AutoCloseable {
    private final Transcriber transcriber;
    private final Capabilities declared;
    private final Consumer<StreamingOptions> check;
    private final Supplier<SpeechProbability> voices;
    private final List<String> notes;
    private final Runnable closeVoice;

    StreamingModel(
            Transcriber transcriber,
            Capabilities declared,
            Consumer<StreamingOptions> check,
            Supplier<SpeechProbability> voices,
            List<String> notes,
            Runnable closeVoice) {
        this.transcriber = transcriber;
        this.declared = declared;
        this.check = check;
        this.voices = voices;
        this.notes = List.copyOf(notes);
        this.closeVoice = closeVoice;
    }

    /**
     * Loads a model and the detector. Programs call {@link io.github.whisperspeedtest.WhisperSpeedtest#openStreaming} instead.
     *
     * @throws io.github.whisperspeedtest.error.WhisperSpeedtestException as {@link Transcribers#open} does
     */
    public static StreamingModel open(
            Implementation implementation, ImplementationContext context, ModelFiles files, LoadOptions options) {
        VoiceActivity voice = VoiceActivity.open(implementation, context, files);
        try {
            Transcriber transcriber = Transcribers.open(implementation, context, files, options);
            return new StreamingModel(
                    transcriber,
                    implementation.capabilities(),
                    given -> Transcribers.check(implementation, given.transcribe()),
                    () -> voice.detector()
                            .map(detector -> detector.openStream())
                            .orElseGet(LevelSpeechProbability::new),
                    voice
                            .problem()
                            .map(problem -> "Speech is found by its level, because " + problem
                                    + ". Run: whisper-speedtest download -i " + implementation.id() + " -m "
                                    + EmbeddedModel.NAME)
                            .stream()
                            .toList(),
                    voice::close);
        } catch (RuntimeException | Error e) {
            voice.close();
            throw e;
        }
    }

    /** Returns the transcriber, for recordings that are complete; this model closes it. */
    public Transcriber transcriber() {
        return transcriber;
    }

    /** Returns what the user should know, as sentences; usually empty. */
    public List<String> notes() {
        return notes;
    }

    /**
     * Starts a stream.
     *
     * @throws io.github.whisperspeedtest.error.UnsupportedOptionException if an option is not supported
     */
    public StreamingTranscriber start(StreamingOptions options, StreamingListener listener) {
        check.accept(options);
        AudioRing ring = newRing();
        return new StreamingTranscriber(ring, clock -> session(ring, clock, options, listener));
    }

    /**
     * Transcribes a recording as if it were spoken now, but without waiting: the time of the events is that of a real stream on this
     * machine. Events come on the calling thread, whose interrupt ends the work.
     *
     * @param cost returns the time that a transcription counts for, given the time that it took; the identity for this machine's speed
     * @throws io.github.whisperspeedtest.error.WhisperSpeedtestException as {@link Transcriber#transcribe} does
     */
    public StreamingSummary simulate(
            Audio audio, StreamingOptions options, StreamingListener listener, UnaryOperator<Duration> cost) {
        check.accept(options);
        AudioRing ring = newRing();
        StreamSimulation simulation = new StreamSimulation(audio, ring, cost);
        StreamingSession session = session(ring, simulation, options, listener);
        simulation.run(session);
        return session.summary();
    }

    private static AudioRing newRing() {
        return new AudioRing((int) Samples.of(StreamingSession.RING));
    }

    private StreamingSession session(
            AudioRing ring, StreamClock clock, StreamingOptions options, StreamingListener listener) {
        return new StreamingSession(
                ring,
                clock,
                voices.get(),
                new WindowTranscriber(transcriber, declared, options.transcribe()),
                options,
                listener);
    }

    /** Cancels a running transcription and frees all memory; end the streams first. Idempotent. */
    @Override
    public void close() {
        try {
            transcriber.close();
        } finally {
            closeVoice.run();
        }
    }
}
