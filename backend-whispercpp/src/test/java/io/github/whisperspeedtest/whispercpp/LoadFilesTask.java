package io.github.whisperspeedtest.whispercpp;

import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.process.ChildReporter;
import io.github.whisperspeedtest.process.ChildTask;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.testkit.TestContexts;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Transcriber;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Loads damaged files one after the other, and runs those that load, in a JVM that may crash. */
public final class LoadFilesTask implements ChildTask<LoadFilesTask.Input, String, List<String>> {
    /** Creates the task. */
    public LoadFilesTask() {}

    /**
     * The files to load.
     *
     * @param files the files, in order
     */
    public record Input(List<Path> files) {}

    /** Reports each file before reading it; returns the message of each rejection, or {@code loaded}. */
    @Override
    public List<String> run(Input input, ChildReporter<String> reporter) {
        List<String> outcomes = new ArrayList<>();
        for (Path file : input.files()) {
            reporter.report(file.getFileName().toString());
            try (Transcriber transcriber = TestContexts.configured(new WhisperCppImplementation())
                    .load(ModelFiles.of("damaged", List.of(file)), LoadOptions.defaults())) {
                transcriber.transcribe(
                        Audio.of("silence", new float[2 * Audio.SAMPLE_RATE]),
                        TranscribeOptions.builder().temperatures(List.of(0.0)).build());
                outcomes.add("loaded");
            } catch (ModelException e) {
                outcomes.add(String.valueOf(e.getMessage()));
            }
        }
        return outcomes;
    }
}
