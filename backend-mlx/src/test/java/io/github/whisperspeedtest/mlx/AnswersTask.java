package io.github.whisperspeedtest.mlx;

import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.error.UnsupportedOptionException;
import io.github.whisperspeedtest.model.ModelStore;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.process.ChildReporter;
import io.github.whisperspeedtest.process.ChildTask;
import io.github.whisperspeedtest.spi.Availability;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.testkit.TestContexts;
import io.github.whisperspeedtest.transcription.EngineParameters;
import io.github.whisperspeedtest.transcription.Transcriber;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Queries the implementation for its availability and devices in a JVM that has not loaded MLX yet. */
public final class AnswersTask implements ChildTask<String, Void, AnswersTask.Answers> {
    /** Creates the task. */
    public AnswersTask() {}

    /**
     * Answers of the implementation.
     *
     * @param availability availability of the implementation
     * @param automatic the device used by default
     * @param refusals reasons for unavailable devices, by device name
     * @param engineFiles files that determine the behaviour of the engine
     */
    public record Answers(
            Availability availability,
            EngineParameters automatic,
            Map<String, String> refusals,
            List<String> engineFiles) {}

    @Override
    public Answers run(String home, ChildReporter<Void> reporter) {
        MlxImplementation implementation = TestContexts.configured(new MlxImplementation());
        Availability availability = implementation.availability();
        ModelFiles files = new ModelStore(ToolHome.at(Path.of(home)), Path.of(home, "no-hub-cache"))
                .filesOf(implementation, EmbeddedModel.NAME);
        Map<String, String> refusals = new LinkedHashMap<>();
        for (String device : List.of("gpu", "cpu", MlxImplementation.ONNX)) {
            try {
                implementation
                        .load(files, LoadOptions.defaults().withDevice(device))
                        .close();
            } catch (UnsupportedOptionException e) {
                refusals.put(device, e.getMessage());
            }
        }
        try (Transcriber transcriber = implementation.load(files, LoadOptions.defaults())) {
            return new Answers(
                    availability,
                    transcriber.parameters(),
                    refusals,
                    implementation.engineFiles().stream().map(Path::toString).toList());
        }
    }
}
