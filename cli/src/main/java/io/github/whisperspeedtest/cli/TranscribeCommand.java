package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.audio.AudioFiles;
import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.error.TranscriptionCancelledException;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.files.AtomicFiles;
import io.github.whisperspeedtest.format.TranscriptFormat;
import io.github.whisperspeedtest.hub.HubSettings;
import io.github.whisperspeedtest.model.ModelCatalog;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.Transcriber;
import io.github.whisperspeedtest.transcription.Segment;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Transcription;
import io.github.whisperspeedtest.transcription.TranscriptionListener;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes down what is said in recordings. */
@Command(
        name = "transcribe",
        description = "Write down what is said in recordings.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        footer = {
            "",
            "Examples:",
            "  whisper-speedtest transcribe talk.mp3 -m small",
            "  whisper-speedtest transcribe recordings/ -m base -l de -f srt,json -o texts",
            "  whisper-speedtest transcribe talk.wav -f json | jq -r .text"
        })
final class TranscribeCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Spec
    private CommandSpec spec;

    @Mixin
    private CommonOptions common;

    @Mixin
    private EngineOptions engine;

    @Mixin
    private DecodingOptions decoding;

    @Parameters(
            paramLabel = "FILE",
            arity = "1..*",
            description = "Recordings, or directories with recordings in them.")
    private List<Path> paths;

    @Option(
            names = {"-i", "--implementation"},
            paramLabel = "ID",
            completionCandidates = Completions.Implementations.class,
            description = "Implementation (default: the first that has its device here, see 'list').")
    private @Nullable String implementation;

    @Option(
            names = {"-f", "--format"},
            paramLabel = "FORMAT",
            split = ",",
            completionCandidates = Completions.Formats.class,
            defaultValue = "txt",
            description = "txt, srt, vtt, json or tsv; several with -o (default: ${DEFAULT-VALUE}).")
    private List<String> formatNames;

    @Option(
            names = {"-o", "--output-dir"},
            paramLabel = "DIR",
            description = "Write one file per recording and format into DIR, and nothing to standard output.")
    private @Nullable Path outputDirectory;

    TranscribeCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        Set<TranscriptFormat> formats = formats();
        List<Path> files = new AudioFinder(terminal.err(), AudioFiles.hasFfmpeg()).find(paths);
        if (outputDirectory == null
                && (formats.size() > 1 || files.size() > 1 && !formats.contains(TranscriptFormat.TXT))) {
            throw new ParameterException(
                    spec.commandLine(),
                    "Several formats, or several recordings in a format other than txt, need -o DIR");
        }
        createOutputDirectory();
        TranscribeOptions options = decoding.transcribeOptions();
        LoadOptions load = engine.loadOptions();
        WhisperSpeedtest library = common.library();
        String id = implementation == null
                ? new ImplementationChoice(
                                library.implementations(),
                                new ModelCatalog(library.home().models()))
                        .forModel(engine.model())
                : implementation;
        new ModelFetcher(terminal, library, HubSettings.current(), common.debug())
                .ensure(library.registry().require(id), engine.model(), engine.download());

        ErrorPrinter errors = new ErrorPrinter(terminal);
        Map<Path, String> names = OutputNames.of(files);
        int failed = 0;
        try (Transcriber transcriber = library.open(id, engine.model(), load)) {
            if (engine.model().equals(EmbeddedModel.NAME)) {
                terminal.err()
                        .println("note: '" + EmbeddedModel.NAME
                                + "' is a tiny demo model that knows some 65 words of synthetic English "
                                + "and German; use -m base or larger for real speech.");
            }
            for (Path file : files) {
                try {
                    transcribe(transcriber, file, options, formats, names);
                } catch (TranscriptionCancelledException e) {
                    throw e;
                } catch (WhisperSpeedtestException e) {
                    if (files.size() == 1) {
                        throw e;
                    }
                    failed++;
                    errors.print(e, common.debug());
                }
            }
        }
        return failed == 0 ? ExitCode.OK : ExitCode.FAILED;
    }

    /** Before anything is transcribed, so that no work is lost for want of a place to write to. */
    private void createOutputDirectory() {
        if (outputDirectory == null) {
            return;
        }
        try {
            Files.createDirectories(outputDirectory);
        } catch (IOException e) {
            throw unwritable(outputDirectory, e);
        }
        if (!Files.isWritable(outputDirectory)) {
            throw unwritable(outputDirectory, new AccessDeniedException(outputDirectory.toString()));
        }
    }

    private ParameterException unwritable(Path path, IOException cause) {
        return new ParameterException(
                spec.commandLine(), "Cannot write " + path + ": " + ErrorPrinter.message(cause), cause);
    }

    private void transcribe(
            Transcriber transcriber,
            Path file,
            TranscribeOptions options,
            Set<TranscriptFormat> formats,
            Map<Path, String> names)
            throws IOException {
        try (ProgressLine progress = new ProgressLine(terminal)) {
            progress.show(file + ": reading");
            Audio audio = AudioFiles.read(file);
            if (!audio.warnings().isEmpty()) {
                progress.clear();
                audio.warnings().forEach(warning -> terminal.err().println("warning: " + file + ": " + warning));
            }
            boolean stream = outputDirectory == null && formats.contains(TranscriptFormat.TXT);
            // An implementation need not hand on what is known of the recording.
            Transcription transcription = transcriber
                    .transcribe(audio, options, new Listener(progress, file, audio.duration(), stream))
                    .withWarnings(audio.warnings());
            progress.clear();
            for (TranscriptFormat format : formats) {
                if (outputDirectory != null) {
                    Path target = outputDirectory.resolve(names.get(file) + "." + format.extension());
                    AtomicFiles.write(target, render(transcription, format).getBytes(StandardCharsets.UTF_8));
                    terminal.err().println("wrote " + target);
                } else if (!stream) {
                    terminal.out().print(render(transcription, format));
                    terminal.out().flush();
                }
            }
            double speed = audio.duration().toNanos()
                    / (double) transcription.timings().total().toNanos();
            terminal.err()
                    .println(String.format(
                            Locale.ROOT,
                            "%s: %.1f s of %s in %.2f s (%.1f times real time), %s, %s",
                            file,
                            audio.duration().toMillis() / 1e3,
                            transcription.language(),
                            transcription.timings().total().toMillis() / 1e3,
                            speed,
                            transcriber.parameters().runtime(),
                            transcriber.parameters().device()));
        }
    }

    private static String render(Transcription transcription, TranscriptFormat format) throws IOException {
        StringWriter text = new StringWriter();
        format.write(transcription, text);
        return text.toString();
    }

    private Set<TranscriptFormat> formats() {
        Set<TranscriptFormat> formats = new LinkedHashSet<>();
        formatNames.forEach(name -> formats.add(TranscriptFormat.parse(name.strip())));
        return formats;
    }

    /** Shows how far it is, and prints segments of plain text as they come. */
    private final class Listener implements TranscriptionListener {
        private final ProgressLine progress;
        private final Path file;
        private final Duration duration;
        private final boolean stream;

        Listener(ProgressLine progress, Path file, Duration duration, boolean stream) {
            this.progress = progress;
            this.file = file;
            this.duration = duration;
            this.stream = stream;
        }

        @Override
        public void onSegment(Segment segment) {
            if (stream) {
                progress.clear();
                terminal.out().println(segment.text().strip());
                terminal.out().flush();
            }
        }

        @Override
        public void onProgress(double fraction) {
            progress.show(String.format(
                    Locale.ROOT, "%s: %3.0f %% of %.0f s", file, fraction * 100, duration.toMillis() / 1e3));
        }
    }
}
