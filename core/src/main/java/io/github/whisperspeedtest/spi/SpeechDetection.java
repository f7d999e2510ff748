package io.github.whisperspeedtest.spi;

import io.github.whisperspeedtest.error.EngineUnavailableException;
import io.github.whisperspeedtest.vad.VoiceActivityDetector;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The voice activity detector of one transcriber, loaded when it is first needed.
 *
 * <p>Only one thread at a time may use it.
 */
final class SpeechDetection implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SpeechDetection.class);

    private final String implementation;
    private final ImplementationContext context;
    private final ModelFiles files;
    private final @Nullable VoiceActivityDetectorProvider provider;
    private @Nullable VoiceActivityDetector detector;

    /**
     * Prepares the detection; loads nothing.
     *
     * @param implementation id of the implementation
     * @param files the files of the Whisper model and those of {@link SileroModel} if it is installed
     * @param provider loads the detector, null if there is none on the class path
     */
    SpeechDetection(
            String implementation,
            ImplementationContext context,
            ModelFiles files,
            @Nullable VoiceActivityDetectorProvider provider) {
        this.implementation = implementation;
        this.context = context;
        this.files = files;
        this.provider = provider;
    }

    /** Returns the provider that an implementation's class loader finds; one that cannot be created is logged and left out. */
    static Optional<VoiceActivityDetectorProvider> provider(Implementation implementation) {
        Iterator<VoiceActivityDetectorProvider> found = ServiceLoader.load(
                        VoiceActivityDetectorProvider.class,
                        implementation.getClass().getClassLoader())
                .iterator();
        try {
            return found.hasNext() ? Optional.of(found.next()) : Optional.empty();
        } catch (ServiceConfigurationError | LinkageError e) {
            LOG.warn("Voice activity detection cannot be used: {}", e.getMessage());
            LOG.debug("A provider of voice activity detection cannot be created", e);
            return Optional.empty();
        }
    }

    /** Returns why there is no detector, as a phrase; empty if there is one. */
    Optional<String> problem() {
        if (provider == null) {
            return Optional.of("no voice activity detector is on the class path");
        }
        return files.companion(SileroModel.NAME).isPresent()
                ? Optional.empty()
                : Optional.of(SileroModel.NAME + " is not on this machine");
    }

    /**
     * Returns the detector.
     *
     * @throws EngineUnavailableException if there is no provider, or it cannot run here
     * @throws io.github.whisperspeedtest.error.ModelException if the model is not installed or is damaged
     */
    VoiceActivityDetector detector() {
        VoiceActivityDetector loaded = detector;
        if (loaded != null) {
            return loaded;
        }
        if (provider == null) {
            throw new EngineUnavailableException(
                    "No voice activity detector is on the class path. Add the Maven artifact"
                            + " io.github.whisperspeedtest:whisper-speedtest-engine-onnx.");
        }
        Path file = SileroModel.in(files).orElseThrow(() -> SileroModel.missing(implementation));
        loaded = provider.load(file, context);
        detector = loaded;
        return loaded;
    }

    @Override
    public void close() {
        if (detector != null) {
            detector.close();
        }
    }
}
