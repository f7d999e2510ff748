package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.format.FallbackText;
import io.github.whisperspeedtest.model.ResolvedModel;
import io.github.whisperspeedtest.server.ServerSettings;
import io.github.whisperspeedtest.server.TranscriptionServer;
import io.github.whisperspeedtest.settings.Settings;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.Transcribers;
import io.github.whisperspeedtest.transcription.EngineParameters;
import io.github.whisperspeedtest.worker.ServedModel;
import io.github.whisperspeedtest.worker.ServiceState;
import io.github.whisperspeedtest.worker.TranscriptionService;
import io.github.whisperspeedtest.worker.WorkerPool;
import io.github.whisperspeedtest.worker.WorkerSettings;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Serves transcription over HTTP until a signal ends it. */
@Command(
        name = "serve",
        description = "Serve transcription with OpenAI's API, live captions and a page for your browser.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        footer = {
            "",
            "Examples:",
            "  whisper-speedtest serve -m base",
            "  whisper-speedtest serve -i faster -m small --allow 'faster/*,whispercpp/base'",
            "  curl http://127.0.0.1:8000/v1/audio/transcriptions -F file=@talk.mp3 -F model=whisper-1"
        })
final class ServeCommand implements Callable<Integer> {
    /** Environment variable with the key, which the list of processes does not show. */
    static final String KEY_VARIABLE = "WHISPER_SPEEDTEST_API_KEY";

    /** Requests that are still running get this long after a signal. systemd kills after 90 s. */
    private static final Duration DRAIN = Duration.ofSeconds(60);

    /** Time to end the workers after that. */
    private static final Duration CLOSE = Duration.ofSeconds(10);

    private static final long POLL_MILLIS = 100;
    private static final long MEBIBYTE = 1 << 20;

    private final Terminal terminal;

    @Spec
    private CommandSpec spec;

    @Mixin
    private CommonOptions common;

    @Mixin
    private EngineOptions engine;

    @Mixin
    private ImplementationOption implementation;

    @Option(
            names = "--port",
            order = 3,
            paramLabel = "PORT",
            defaultValue = "8000",
            description = "TCP port; 0 for any free one (default: ${DEFAULT-VALUE}).")
    private int port;

    @Option(
            names = "--host",
            order = 4,
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1",
            description = "Address to listen on; 0.0.0.0 for all (default: ${DEFAULT-VALUE}).")
    private String host;

    @Option(
            names = "--api-key",
            order = 5,
            paramLabel = "KEY",
            description = "Key that clients must send (default: the variable " + KEY_VARIABLE + "; otherwise none).")
    private @Nullable String apiKey;

    @Option(
            names = "--allow",
            order = 6,
            paramLabel = "ID/MODEL",
            split = ",",
            description = "Further models that clients may name, if they are on this machine; * stands for any text.")
    private List<String> allowed = new ArrayList<>();

    @Option(
            names = "--workers",
            order = 7,
            paramLabel = "N",
            defaultValue = "1",
            description = "Processes for each model, which transcribe at the same time (default: ${DEFAULT-VALUE}).")
    private int workers;

    @Option(
            names = "--batch",
            order = 8,
            paramLabel = "N",
            defaultValue = "1",
            description =
                    "Requests that a process transcribes in one batch, where the engine can (default: ${DEFAULT-VALUE}).")
    private int batch;

    @Option(
            names = "--queue",
            order = 9,
            paramLabel = "N",
            defaultValue = "32",
            description = "Requests that may wait; later ones are refused with 429 (default: ${DEFAULT-VALUE}).")
    private int queue;

    @Option(
            names = "--live-streams",
            order = 10,
            paramLabel = "N",
            defaultValue = "4",
            description = "Live streams that may be open (default: ${DEFAULT-VALUE}).")
    private int liveStreams;

    @Option(
            names = "--max-upload",
            order = 11,
            paramLabel = "MIB",
            defaultValue = "25",
            description = "Largest upload in MiB (default: ${DEFAULT-VALUE}, the limit of OpenAI).")
    private int maxUpload;

    @Option(
            names = "--max-duration",
            order = 12,
            paramLabel = "TIME",
            defaultValue = "2h",
            converter = TimeSpan.Converter.class,
            description = "Longest recording, such as 90s, 10m or 2h (default: ${DEFAULT-VALUE}).")
    private TimeSpan maxDuration;

    @Option(
            names = "--time-limit",
            order = 13,
            paramLabel = "TIME",
            defaultValue = "1h",
            converter = TimeSpan.Converter.class,
            description = "Longest time to transcribe one recording (default: ${DEFAULT-VALUE}).")
    private TimeSpan timeLimit;

    @Option(
            names = "--memory",
            order = 14,
            paramLabel = "MIB",
            defaultValue = "0",
            description = "Memory for all models in MiB (default: 85 % of what this machine has available).")
    private long memory;

    ServeCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        if (engine.models().size() != 1) {
            throw new ParameterException(
                    spec.commandLine(), "serve takes one model with -m; allow others with --allow");
        }
        if (port < 0 || port > 65_535) {
            throw new ParameterException(spec.commandLine(), "--port must be from 0 to 65535, but is " + port);
        }
        String key = key();
        LoadOptions load = engine.loadOptions();
        WhisperSpeedtest library = common.library();
        String model = engine.models().get(0);
        Implementation chosen = implementation.choose(library, model);
        Transcribers.check(chosen, load);
        ResolvedModel resolved = new ModelFetcher(terminal, library, common.debug()).ensure(chosen, model, engine);
        ServedModel served = new ServedModel(chosen.id(), resolved.name());
        warnAboutAccess(key);
        WorkerSettings settings = workerSettings(served, load);
        ServerSettings address = serverSettings(library, key);
        TranscribeCommand.noteDemoModel(terminal, model);
        try (TranscriptionService service = WorkerPool.start(library, settings);
                TranscriptionServer server = TranscriptionServer.start(service, address)) {
            serve(service, server, served);
        }
        return ExitCode.OK;
    }

    private void serve(TranscriptionService service, TranscriptionServer server, ServedModel model) {
        terminal.graceAfterInterrupt(DRAIN.plus(CLOSE));
        terminal.onInterrupt(() -> "stopped");
        terminal.out().println(server.uri());
        terminal.err()
                .println("Serving " + model.id() + ". Open " + server.uri() + " in a browser, or use " + server.uri()
                        + "v1 as the base URL of a client of OpenAI. Ctrl-C stops.");
        try {
            awaitModel(service, model);
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            // A signal. The thread does not stay interrupted, because ending the workers takes time too.
            drain(service, server);
        }
    }

    private void awaitModel(TranscriptionService service, ServedModel model) throws InterruptedException {
        try (ProgressLine progress = new ProgressLine(terminal)) {
            progress.show("loading " + model.id());
            while (true) {
                ServiceState state = service.state();
                if (state.failedModels().contains(model)) {
                    terminal.err().println("warning: " + model.id() + " cannot be loaded; each request tries again");
                    return;
                }
                for (ServiceState.Worker worker : state.workers()) {
                    EngineParameters parameters = worker.parameters();
                    if (parameters != null && worker.model().equals(model)) {
                        terminal.err()
                                .println(model.id() + " is loaded, " + parameters.runtime() + ", "
                                        + FallbackText.of(parameters));
                        parameters.notes().forEach(note -> terminal.err().println("note: " + note));
                        return;
                    }
                }
                TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
            }
        }
    }

    private void drain(TranscriptionService service, TranscriptionServer server) {
        ServiceState state = service.state();
        int open = state.queued() + state.running() + state.liveStreams();
        if (open > 0) {
            terminal.status()
                    .printLast("finishing " + open + (open == 1 ? " request" : " requests") + " for at most "
                            + DRAIN.toSeconds() + " s; a second signal stops at once");
        }
        try {
            server.drain(DRAIN);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private @Nullable String key() {
        String key = apiKey == null
                ? Settings.ofProcess()
                        .variable(KEY_VARIABLE)
                        .filter(value -> !value.isEmpty())
                        .orElse(null)
                : apiKey;
        if (key != null && (key.isEmpty() || !key.chars().allMatch(c -> c > ' ' && c < 0x7f))) {
            throw new ParameterException(
                    spec.commandLine(), "the API key must be printable ASCII characters without spaces");
        }
        return key;
    }

    private void warnAboutAccess(@Nullable String key) {
        if (key != null) {
            return;
        }
        try {
            if (!InetAddress.getByName(host).isLoopbackAddress()) {
                terminal.err()
                        .println("warning: everyone who reaches " + host + " can use this server; set an API key with "
                                + KEY_VARIABLE);
            }
        } catch (UnknownHostException e) {
            throw new ParameterException(spec.commandLine(), "--host: the address '" + host + "' is unknown", e);
        }
    }

    private WorkerSettings workerSettings(ServedModel model, LoadOptions load) {
        try {
            return new WorkerSettings(
                    model,
                    allowed,
                    engine.hasThreads()
                            ? load
                            : new LoadOptions(
                                    load.device(),
                                    load.computeType(),
                                    WorkerSettings.threadsOfWorker(workers),
                                    load.engineOptions()),
                    workers,
                    batch,
                    queue,
                    liveStreams,
                    maxDuration.duration(),
                    timeLimit.duration(),
                    memory * MEBIBYTE);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private ServerSettings serverSettings(WhisperSpeedtest library, @Nullable String key) {
        try {
            return ServerSettings.of(library.home().data().resolve("uploads"))
                    .withAddress(host, port)
                    .withApiKey(key)
                    .withMaxUpload(maxUpload * MEBIBYTE);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }
}
