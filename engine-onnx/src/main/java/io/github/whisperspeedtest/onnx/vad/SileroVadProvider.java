package io.github.whisperspeedtest.onnx.vad;

import io.github.whisperspeedtest.onnx.session.OnnxRuntime;
import io.github.whisperspeedtest.spi.ImplementationContext;
import io.github.whisperspeedtest.spi.VoiceActivityDetectorProvider;
import io.github.whisperspeedtest.vad.VoiceActivityDetector;
import java.nio.file.Path;
import java.util.List;

/** Loads Silero VAD, for every implementation on the class path. */
public final class SileroVadProvider implements VoiceActivityDetectorProvider {
    /** Creates the provider; nothing native is loaded yet. */
    public SileroVadProvider() {}

    @Override
    public List<String> settings() {
        return OnnxRuntime.settings();
    }

    @Override
    public VoiceActivityDetector load(Path file, ImplementationContext context) {
        OnnxRuntime.start(context);
        return SileroVad.load(file);
    }
}
