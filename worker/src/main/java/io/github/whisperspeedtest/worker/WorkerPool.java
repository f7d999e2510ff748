package io.github.whisperspeedtest.worker;

import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.model.ResolvedModel;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.Transcribers;
import io.github.whisperspeedtest.streaming.StreamingOptions;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import java.time.Duration;
import java.util.List;

/**
 * Transcribes in child JVMs, each with one loaded model.
 *
 * <p>Children are started when something needs them and keep their models. Where memory is short, the model that was not used for the
 * longest time is unloaded. Recordings and live streams of a model share its children: with two or more children, recordings do not run
 * where live audio does as long as another child is there; with one, live audio waits for a recording that is being transcribed. No
 * request downloads anything.
 */
public final class WorkerPool implements TranscriptionService {
    private final WhisperSpeedtest library;
    private final ServedModels models;
    private final Dispatcher dispatcher;

    private WorkerPool(WhisperSpeedtest library, WorkerSettings settings) {
        this.library = library;
        models = new ServedModels(library, settings.defaultModel(), settings.allowed());
        dispatcher = new Dispatcher(library, settings);
    }

    /**
     * Starts a service, and begins to load its default model.
     *
     * @throws io.github.whisperspeedtest.error.WhisperSpeedtestException if the default model is unknown or not on this machine, or its
     *     implementation does not support the load options
     */
    public static WorkerPool start(WhisperSpeedtest library, WorkerSettings settings) {
        ServedModel model = settings.defaultModel();
        Implementation implementation = library.registry().require(model.implementation());
        ResolvedModel resolved = library.models().resolve(implementation, model.model());
        if (!resolved.isPresent() && !resolved.isGenerated()) {
            // Throws with the command that downloads it.
            library.models().prepare(resolved);
        }
        Transcribers.check(implementation, settings.load());
        WorkerPool pool = new WorkerPool(library, settings);
        pool.dispatcher.preload(model);
        return pool;
    }

    @Override
    public List<ServedModel> models() {
        return models.all();
    }

    @Override
    public ServedModel require(String name) {
        return models.require(name);
    }

    @Override
    public void check(ServedModel model, TranscribeOptions options) {
        Transcribers.check(library.registry().require(model.implementation()), options);
    }

    @Override
    public Job submit(JobRequest request, JobListener listener) {
        return dispatcher.submit(request, listener);
    }

    @Override
    public LiveStream openLive(ServedModel model, StreamingOptions options, LiveListener listener) {
        return dispatcher.openLive(model, options, listener);
    }

    @Override
    public ServiceState state() {
        return dispatcher.state();
    }

    @Override
    public boolean drain(Duration limit) throws InterruptedException {
        return dispatcher.drain(limit);
    }

    @Override
    public void close() {
        dispatcher.close();
    }
}
