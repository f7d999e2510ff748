package io.github.whisperspeedtest.verify;

import io.github.whisperspeedtest.error.OperationCancelledException;
import io.github.whisperspeedtest.error.UnknownNameException;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.model.ModelCatalog;
import io.github.whisperspeedtest.model.ModelFile;
import io.github.whisperspeedtest.model.ModelLocator;
import io.github.whisperspeedtest.model.ModelPlace;
import io.github.whisperspeedtest.model.ModelPresence;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.process.ChildJvm;
import io.github.whisperspeedtest.settings.Settings;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.spi.ModelSource;
import io.github.whisperspeedtest.verify.Verdict.Problem;
import io.github.whisperspeedtest.verify.Verdict.Status;
import io.github.whisperspeedtest.verify.VerifyOptions.Caching;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks whether models are present on this machine and load.
 *
 * <p>Thread-safe. Verdicts are cached in {@code verdicts.json} in the tool home.
 */
public final class ModelVerifier {
    /** File name of the verdict cache in the tool home. */
    public static final String VERDICTS_FILE = "verdicts.json";

    private static final Logger LOG = LoggerFactory.getLogger(ModelVerifier.class);

    /** Time limits of the reference implementation: models up to medium, and large models. */
    private static final Duration TIME_LIMIT = Duration.ofSeconds(15);

    private static final Duration LARGE_TIME_LIMIT = Duration.ofSeconds(30);

    /** An engine that finds an unpacked companion beside the model compiles it for the machine when it first loads it. */
    private static final Duration COMPILE_TIME_LIMIT = Duration.ofMinutes(15);

    private static final String LARGE = "large";
    private static final long LARGE_BYTES = 2L << 30;
    private static final long SHUTDOWN_TIMEOUT_SECONDS = 20;

    private final ToolHome home;
    private final Settings settings;
    private final ModelCatalog catalog;
    private final ModelLocator locator;
    private final ChildJvm children;
    private final LoadCheck loadCheck;
    private final VerdictCache verdicts;
    private final LoadGate gate = new LoadGate();
    private @Nullable String classPath;

    /**
     * Creates a verifier whose child JVMs use the class path of this JVM, which must contain the implementations.
     *
     * @param home directories for models and verdicts
     * @param hubCache the default Hugging Face cache
     */
    public ModelVerifier(ToolHome home, Path hubCache) {
        this(home, () -> hubCache, Settings.none(), ChildJvm.builder().build());
    }

    /**
     * Creates a verifier for a program whose implementations are not on the class path of its JVM.
     *
     * @param home directories for models and verdicts
     * @param hubCache supplies the default Hugging Face cache when it is needed
     * @param settings the settings that implementations may read
     * @param children launcher of JVMs whose class path contains the implementations; the options set the time limit
     */
    public ModelVerifier(ToolHome home, Supplier<Path> hubCache, Settings settings, ChildJvm children) {
        this.home = home;
        this.settings = settings;
        this.catalog = new ModelCatalog(home.models());
        this.locator = new ModelLocator(hubCache, home);
        this.children = children;
        this.loadCheck = new LoadCheck(children);
        this.verdicts = new VerdictCache(home.data().resolve(VERDICTS_FILE));
    }

    /**
     * Checks one model in one place.
     *
     * @param model a name in the {@link ModelCatalog}; an unknown name also gives a verdict
     * @throws OperationCancelledException if the thread is interrupted
     */
    public Verdict verify(Implementation implementation, String model, ModelPlace place, VerifyOptions options) {
        long start = System.nanoTime();
        return toVerdict(
                implementation,
                start,
                () -> new Batch(options)
                        .verify(new VerifyRequest(implementation, catalog.require(implementation, model), place)));
    }

    /**
     * Checks one resolved model in one place.
     *
     * @throws OperationCancelledException if the thread is interrupted
     */
    public Verdict verify(VerifyRequest request, VerifyOptions options) {
        return toVerdict(request.implementation(), System.nanoTime(), () -> new Batch(options).verify(request));
    }

    /**
     * Loads files outside the usual places of a model. The verdict is not cached.
     *
     * @param timeLimit maximum time, including the start of the child JVM
     * @throws OperationCancelledException if the thread is interrupted
     */
    public Verdict load(Implementation implementation, ModelFiles files, Duration timeLimit) {
        long start = System.nanoTime();
        List<Path> contents = List.copyOf(files.byName().values());
        long bytes = ModelPresence.sizeOnDisk(contents);
        Finding finding =
                loadCheck.check(implementation, home.contextOf(implementation, settings), files, bytes, timeLimit);
        return new Verdict(
                finding.status(),
                finding.problem(),
                finding.reason(),
                null,
                contents,
                contents,
                bytes,
                finding.runtime(),
                since(start),
                false);
    }

