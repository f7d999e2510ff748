package io.github.whisperspeedtest.spark;

import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.format.FallbackText;
import io.github.whisperspeedtest.model.ModelPlace;
import io.github.whisperspeedtest.model.ResolvedModel;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.process.ChildJvm;
import io.github.whisperspeedtest.settings.Settings;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.verify.Verdict;
import io.github.whisperspeedtest.verify.VerifyOptions;
import io.github.whisperspeedtest.verify.VerifyRequest;
import io.github.whisperspeedtest.worker.Job;
import io.github.whisperspeedtest.worker.JobEnd;
import io.github.whisperspeedtest.worker.JobListener;
import io.github.whisperspeedtest.worker.JobRequest;
import io.github.whisperspeedtest.worker.ServedModel;
import io.github.whisperspeedtest.worker.ServiceState;
import io.github.whisperspeedtest.worker.WorkerPool;
import io.github.whisperspeedtest.worker.WorkerSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.SparkFiles;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A model that the tasks of one executor share.
 *
 * <p>It is loaded in child JVMs: a crash of the engine costs the recording that caused it and not the executor, and native libraries are
 * loaded once even where each session of Spark has a class loader of its own. It stays loaded until the executor ends.
 */
final class ExecutorModel {
    private static final Logger LOG = LoggerFactory.getLogger(ExecutorModel.class);

    /** Beyond any recording: the length of tasks bounds what is in the queue, and the time limit bounds the work. */
    private static final Duration LONGEST_RECORDING = Duration.ofDays(2);

