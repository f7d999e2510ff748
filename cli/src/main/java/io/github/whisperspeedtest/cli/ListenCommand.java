package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.format.LiveFormat;
import io.github.whisperspeedtest.format.SubtitleOptions;
import io.github.whisperspeedtest.microphone.Microphone;
import io.github.whisperspeedtest.microphone.MicrophoneException;
import io.github.whisperspeedtest.microphone.Microphones;
import io.github.whisperspeedtest.model.ResolvedModel;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.Transcribers;
import io.github.whisperspeedtest.streaming.StreamingListener;
import io.github.whisperspeedtest.streaming.StreamingModel;
import io.github.whisperspeedtest.streaming.StreamingOptions;
import io.github.whisperspeedtest.streaming.StreamingSummary;
import io.github.whisperspeedtest.streaming.StreamingTranscriber;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Transcribes what a microphone hears, while it is spoken. */
@Command(
        name = "listen",
        description = "Transcribe what a microphone hears, while you speak. Enter or Ctrl-C stops.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        footer = {
            "",
            "Examples:",
            "  whisper-speedtest listen -m base",
            "  whisper-speedtest listen -m small --task translate -f srt -o captions",
            "  whisper-speedtest listen -m base --device-name headset --latency 1"
        })
final class ListenCommand implements Callable<Integer> {
    private static final DateTimeFormatter NAME = DateTimeFormatter.ofPattern("'listen-'yyyyMMdd-HHmmss", Locale.ROOT);

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
    private ImplementationOption implementation;

    @Option(
            names = "--device-name",
            order = 8,
            paramLabel = "NAME",
            description = "Microphone, or a part of its name (default: that of the system; see 'list microphones').")
    private @Nullable String deviceName;

    @Option(
            names = "--latency",
            order = 9,
            paramLabel = "SECONDS",
            description = "Intended time from a word to its confirmation, 0.5 to 20 s (default: 2).")
    private @Nullable Double latency;

    @Option(
            names = "--record-duration",
            order = 10,
            paramLabel = "SECONDS",
            description = "Stop listening after SECONDS.")
    private @Nullable Double seconds;

    @OptionGroup.In(OptionGroup.OUTPUT)
    @Option(
            names = {"-f", "--format"},
            order = 1,
            paramLabel = "FORMAT",
            split = ",",
            defaultValue = "txt",
            description = "Format: txt, srt, vtt or jsonl; several with -o (default: ${DEFAULT-VALUE}).")
    private List<String> formatNames;

    @OptionGroup.In(OptionGroup.OUTPUT)
    @Option(
            names = {"-o", "--output-dir"},
            order = 2,
            paramLabel = "DIR",
            description = "Also write files to DIR, which grow while you speak.")
    private @Nullable Path outputDirectory;

    ListenCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        Set<LiveFormat> formats = LiveOptions.formats(spec, formatNames, outputDirectory);
        if (engine.models().size() > 1) {
            throw new ParameterException(spec.commandLine(), "listen takes one model");
        }
        SubtitleOptions cues = LiveOptions.cues(layout, formats);
        StreamingOptions options = LiveOptions.streamingOptions(spec, decoding.transcribeOptions(), latency);
        if (seconds == null && !terminal.inIsTerminal()) {
            terminal.err().println("note: standard input is not a terminal, so only Ctrl-C (SIGINT) stops");
        }
        OutputDirectory.create(spec, outputDirectory);
        LoadOptions load = engine.loadOptions();
        WhisperSpeedtest library = common.library();
        String model = engine.models().get(0);
        Implementation chosen = implementation.choose(library, model);
        Transcribers.check(chosen, load);
        Transcribers.check(chosen, options.transcribe());
        ModelFetcher fetcher = new ModelFetcher(terminal, library, common.debug());
        ResolvedModel resolved = fetcher.ensure(chosen, model, engine);
        // Before the model is loaded, so that a missing microphone is reported at once.
        try (Microphone microphone = Microphones.open(deviceName);
                StreamingModel opened = open(library, resolved, load)) {
            TranscribeCommand.noteDemoModel(terminal, model);
            listen(microphone, opened, options, formats, cues);
        }
        return ExitCode.OK;
    }

    private StreamingModel open(WhisperSpeedtest library, ResolvedModel model, LoadOptions load) {
        try (ProgressLine progress = new ProgressLine(terminal)) {
            progress.show("loading " + model.name() + " with "
                    + model.implementation().id());
            return library.openStreaming(model, load);
        }
    }

    private void listen(
            Microphone microphone,
            StreamingModel model,
            StreamingOptions options,
            Set<LiveFormat> formats,
            SubtitleOptions cues) {
        terminal.err()
                .println("Listening to " + microphone.name()
                        + (terminal.inIsTerminal() ? "; press Enter to stop." : "."));
        AtomicReference<@Nullable MicrophoneException> lost = new AtomicReference<>();
        new LiveRun(
                        terminal,
                        formats,
                        cues,
                        outputDirectory,
                        LocalDateTime.now().format(NAME))
                .run(microphone.name(), model, listener -> listen(microphone, model, options, listener, lost));
        MicrophoneException failure = lost.get();
        if (failure != null) {
            throw failure;
        }
    }

    private StreamingSummary listen(
            Microphone microphone,
            StreamingModel model,
            StreamingOptions options,
            StreamingListener listener,
            AtomicReference<@Nullable MicrophoneException> lost) {
        EnterKey enter = new EnterKey(terminal);
        AtomicLong heard = new AtomicLong();
        long most = seconds == null ? Long.MAX_VALUE : Math.round(seconds * Audio.SAMPLE_RATE);
        try (StreamingTranscriber stream = model.start(options, listener)) {
            try {
                microphone.record(
                        (samples, offset, length) -> {
                            if (!stream.hasEnded()) {
                                stream.append(samples, offset, length);
                            }
                            heard.addAndGet(length);
                        },
                        () -> enter.isPressed() || stream.hasEnded() || heard.get() >= most);
            } catch (MicrophoneException e) {
                // What was said before is transcribed first.
                lost.set(e);
            }
            return stream.finish();
        }
    }
}
