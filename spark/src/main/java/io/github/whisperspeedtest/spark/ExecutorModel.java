package io.github.whisperspeedtest.spark;

import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.model.ModelPlace;
import io.github.whisperspeedtest.model.ResolvedModel;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.process.ChildJvm;
import io.github.whisperspeedtest.settings.Settings;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.transcription.EngineParameters;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.spark.SparkFiles;
import org.apache.spark.TaskContext;
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

    private static final Map<String, ExecutorModel> OPEN = new HashMap<>();
    private static boolean hasHook;

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
        TaskContext task = TaskContext.get();
        int cpus = task == null ? LoadOptions.defaultThreads() : task.cpus();
        String key = options.modelKey(cpus);
        synchronized (OPEN) {
            ExecutorModel model = OPEN.get(key);
            if (model == null) {
                model = open(options, options.load(cpus));
                OPEN.put(key, model);
                if (!hasHook) {
                    hasHook = true;
                    Runtime.getRuntime().addShutdownHook(new Thread(ExecutorModel::closeAll, "close-models"));
                }
            }
            return model;
        }
    }

    /** Frees the models of this executor. Tasks that still use them fail. */
    static void closeAll() {
        List<ExecutorModel> models;
        synchronized (OPEN) {
            models = List.copyOf(OPEN.values());
            OPEN.clear();
        }
        models.forEach(model -> model.pool.close());
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
        Settings settings = Settings.ofProcess();
        for (Map.Entry<String, String> property : options.properties().entrySet()) {
            settings = settings.withProperty(property.getKey(), property.getValue());
        }
        WhisperSpeedtest.Builder builder = WhisperSpeedtest.builder()
                .settings(settings)
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
                    .filter(ServiceState.Worker::ready)
                    .findFirst()
                    .map(worker -> describe(worker.parameters()))
                    .orElse("unknown");
            engine = known.equals("unknown") ? null : known;
        }
        return known;
    }

    private static String describe(@Nullable EngineParameters parameters) {
        if (parameters == null) {
            return "unknown";
        }
        String fallback = parameters.fallback();
        return parameters.runtime() + ", " + parameters.device()
                + (fallback == null ? "" : " (fallback: " + fallback + ")");
    }

    /** Throws an exception if a job failed because the model could not be loaded again and again, whatever the recording. */
    void throwIfNotLoadable(JobEnd.Failed failure) {
        if (pool.state().failedModels().contains(model)) {
            throw new ModelException("The model " + model.id() + " cannot be loaded on this executor: "
                    + failure.message() + " The log of the executor has the details.");
        }
    }

    /** Starts to transcribe a file. */
    Call start(String name, Path file, TranscribeOptions options, boolean alone) {
        return new Call(new JobRequest(model, name, file, options, alone));
    }

    /** A transcription that is queued or running. */
    final class Call implements JobListener {
        private final CompletableFuture<JobEnd> end = new CompletableFuture<>();
        private final Job job;

        private Call(JobRequest request) {
            job = pool.submit(request, this);
        }

        @Override
        public void onEnd(JobEnd how) {
            end.complete(how);
        }

        /** Waits for the end. */
        JobEnd await() throws InterruptedException {
            try {
                return end.get();
            } catch (ExecutionException e) {
                throw new IllegalStateException(e);
            }
        }

        void cancel() {
            job.cancel();
        }
    }
}
