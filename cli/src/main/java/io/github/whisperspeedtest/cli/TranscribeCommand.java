package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.audio.AudioFiles;
import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.error.ErrorKind;
import io.github.whisperspeedtest.error.OperationCancelledException;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.files.AtomicFiles;
import io.github.whisperspeedtest.files.DiskErrors;
import io.github.whisperspeedtest.format.FallbackText;
import io.github.whisperspeedtest.format.LiveFormat;
import io.github.whisperspeedtest.format.RunDetails;
import io.github.whisperspeedtest.format.SubtitleOptions;
import io.github.whisperspeedtest.format.TranscriptFormat;
import io.github.whisperspeedtest.model.ResolvedModel;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.Transcribers;
import io.github.whisperspeedtest.streaming.StreamingModel;
import io.github.whisperspeedtest.streaming.StreamingOptions;
import io.github.whisperspeedtest.transcription.Segment;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Transcriber;
import io.github.whisperspeedtest.transcription.Transcription;
import io.github.whisperspeedtest.transcription.TranscriptionListener;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Transcribes audio files. */
@Command(
        name = "transcribe",
        description = "Transcribe audio files.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        footer = {
            "",
            "Examples:",
            "  whisper-speedtest transcribe talk.mp3 -m small",
            "  whisper-speedtest transcribe recordings/ -m base -l de -f srt,json -o texts",
            "  whisper-speedtest transcribe talk.mp3 -m base -f srt --max-line-width 42",
            "  whisper-speedtest transcribe talk.wav -f json | jq -r .text",
            "  whisper-speedtest transcribe talk.wav --live -f vtt -o captions",
            "  ffmpeg -i talk.mp4 -f wav - | whisper-speedtest transcribe -"
        })
final class TranscribeCommand implements Callable<Integer> {
    private static final int MAX_LABEL = 40;

    private final Terminal terminal;

    @Spec
    private CommandSpec spec;

    @Mixin
    private CommonOptions common;

    @Mixin
    private EngineOptions engine;

    @Mixin
    private DecodingOptions decoding;

    @Mixin
    private SubtitleLayoutOptions layout;

    @Mixin
    private StandardInputOptions input;

    @Mixin
    private RecordOptions recording;

    @Mixin
    private LiveOptions live;

    @Parameters(
            paramLabel = "FILE",
            arity = "0..*",
            description = "Audio files, or directories of them; - is standard input.")
    private List<Path> paths = new ArrayList<>();

    @Mixin
    private ImplementationOption implementation;

    @OptionGroup.In(OptionGroup.OUTPUT)
    @Option(
            names = {"-f", "--format"},
            order = 1,
            paramLabel = "FORMAT",
            split = ",",
            completionCandidates = Completions.Formats.class,
            defaultValue = "txt",
            description = "Format: txt, srt, vtt, json or tsv; several with -o (default: ${DEFAULT-VALUE}).")
    private List<String> formatNames;

    @OptionGroup.In(OptionGroup.OUTPUT)
    @Option(
            names = {"-o", "--output-dir"},
            order = 2,
            paramLabel = "DIR",
            description = "Write one file per recording and format to DIR instead of standard output.")
    private @Nullable Path outputDirectory;

    private SubtitleOptions subtitles = SubtitleOptions.none();

    TranscribeCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        recording.checkAlone(!paths.isEmpty(), "FILE");
        recording.checkAlone(live.isLive(), "--live; 'listen' transcribes while you speak");
        if (paths.isEmpty() && !recording.isWanted()) {
            throw new ParameterException(spec.commandLine(), "missing argument FILE, or --record");
        }
        if (live.isLive()) {
            try (StandardInput stdin = input.open(terminal, paths)) {
                return transcribeLive(stdin);
            }
        }
        Set<TranscriptFormat> formats = formats();
        try (StandardInput stdin = input.open(terminal, paths);
                ReadAhead reader = new ReadAhead(AudioFiles::read)) {
            return transcribeAll(formats, stdin, reader);
        }
    }

    private int transcribeLive(StandardInput stdin) throws IOException {
        Set<LiveFormat> formats = LiveOptions.formats(spec, formatNames, outputDirectory);
        List<Path> files = new AudioFinder(terminal.err(), AudioFiles.hasFfmpeg()).find(paths);
        if (files.size() > 1 || engine.models().size() > 1) {
            throw new ParameterException(spec.commandLine(), "--live takes one recording and one model");
        }
        SubtitleOptions cues = LiveOptions.cues(layout, formats);
        StreamingOptions options = live.streamingOptions(decoding.transcribeOptions());
        OutputDirectory.create(spec, outputDirectory);
        LoadOptions load = engine.loadOptions();
        WhisperSpeedtest library = common.library();
        String model = engine.models().get(0);
        Implementation chosen = choose(library, model);
        Transcribers.check(chosen, load);
        Transcribers.check(chosen, options.transcribe());
        ModelFetcher fetcher = new ModelFetcher(terminal, library, common.debug());
        ResolvedModel resolved = fetcher.ensure(chosen, model, engine);
        Path file = files.get(0);
        try (ProgressLine progress = new ProgressLine(terminal)) {
            progress.show(label(file) + ": reading");
            Audio audio = StandardInput.isMeantBy(file) ? stdin.read(progress) : AudioFiles.read(file);
            progress.show(loading(resolved));
            try (StreamingModel opened = library.openStreaming(resolved, load)) {
                progress.clear();
                printWarnings(file, audio);
                noteDemoModel(terminal, model);
                new LiveRun(
                                terminal,
                                formats,
                                cues,
                                outputDirectory,
                                OutputNames.of(files).get(file))
                        .transcribe(StandardInput.nameOf(file), audio, opened, options, live.isSimulated());
            }
        }
        return ExitCode.OK;
    }

    private void printWarnings(Path file, Audio audio) {
        audio.warnings()
                .forEach(warning -> terminal.err().println("warning: " + StandardInput.nameOf(file) + ": " + warning));
    }

    /** Warns of the demo model. */
    static void noteDemoModel(Terminal terminal, String model) {
        if (model.equals(EmbeddedModel.NAME)) {
            terminal.err()
                    .println("note: '" + EmbeddedModel.NAME
                            + "' is a demo model that knows about 65 words each of English and German. For real"
                            + " speech use -m base or larger.");
        }
    }

    private static String loading(ResolvedModel model) {
        return "loading " + model.name() + " with " + model.implementation().id();
    }

    private int transcribeAll(Set<TranscriptFormat> formats, StandardInput stdin, ReadAhead reader) throws IOException {
        VoiceRecorder recorder = recording.recorder(terminal);
        List<Path> files = recorder == null
                ? new AudioFinder(terminal.err(), AudioFiles.hasFfmpeg()).find(paths)
                : List.of(VoiceRecorder.newFile(common.library()));
        if (outputDirectory == null
                && (formats.size() > 1 || files.size() > 1 && !formats.contains(TranscriptFormat.TXT))) {
            throw new ParameterException(
                    spec.commandLine(),
                    "-o DIR is required for several formats, or for several recordings in a format other than txt");
        }
        subtitles = layout.subtitleOptions(formats);
        TranscribeOptions options = layout.withWords(decoding.transcribeOptions(), subtitles);
        OutputDirectory.create(spec, outputDirectory);
        LoadOptions load = engine.loadOptions();
        WhisperSpeedtest library = common.library();
        List<String> models = engine.models();
        if (models.size() > 1 && outputDirectory == null && !formats.equals(Set.of(TranscriptFormat.TXT))) {
            throw new ParameterException(
                    spec.commandLine(), "-o DIR is required for several models in a format other than txt");
        }
        Map<String, Implementation> chosen = new LinkedHashMap<>();
        for (String model : models) {
            Implementation one = choose(library, model);
            Transcribers.check(one, load);
            layout.check(one, options, subtitles);
            chosen.put(model, one);
        }
        if (!IsolatedRun.isThis()) {
            Optional<String> risk = chosen.values().stream()
                    .flatMap(one -> one.crashRisk(load).stream())
                    .findFirst();
            if (risk.isPresent()) {
                // The other process says how far it came.
                terminal.onInterrupt(() -> "");
                return IsolatedRun.run(
                        spec.root().commandLine().getParseResult().originalArgs(), risk.get());
            }
        }
        ModelFetcher fetcher = new ModelFetcher(terminal, library, common.debug());
        List<ResolvedModel> resolved = new ArrayList<>();
        chosen.forEach((model, one) -> resolved.add(fetcher.ensure(one, model, engine)));

        if (recorder != null) {
            recorder.record(files.get(0));
        }
        reader.start(files.get(0));
        AtomicInteger done = new AtomicInteger();
        terminal.onInterrupt(() -> interruptSummary(done.get(), files.size() * models.size()));
        int failed = 0;
        for (int i = 0; i < models.size(); i++) {
            String suffix = models.size() == 1 ? "" : "." + EngineOptions.inFileName(models.get(i));
            Map<Path, String> names = new HashMap<>(OutputNames.of(files));
            names.replaceAll((file, name) -> name + suffix);
            if (models.size() > 1 && outputDirectory == null) {
                terminal.out().println("# " + models.get(i));
            }
            try (Transcriber transcriber = open(library, resolved.get(i), load)) {
                noteDemoModel(terminal, models.get(i));
                RunDescription description = formats.contains(TranscriptFormat.JSON)
                        ? new RunDescription(terminal, library, resolved.get(i), load, options)
                        : null;
                failed += transcribe(transcriber, files, stdin, reader, options, formats, names, description, done);
            }
        }
        if (failed > 0) {
            return ExitCode.FAILED;
        }
        terminal.out().flush();
        ClassArchive.keep();
        return ExitCode.OK;
    }

    private Implementation choose(WhisperSpeedtest library, String model) {
        return implementation.choose(library, model);
    }

    /** Transcribes all recordings with one model and returns how many failed. */
    private int transcribe(
            Transcriber transcriber,
            List<Path> files,
            StandardInput stdin,
            ReadAhead reader,
            TranscribeOptions options,
            Set<TranscriptFormat> formats,
            Map<Path, String> names,
            @Nullable RunDescription description,
            AtomicInteger done)
            throws IOException {
        int failed = 0;
        for (int i = 0; i < files.size(); i++) {
            Path file = files.get(i);
            Path next = i + 1 < files.size() ? files.get(i + 1) : null;
            try {
                transcribe(transcriber, file, next, stdin, reader, options, formats, names.get(file), description);
                done.incrementAndGet();
            } catch (OperationCancelledException e) {
                throw e;
            } catch (WhisperSpeedtestException e) {
                if (files.size() == 1) {
                    throw e;
                }
                failed++;
                new ErrorPrinter(terminal).print(e, common.debug());
            }
        }
        return failed;
    }

    private Transcriber open(WhisperSpeedtest library, ResolvedModel model, LoadOptions load) {
        try (ProgressLine progress = new ProgressLine(terminal)) {
            progress.show(loading(model));
            return library.open(model, load);
        }
    }

    private String interruptSummary(int done, int all) {
        if (all == 1) {
            return done == 1 ? "interrupted; the recording is transcribed" : "interrupted";
        }
        return "interrupted; " + done + " of " + all + " recordings transcribed"
                + (outputDirectory == null || done == 0 ? "" : " into " + outputDirectory);
    }

    private void transcribe(
            Transcriber transcriber,
            Path file,
            @Nullable Path next,
            StandardInput stdin,
            ReadAhead reader,
            TranscribeOptions options,
            Set<TranscriptFormat> formats,
            String name,
            @Nullable RunDescription description)
            throws IOException {
        if (outputDirectory != null) {
            checkTargets(file, outputDirectory, formats, name);
        }
        try (ProgressLine progress = new ProgressLine(terminal)) {
            progress.show(label(file) + ": reading");
            Audio audio = StandardInput.isMeantBy(file) ? stdin.read(progress) : reader.take(file, next);
            if (!audio.warnings().isEmpty()) {
                progress.clear();
                printWarnings(file, audio);
            }
            Duration length = options.transcribedLength(audio.duration());
            if (length.isZero()) {
                progress.clear();
                terminal.err()
                        .println("warning: " + StandardInput.nameOf(file)
                                + ": no part to transcribe is inside the recording");
            }
            progress.show(label(file) + ": transcribing");
            boolean stream = outputDirectory == null && formats.contains(TranscriptFormat.TXT);
            // An implementation may drop the warnings of the recording.
            Transcription transcription = transcriber
                    .transcribe(audio, options, new Listener(progress, file, audio.duration(), stream))
                    .withWarnings(audio.warnings());
            progress.clear();
            RunDetails run = description == null ? null : description.of(transcriber, file);
            if (outputDirectory != null) {
                write(transcription, run, file, outputDirectory, formats, name);
            } else if (!stream) {
                for (TranscriptFormat format : formats) {
                    terminal.out().print(render(transcription, run, format));
                    terminal.out().flush();
                }
            }
            double speed =
                    length.toNanos() / (double) transcription.timings().total().toNanos();
            terminal.err()
                    .println(String.format(
                            Locale.ROOT,
                            "%s: %.1f s of %s in %.2f s (%.1f times real time), %s, %s",
                            StandardInput.nameOf(file),
                            length.toMillis() / 1e3,
                            transcription.language(),
                            transcription.timings().total().toMillis() / 1e3,
                            speed,
                            transcriber.parameters().runtime(),
                            FallbackText.of(transcriber.parameters())));
        }
    }

    /** Runs before a transcription: some names can never be written. */
    private static void checkTargets(Path recording, Path directory, Set<TranscriptFormat> formats, String name) {
        for (TranscriptFormat format : formats) {
            Path target = target(directory, name, format);
            try {
                if (Files.readAttributes(target, BasicFileAttributes.class).isDirectory()) {
                    throw unwritable(ErrorKind.USER, recording, target, "there is a directory of that name", null);
                }
            } catch (NoSuchFileException e) {
                // Expected.
            } catch (IOException e) {
                throw unwritable(ErrorKind.USER, recording, target, DiskErrors.reason(e), e);
            }
        }
    }

    /** Writes the other formats even if one fails. */
    private void write(
            Transcription transcription,
            @Nullable RunDetails run,
            Path recording,
            Path directory,
            Set<TranscriptFormat> formats,
            String name)
            throws IOException {
        WhisperSpeedtestException failure = null;
        for (TranscriptFormat format : formats) {
            Path target = target(directory, name, format);
            byte[] content = render(transcription, run, format).getBytes(StandardCharsets.UTF_8);
            try {
                AtomicFiles.write(target, content);
                terminal.err().println("wrote " + target);
            } catch (IOException e) {
                OperationCancelledException.throwIfInterrupted("Writing " + target, e);
                WhisperSpeedtestException unwritten =
                        unwritable(ErrorKind.ENVIRONMENT, recording, target, DiskErrors.reason(e), e);
                if (failure == null) {
                    failure = unwritten;
                } else {
                    failure.addSuppressed(unwritten);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private static Path target(Path directory, String name, TranscriptFormat format) {
        return directory.resolve(name + "." + format.extension());
    }

    private static WhisperSpeedtestException unwritable(
            ErrorKind kind, Path recording, Path target, String reason, @Nullable IOException cause) {
        return new WhisperSpeedtestException(
                kind,
                "Cannot write " + target + ", the transcript of " + StandardInput.nameOf(recording) + ": " + reason
                        + ". "
                        + (kind == ErrorKind.USER ? "Rename the recording" : "Free disk space there")
                        + ", or choose another directory with -o.",
                cause);
    }

    /** Returns a name that leaves room for the progress after it. */
    private static String label(Path file) {
        String name = StandardInput.isMeantBy(file)
                ? StandardInput.NAME
                : file.getFileName().toString();
        return name.length() <= MAX_LABEL ? name : name.substring(0, MAX_LABEL - 3) + "...";
    }

    private String render(Transcription transcription, @Nullable RunDetails run, TranscriptFormat format)
            throws IOException {
        StringWriter text = new StringWriter();
        if (run == null) {
            format.write(transcription, subtitles, text);
        } else {
            format.write(transcription, run, text);
        }
        return text.toString();
    }

    private Set<TranscriptFormat> formats() {
        Set<TranscriptFormat> formats = new LinkedHashSet<>();
        formatNames.forEach(name -> formats.add(TranscriptFormat.parse(name.strip())));
        return formats;
    }

    /** Shows the progress, and prints segments of plain text as they arrive. */
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
                    Locale.ROOT, "%s: %3.0f %% of %.0f s", label(file), fraction * 100, duration.toMillis() / 1e3));
        }
    }
}