    private static final Map<String, FutureTask<ExecutorModel>> OPEN = new ConcurrentHashMap<>();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(ExecutorModel::closeAll, "close-models"));
    }

    private final String implementation;
    private final ServedModel model;
    private final ModelIdentity identity;
    private final WorkerPool pool;
    private @Nullable String engine;

    private ExecutorModel(String implementation, ServedModel model, ModelIdentity identity, WorkerPool pool) {
        this.implementation = implementation;
        this.model = model;
        this.identity = identity;
        this.pool = pool;
    }

    /**
     * Returns the model of this executor, loaded by the first task that needs it.
     *
     * @throws io.github.whisperspeedtest.error.WhisperSpeedtestException if it is missing or damaged, or cannot run here. That is a
     *     failure of the task, which Spark repeats elsewhere, and not one of its recordings
     */
    static ExecutorModel of(SparkOptions options) {
        int cpus = taskCpus(options.workers());
        String key = options.modelKey(cpus);
        FutureTask<ExecutorModel> model =
                OPEN.computeIfAbsent(key, unused -> new FutureTask<>(() -> open(options, options.load(cpus))));
        // Only the first task's call does anything; the others wait below, where they can be interrupted.
        model.run();
        try {
            return model.get();
        } catch (ExecutionException e) {
            OPEN.remove(key, model);
            if (e.getCause() instanceof WhisperSpeedtestException known) {
                throw known;
            }
            throw new IllegalStateException("Cannot open " + options.implementation() + " " + options.model(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TaskKilledException("interrupted");
        }
    }

    /**
     * Returns the processors of a transcriber.
     *
     * <p>A standalone worker gives an executor all its processors where {@code spark.executor.cores} does not say otherwise, but each task only one
     * of them.
     */
    private static int taskCpus(int workers) {
        TaskContext task = TaskContext.get();
        if (task == null) {
            return LoadOptions.defaultThreads();
        }
        SparkConf conf = SparkEnv.get().conf();
        boolean isUnknown = conf.get("spark.master", "").startsWith("spark://")
                && !conf.contains("spark.executor.cores")
                && !conf.contains("spark.task.cpus");
        return isUnknown ? Math.max(1, LoadOptions.defaultThreads() / workers) : task.cpus();
    }

    /** Frees the models of this executor. Tasks that still use them fail. */
    static void closeAll() {
        for (Map.Entry<String, FutureTask<ExecutorModel>> entry : OPEN.entrySet()) {
            OPEN.remove(entry.getKey(), entry.getValue());
            // One that is still being opened ends with this JVM.
            if (entry.getValue().isDone()) {
                close(entry.getValue());
            }
        }
    }

    private static void close(FutureTask<ExecutorModel> model) {
        try {
            model.get().pool.close();
        } catch (ExecutionException e) {
            LOG.debug("The model was not opened", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static ExecutorModel open(SparkOptions options, LoadOptions load) {
        long start = System.nanoTime();
        WhisperSpeedtest library = library(options);
        Implementation implementation = library.registry().require(options.implementation());
        String name = distributed(options.model());
        ResolvedModel resolved = library.models().resolve(implementation, name);
        if (!resolved.isPresent() && !resolved.isGenerated() && options.download()) {
            LOG.info("Downloading {}", resolved.label());
            library.installer().install(implementation, resolved.name(), progress -> {});
            resolved = library.models().resolve(implementation, name);
        }
        verify(library, resolved);
        ModelIdentity identity = new ModelIdentity(
                options.model(), library.hasher().of(library.models().prepare(resolved), (file, fraction) -> {}));
        ServedModel served = new ServedModel(implementation.id(), name);
        WorkerPool pool = WorkerPool.start(
                library,
                new WorkerSettings(
                        served,
                        List.of(),
                        load,
                        options.workers(),
                        options.batch(),
                        Integer.MAX_VALUE,
                        0,
                        LONGEST_RECORDING,
                        options.timeLimit(),
                        0));
        ExecutorMetrics.opened(Duration.ofNanos(System.nanoTime() - start));
        return new ExecutorModel(implementation.id(), served, identity, pool);
    }

    /** Returns the library as the driver and the executors use it. */
    static WhisperSpeedtest library(SparkOptions options) {
        WhisperSpeedtest.Builder builder = WhisperSpeedtest.builder()
                .settings(Settings.ofProcess().withProperties(options.properties()))
                .children(ChildJvm.builder().classPath(ClassPaths.ofChildren()).build());
        String home = options.home();
        if (home != null) {
            builder.home(ToolHome.at(Path.of(home)));
        }
        return builder.build();
    }

    /** Returns the path of a model that Spark has brought to this executor, or else the name unchanged. */
    private static String distributed(String model) {
        if (model.indexOf('/') >= 0) {
            return model;
        }
        Path file = Path.of(SparkFiles.getRootDirectory()).resolve(model).toAbsolutePath();
        return Files.exists(file) ? file.toString() : model;
    }

    /** Proves once for each host that the model loads; generated models and those given by a path are proved by their use. */
    private static void verify(WhisperSpeedtest library, ResolvedModel model) {
        ModelPlace place = model.foundAt();
        if (place == null || model.isGenerated()) {
            return;
        }
        Verdict verdict = library.verifier()
                .verify(new VerifyRequest(model.implementation(), model.info(), place), VerifyOptions.defaults());
        if (!verdict.isComplete()) {
            throw new ModelException(model.label() + ": " + verdict.reason());
        }
    }

    /** Returns the id of the implementation. */
    String implementation() {
        return implementation;
    }

    /** Returns what exactly the model is. */
    ModelIdentity identity() {
        return identity;
    }

    /** Returns the engine with its device, and the reason for a fallback. To be called after the first result. */
    String engine() {
        String known = engine;
        if (known == null) {
            known = pool.state().workers().stream()
                    .map(ServiceState.Worker::parameters)
                    .filter(Objects::nonNull)
                    .findFirst()
                    .map(parameters -> parameters.runtime() + ", " + FallbackText.of(parameters))
                    .orElse(null);
            engine = known;
        }
        return known == null ? "unknown" : known;
    }

    /** Starts to transcribe a file. */
    Call start(String name, Path file, TranscribeOptions options) {
        return new Call(name, file, options);
    }

    private boolean isNotLoadable() {
        return pool.state().failedModels().contains(model);
    }

    /** A transcription that is queued or running. */
    final class Call {
        private final String name;
        private final Path file;
        private final TranscribeOptions options;
        private Attempt attempt;

        private Call(String name, Path file, TranscribeOptions options) {
            this.name = name;
            this.file = file;
            this.options = options;
            attempt = start(false);
        }

        private Attempt start(boolean alone) {
            return new Attempt(new JobRequest(model, name, file, options, alone));
        }

        /**
         * Waits for the end. After a crash the recording is tried once more, alone: another one of its batch may have been the cause, or the
         * memory of the moment.
         *
         * @return a transcription, or a failure of the recording
         * @throws ModelException if it failed whatever its recording, because the model cannot be loaded here
         * @throws IllegalStateException if the executor ends
         */
        JobEnd await() throws InterruptedException {
            JobEnd end = attempt.await();
            if (end instanceof JobEnd.Failed failed && failed.reason() == JobEnd.Reason.ENGINE && !isNotLoadable()) {
                attempt = start(true);
                end = attempt.await();
            }
            if (end instanceof JobEnd.Failed failed) {
                throwIfNotOfRecording(failed);
            }
            return end;
        }

        private void throwIfNotOfRecording(JobEnd.Failed failure) {
            if (failure.reason() == JobEnd.Reason.MODEL
                    || failure.reason() == JobEnd.Reason.ENGINE && isNotLoadable()) {
                throw new ModelException("The model " + model.id() + " cannot be loaded on this executor: "
                        + failure.message() + " The log of the executor has the details.");
            }
            if (failure.reason() == JobEnd.Reason.CANCELLED) {
                throw new IllegalStateException(failure.message());
            }
        }

        void cancel() {
            attempt.job.cancel();
        }
    }

    private final class Attempt implements JobListener {
        private final CompletableFuture<JobEnd> end = new CompletableFuture<>();
        private final Job job;

        private Attempt(JobRequest request) {
            job = pool.submit(request, this);
        }

        @Override
        public void onEnd(JobEnd how) {
            end.complete(how);
        }

        private JobEnd await() throws InterruptedException {
            try {
                return end.get();
            } catch (ExecutionException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
