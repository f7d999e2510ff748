package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.benchmark.BenchmarkEnvironment;
import io.github.whisperspeedtest.format.RunDetails;
import io.github.whisperspeedtest.model.ResolvedModel;
import io.github.whisperspeedtest.provenance.Hashes;
import io.github.whisperspeedtest.provenance.ModelProvenance;
import io.github.whisperspeedtest.provenance.ToolVersion;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.transcription.TranscribeOption;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Transcriber;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Describes what exactly makes the transcripts of one command. Hashes the model's files once, when it is first needed. */
final class RunDescription {
    private static final Logger LOG = LoggerFactory.getLogger(RunDescription.class);

    private final Terminal terminal;
    private final WhisperSpeedtest library;
    private final ResolvedModel model;
    private final LoadOptions load;
    private final TranscribeOptions options;
    private final BenchmarkEnvironment environment = BenchmarkEnvironment.detect();
    private @Nullable ModelProvenance files;

    RunDescription(
            Terminal terminal,
            WhisperSpeedtest library,
            ResolvedModel model,
            LoadOptions load,
            TranscribeOptions options) {
        this.terminal = terminal;
        this.library = library;
        this.model = model;
        this.load = load;
        this.options = options;
    }

    /** Returns the details of the transcript of one recording. */
    RunDetails of(Transcriber transcriber, Path recording) {
        Implementation implementation = model.implementation();
        return new RunDetails(
                ToolVersion.current(),
                environment.jvm(),
                environment.os(),
                environment.chip(),
                implementation.id(),
                implementation.version(),
                transcriber.parameters(),
                files(),
                load,
                TranscribeOption.texts(transcriber.resolve(options)),
                recording.toAbsolutePath().toString(),
                sha256(recording));
    }

    private ModelProvenance files() {
        if (files == null) {
            try (ProgressLine progress = new ProgressLine(terminal)) {
                files = library.hasher().of(library.models().prepare(model), progress::showHashing);
            }
        }
        return files;
    }

    private static @Nullable String sha256(Path recording) {
        try {
            return Hashes.sha256(recording, (file, fraction) -> {});
        } catch (IOException e) {
            // It was read a moment ago; the transcript is worth more than its hash.
            LOG.debug("Cannot hash {}", recording, e);
            return null;
        }
    }
}
