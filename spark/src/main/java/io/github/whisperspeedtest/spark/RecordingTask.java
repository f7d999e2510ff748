package io.github.whisperspeedtest.spark;

import io.github.whisperspeedtest.transcription.Language;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.worker.JobEnd;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;
import org.apache.spark.util.TaskCompletionListener;
import org.jspecify.annotations.Nullable;

/**
 * Transcribes the recordings or pieces of a task, one result for each and in their order.
 *
 * <p>While the engine works, the next ones are fetched. A failure of a recording is its result; a failure of this machine, such as a missing
 * model or a full disk, fails the task, and Spark repeats it elsewhere.
 *
 * @param <T> recording or piece
 */
final class RecordingTask<T> implements Iterator<RecordingTask.Result<T>>, TaskCompletionListener {
    private final Iterator<T> items;
    private final Opener<T> opener;
    private final SparkOptions options;
    private final TranscribeOptions transcribe;
    private final Progress progress;
    private final int ahead;
    private final Deque<Open> open = new ArrayDeque<>();

    /**
     * Creates the task.
     *
     * @param opener makes a recording or piece readable
     */
    private RecordingTask(Iterator<T> items, Opener<T> opener, SparkOptions options, Progress progress) {
        this.items = items;
        this.opener = opener;
        this.options = options;
        this.progress = progress;
        transcribe = options.transcribe();
        // The engine has something to do when the oldest recording is finished, and a full batch if it can use one.
        ahead = 2 * options.batch();
    }

    /** Returns a task whose rest ends with the task of Spark that runs it. */
    static <T> RecordingTask<T> inTask(Iterator<T> items, Opener<T> opener, SparkOptions options, Progress progress) {
        RecordingTask<T> task = new RecordingTask<>(items, opener, options, progress);
        TaskContext.get().addTaskCompletionListener(task);
        return task;
    }

    /** Transcribes one recording. */
    static Transcript transcribe(Recording recording, Configuration hadoop, SparkOptions options, Progress progress) {
        RecordingTask<Recording> task =
                new RecordingTask<>(List.of(recording).iterator(), item -> Source.of(item, hadoop), options, progress);
        try {
            return task.next().transcript();
        } finally {
            task.close();
        }
    }

    @Override
    public boolean hasNext() {
        return !open.isEmpty() || items.hasNext();
    }

    @Override
    public Result<T> next() {
        try {
            while (open.size() < ahead && items.hasNext()) {
                T item = items.next();
                start(item, opener.open(item));
            }
            if (open.isEmpty()) {
                throw new NoSuchElementException();
            }
            Open first = open.element();
            Transcript result = first.result();
            open.remove().close();
            progress.add(result);
            return new Result<>(first.item, result);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TaskKilledException("interrupted");
        }
    }

    private void start(T item, Source source) {
        Open started = new Open(item, source);
        open.add(started);
        if (source.file != null) {
            started.model = ExecutorModel.of(options);
            started.call = started.model.start(source.name, source.file.path(), optionsOf(source));
        }
    }

    private TranscribeOptions optionsOf(Source source) {
        return source.language == null
                ? transcribe
                : transcribe.toBuilder().language(Language.of(source.language)).build();
    }

    /** Stops what is left of a task that was killed or failed. */
    @Override
    public void onTaskCompletion(TaskContext context) {
        close();
    }

    private void close() {
        open.forEach(Open::close);
        open.clear();
    }

    /** Makes a recording or piece readable. */
    interface Opener<T> {
        Source open(T item) throws InterruptedException;
    }

    /** A recording or piece with its result. */
    record Result<T>(T item, Transcript transcript) {}

    /** A recording that is being transcribed, or cannot be. */
    private final class Open {
        private final T item;
        private final Source source;
        private @Nullable ExecutorModel model;
        private ExecutorModel.@Nullable Call call;

        private Open(T item, Source source) {
            this.item = item;
            this.source = source;
        }

        private Transcript result() throws InterruptedException {
            ExecutorModel used = model;
            if (used == null || call == null) {
                return Transcript.failed(source.path, options.implementation(), source.error);
            }
            JobEnd end = call.await();
            if (end instanceof JobEnd.Failed failed) {
                return Transcript.failed(source.path, options.implementation(), failed.message());
            }
            return Transcript.of(
                    source.path,
                    ((JobEnd.Transcribed) end).transcription(),
                    options.implementation(),
                    used.identity(),
                    used.engine());
        }

        private void close() {
            if (call != null) {
                call.cancel();
            }
            source.close();
        }
    }
}
