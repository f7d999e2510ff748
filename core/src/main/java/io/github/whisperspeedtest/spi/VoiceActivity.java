package io.github.whisperspeedtest.spi;

import io.github.whisperspeedtest.vad.VoiceActivityDetector;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The voice activity detector of a model for live audio, which needs one whatever the implementation's default is. */
public final class VoiceActivity implements AutoCloseable {
    private final @Nullable VoiceActivityDetector detector;
    private final @Nullable String problem;

    private VoiceActivity(@Nullable VoiceActivityDetector detector, @Nullable String problem) {
        this.detector = detector;
        this.problem = problem;
    }

    /**
     * Loads the detector if {@link SileroModel} is installed.
     *
     * @throws io.github.whisperspeedtest.error.ModelException if it is damaged
     * @throws io.github.whisperspeedtest.error.EngineUnavailableException if it cannot run on this machine
     */
    public static VoiceActivity open(Implementation implementation, ImplementationContext context, ModelFiles files) {
        SpeechDetection detection = new SpeechDetection(
                implementation.id(),
                context,
                files,
                SpeechDetection.provider(implementation).orElse(null));
        Optional<String> problem = detection.problem();
        return problem.isPresent()
                ? new VoiceActivity(null, problem.get())
                : new VoiceActivity(detection.detector(), null);
    }

    /** Returns the detector, empty if there is none. */
    public Optional<VoiceActivityDetector> detector() {
        return Optional.ofNullable(detector);
    }

    /** Returns why there is no detector, as a phrase; empty if there is one. */
    public Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    @Override
    public void close() {
        if (detector != null) {
            detector.close();
        }
    }
}