    /**
     * Checks models concurrently, within the available processors and memory.
     *
     * <p>Every failure of a check becomes a verdict. Requests for the same files and the same implementation share one
     * check.
     *
     * @return the verdict of each request, in the order of the requests
     * @throws OperationCancelledException if the thread is interrupted; no child JVM is left running
     */
    public Map<VerifyRequest, Verdict> verifyAll(
            List<VerifyRequest> requests, VerifyOptions options, VerifyListener listener) {
        if (requests.isEmpty()) {
            return Map.of();
        }
        Batch batch = new Batch(options);
        int threads = Math.min(requests.size(), Runtime.getRuntime().availableProcessors());
        ExecutorService executor = Executors.newFixedThreadPool(threads, work -> {
            Thread thread = new Thread(work, "verify");
            thread.setDaemon(true);
            return thread;
        });
        try {
            Map<VerifyRequest, Future<Verdict>> running = new LinkedHashMap<>();
            for (VerifyRequest request : requests) {
                running.computeIfAbsent(
                        request,
                        unused -> executor.submit(() -> {
                            synchronized (batch) {
                                listener.onStart(request);
                            }
                            Verdict verdict = batch.verify(request);
                            synchronized (batch) {
                                listener.onVerdict(request, verdict);
                            }
                            return verdict;
                        }));
            }
            Map<VerifyRequest, Verdict> results = new LinkedHashMap<>();
            for (Map.Entry<VerifyRequest, Future<Verdict>> entry : running.entrySet()) {
                results.put(entry.getKey(), entry.getValue().get());
            }
            return results;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw cancelled(e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        } finally {
            shutDown(executor);
        }
    }

    /** Interrupts running checks and waits for their child JVMs to end. */
    private static void shutDown(ExecutorService executor) {
        executor.shutdownNow();
        boolean interrupted = Thread.interrupted();
        try {
            if (!executor.awaitTermination(SHUTDOWN_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                LOG.debug("A check did not finish within {} s", SHUTDOWN_TIMEOUT_SECONDS);
            }
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static OperationCancelledException cancelled(Throwable cause) {
        return new OperationCancelledException("The model check was cancelled.", cause);
    }

    private synchronized String classPath() {
        if (classPath == null) {
            classPath = Fingerprint.ofClassPath(children.classPath());
        }
        return classPath;
    }

    private String engineOf(Implementation implementation) {
        return Fingerprint.ofEngine(classPath(), implementation.engineFiles());
    }

    private static Duration timeLimit(VerifyOptions options, ModelInfo model, List<ModelFile> besideModel, long bytes) {
        if (options.timeLimit() != null) {
            return options.timeLimit();
        }
        if (!besideModel.isEmpty()) {
            return COMPILE_TIME_LIMIT;
        }
        return model.name().contains(LARGE) || bytes > LARGE_BYTES ? LARGE_TIME_LIMIT : TIME_LIMIT;
    }

    /** The checks of one call. They share their findings even if caching is off. */
    private final class Batch {
        private final VerifyOptions options;
        private final Map<String, Object> locks = new ConcurrentHashMap<>();
        private final Map<Fingerprint, Finding> found = new ConcurrentHashMap<>();

        private Batch(VerifyOptions options) {
            this.options = options;
        }

        Verdict verify(VerifyRequest request) {
            long start = System.nanoTime();
            return toVerdict(
                    request.implementation(),
                    start,
                    () -> check(
                            request.implementation(),
                            request.model(),
                            locator.look(request.model(), request.place()),
                            start));
        }

        private Verdict check(Implementation implementation, ModelInfo model, ModelPresence presence, long start) {
            String fallback = presence.model() == model ? null : nameOf(presence.model());
            switch (presence.state()) {
                case NOT_APPLICABLE -> {
                    return withoutFiles(Status.NOT_APPLICABLE, null, presence.reason(), start);
                }
                case MISSING -> {
                    Finding missing = new Finding(Status.MISSING, Problem.FILES, missingReason(presence), null);
                    return verdict(missing, presence, fallback, start, false);
                }
                case INCOMPLETE -> {
                    Finding incomplete = Finding.incomplete(Problem.FILES, presence.reason());
                    return verdict(incomplete, presence, fallback, start, false);
                }
                default -> {}
            }
            if (options.level() == VerifyLevel.CACHE_CHECK) {
                Finding present = StructureCheck.check(implementation, presence, model.name());
                return verdict(present, presence, fallback, start, false);
            }
            List<ModelFile> besideModel = besideModel(model, presence.place());
            Fingerprint fingerprint = Fingerprint.of(
                    implementation,
                    options.level(),
                    Stream.concat(presence.files().stream(), besideModel.stream())
                            .toList(),
                    engineOf(implementation));
            synchronized (locks.computeIfAbsent(fingerprint.subject(), subject -> new Object())) {
                Finding known = found.get(fingerprint);
                if (known == null && options.caching() == Caching.USE) {
                    known = verdicts.get(fingerprint);
                }
                if (known != null) {
                    return verdict(known, presence, fallback, start, true);
                }
                Finding finding = find(implementation, model, presence, besideModel);
                found.put(fingerprint, finding);
                if (finding.isCacheable() && options.caching() != Caching.OFF) {
                    verdicts.put(fingerprint, finding, presence.contents());
                }
                return verdict(finding, presence, fallback, start, false);
            }
        }

        /**
         * Returns the files of companions that the engine itself finds beside the model and loads with it: those unpacked
         * from archives. None if the model's files are not loaded, or not from that directory.
         */
        private List<ModelFile> besideModel(ModelInfo model, ModelPlace place) {
            return options.level() == VerifyLevel.LOAD && place == ModelPlace.LOCAL_CACHE
                    ? model.companions().stream()
                            .filter(companion -> companion.archive().isPresent())
                            .map(companion -> locator.look(companion, place))
                            .filter(ModelPresence::isPresent)
                            .flatMap(companion -> companion.files().stream())
                            .toList()
                    : List.of();
        }

        private Finding find(
                Implementation implementation, ModelInfo model, ModelPresence presence, List<ModelFile> besideModel) {
            if (options.level() == VerifyLevel.HASH) {
                Finding hashed = HashCheck.check(presence.files());
                Finding structure = StructureCheck.check(implementation, presence, model.name());
                // If the hashes match, only a structural problem is worth reporting.
                return hashed.status() == Status.COMPLETE && structure.status() != Status.COMPLETE ? structure : hashed;
            }
            long bytes = ModelPresence.sizeOnDisk(presence.contents());
            try {
                return gate.pass(
                        bytes,
                        () -> loadCheck.check(
                                implementation,
                                home.contextOf(implementation, settings),
                                presence.toModelFiles(model.name()),
                                bytes,
                                timeLimit(options, model, besideModel, bytes)));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw cancelled(e);
            }
        }
    }

    /** Turns every exception except a cancellation into a verdict. */
    private static Verdict toVerdict(Implementation implementation, long start, Supplier<Verdict> check) {
        try {
            return check.get();
        } catch (OperationCancelledException e) {
            throw e;
        } catch (UnknownNameException e) {
            return withoutFiles(Status.NOT_APPLICABLE, null, String.valueOf(e.getMessage()), start);
        } catch (WhisperSpeedtestException e) {
            return withoutFiles(Status.NOT_CHECKABLE, Problem.FAILED, String.valueOf(e.getMessage()), start);
        } catch (RuntimeException | LinkageError e) {
            // A broken implementation must not stop the checks of other implementations.
            LOG.debug("{} failed before the child JVM started", implementation.id(), e);
            return withoutFiles(Status.NOT_CHECKABLE, Problem.FAILED, e.toString(), start);
        }
    }

    private static String missingReason(ModelPresence presence) {
        boolean generated = presence.model().sources().stream().anyMatch(ModelSource::isGenerated);
        return generated ? presence.reason() + " It is generated on first use." : presence.reason();
    }

    private static String nameOf(ModelInfo fallback) {
        return fallback.sources().get(0).publishedName().orElse(fallback.name());
    }

    private static Verdict verdict(
            Finding finding, ModelPresence presence, @Nullable String fallback, long start, boolean cached) {
        String note = presence.isPresent() && !presence.reason().isEmpty() ? " " + presence.reason() : "";
        return new Verdict(
                finding.status(),
                finding.problem(),
                finding.reason() + note,
                fallback,
                presence.where(),
                presence.contents(),
                ModelPresence.sizeOnDisk(presence.contents()),
                finding.runtime(),
                since(start),
                cached);
    }

    private static Verdict withoutFiles(Status status, @Nullable Problem problem, String reason, long start) {
        return new Verdict(status, problem, reason, null, List.of(), List.of(), 0, null, since(start), false);
    }

    private static Duration since(long start) {
        return Duration.ofNanos(System.nanoTime() - start);
    }
}
