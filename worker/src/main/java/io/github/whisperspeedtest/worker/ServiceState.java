package io.github.whisperspeedtest.worker;

import io.github.whisperspeedtest.transcription.EngineParameters;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state of a service at one moment, and counts since its start.
 *
 * @param queued jobs that wait
 * @param running jobs that engines are transcribing
 * @param liveStreams open live streams
 * @param workers the child JVMs that have a model or are loading one
 * @param failedModels models that could not be loaded; a request tries again
 * @param crashes child JVMs that ended without being asked to
 * @param evictions models that were unloaded to make room for others
 * @param batches calls that transcribed several recordings at once
 * @param closing whether new jobs are refused
 */
public record ServiceState(
        int queued,
        int running,
        int liveStreams,
        List<Worker> workers,
        List<ServedModel> failedModels,
        long crashes,
        long evictions,
        long batches,
        boolean closing) {
    /** Copies the lists. */
    public ServiceState {
        workers = List.copyOf(workers);
        failedModels = List.copyOf(failedModels);
    }

    /**
     * A child JVM.
     *
     * @param model its model
     * @param parameters what the model runs with; null while it is being loaded
     * @param pid id of the process, 0 before it has started
     */
    public record Worker(ServedModel model, @Nullable EngineParameters parameters, long pid) {
        /** Returns whether the model is loaded. */
        public boolean ready() {
            return parameters != null;
        }
    }
}
