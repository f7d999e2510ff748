package io.github.whisperspeedtest.worker;

import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.error.ErrorKind;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.model.ModelMemory;
import io.github.whisperspeedtest.process.ChildOutcome;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.streaming.StreamingOptions;
import io.github.whisperspeedtest.worker.JobEnd.Reason;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives jobs and live streams to workers, and starts and ends workers.
 *
 * <p>All state changes under one lock, which is never held while a listener, the disk or a process is waited for. After each change
 * {@link #schedule} does what has become possible.
 */
final class Dispatcher {
    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);

    /** How long a worker may take to stop a job at its time limit. */
    private static final Duration STOP_LIMIT = Duration.ofSeconds(10);

    /**
     * The same for a job that its client cancelled. A window of a large model on a slow machine takes many seconds, and loading the
     * model again takes longer.
     */
    private static final Duration CANCEL_LIMIT = Duration.ofSeconds(60);

    private static final Duration PING_INTERVAL = Duration.ofSeconds(10);

    /** A worker that reads no command for so many intervals is stopped or hangs. */
    private static final int MOST_PINGS = 6;

    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(20);

    /** How long a worker may take to free its model and delete its temporary files. */
    private static final Duration END_LIMIT = Duration.ofSeconds(5);

    /** When streams are refused, nothing tells when one of the others ends. */
    private static final Duration LIVE_RETRY = Duration.ofSeconds(10);

    /** Weight of the last job in the average time of a job. */
    private static final double NEW_SHARE = 0.3;

    private final WhisperSpeedtest library;
    private final WorkerSettings settings;
    private final long budget;
    private final Object lock = new Object();
    private final Map<ServedModel, ModelSlot> slots = new LinkedHashMap<>();
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> daemon("worker-pool-events", task));
    private final ScheduledThreadPoolExecutor timer =
            new ScheduledThreadPoolExecutor(1, task -> daemon("worker-pool-timer", task));
    private long lastId;
    private int queued;
    private int running;
    private int liveStreams;

    /** Jobs and streams whose last event was not delivered yet. */
    private int open;

    private long crashes;
    private long evictions;
    private long batches;
    private double averageSeconds;
    private boolean closing;
    private boolean closed;

    Dispatcher(WhisperSpeedtest library, WorkerSettings settings) {
        this.library = library;
        this.settings = settings;
        budget = settings.memory() > 0 ? settings.memory() : ModelMemory.budget();
        timer.setRemoveOnCancelPolicy(true);
        timer.scheduleWithFixedDelay(
                this::ping, PING_INTERVAL.toMillis(), PING_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static Thread daemon(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    /** Starts to load a model before anything needs it. */
    void preload(ServedModel model) {
        Implementation implementation = library.registry().require(model.implementation());
        synchronized (lock) {
            slot(model, implementation).preload = true;
            schedule();
        }
    }

    QueuedJob submit(JobRequest request, JobListener listener) {
        ServedModel model = request.model();
        Implementation implementation = library.registry().require(model.implementation());
        synchronized (lock) {
            refuseIfClosing();
            if (queued >= settings.queue()) {
                throw new RefusedException(
                        queued + " recordings are waiting, and the queue takes no more.", false, untilNextJobEnds());
            }
            ModelSlot slot = slot(model, implementation);
            QueuedJob job = new QueuedJob(this, ++lastId, slot, request, listener, new SerialExecutor(threads));
            slot.jobs.add(job);
            queued++;
            open++;
            schedule();
            return job;
        }
    }

    LiveCall openLive(ServedModel model, StreamingOptions options, LiveListener listener) {
        Implementation implementation = library.registry().require(model.implementation());
        synchronized (lock) {
            refuseIfClosing();
            if (liveStreams >= settings.liveStreams()) {
                throw new RefusedException(
                        liveStreams + " live streams are open, and the service takes no more.", false, LIVE_RETRY);
            }
            ModelSlot slot = slot(model, implementation);
            LiveCall stream = new LiveCall(this, ++lastId, slot, options, listener, new SerialExecutor(threads));
            slot.streams.add(stream);
            liveStreams++;
            open++;
            schedule();
            return stream;
        }
    }

    private void refuseIfClosing() {
        if (closing) {
            throw new RefusedException("The service is closing.", true, Duration.ofSeconds(30));
        }
    }

    private Duration untilNextJobEnds() {
        long busy = slots.values().stream()
                .flatMap(slot -> slot.workers.stream())
                .filter(worker -> !worker.jobs.isEmpty())
                .count();
        return Duration.ofSeconds(Math.max(1, (long) Math.ceil(averageSeconds / Math.max(1, busy))));
    }

    private ModelSlot slot(ServedModel model, Implementation implementation) {
        return slots.computeIfAbsent(model, unused -> new ModelSlot(model, implementation));
    }

    void cancel(QueuedJob job) {
        synchronized (lock) {
            stop(job, new JobEnd.Failed(Reason.CANCELLED, "The transcription was cancelled."));
            schedule();
        }
    }

    /** Ends a job early. Its worker stays busy until it has stopped. */
    private void stop(QueuedJob job, JobEnd.Failed how) {
        Worker worker = job.worker;
        if (end(job, how) && worker != null) {
            worker.send(new WorkerCommand.Cancel(job.id));
            if (worker.jobs.values().stream().allMatch(other -> other.hasEnded)) {
                after(CANCEL_LIMIT, () -> killIfAtWork(worker, job.id));
            }
        }
    }

    /** Ends a job unless it has ended; returns whether it had not. */
    private boolean end(QueuedJob job, JobEnd how) {
        if (job.hasEnded) {
            return false;
        }
        job.hasEnded = true;
        if (job.worker == null) {
            job.slot.jobs.remove(job);
            queued--;
        } else {
            running--;
        }
        cancel(job.timer);
        deliverLast(job.delivery, () -> job.listener.onEnd(how));
        return true;
    }

    private void deliverLast(Executor delivery, Runnable event) {
        delivery.execute(() -> {
            try {
                event.run();
            } finally {
                synchronized (lock) {
                    open--;
                    lock.notifyAll();
                }
            }
        });
    }

    boolean append(LiveCall stream, byte[] pcm) {
        synchronized (lock) {
            if (stream.hasEnded || stream.isFinished) {
                return true;
            }
            if (!stream.hasRoomFor(pcm.length)) {
                return false;
            }
            byte[] samples = stream.wholeSamples(pcm);
            if (samples.length > 0) {
                stream.sent(samples.length);
                if (stream.worker == null) {
                    stream.early.add(samples);
                } else {
                    stream.worker.send(new WorkerCommand.Append(stream.id, samples));
                }
            }
            return true;
        }
    }

    void finish(LiveCall stream) {
        synchronized (lock) {
            if (stream.hasEnded || stream.isFinished) {
                return;
            }
            stream.isFinished = true;
            if (stream.worker != null) {
                sendFinish(stream, stream.worker);
            }
        }
    }

    private void sendFinish(LiveCall stream, Worker worker) {
        worker.send(new WorkerCommand.Finish(stream.id));
        stream.timer = after(settings.timeLimit(), () -> {
            if (!stream.hasEnded) {
                kill(worker, "The live stream did not end in time, and the engine was stopped. Try again.");
            }
        });
    }

    void close(LiveCall stream) {
        synchronized (lock) {
            Worker worker = stream.worker;
            if (fail(stream, new JobEnd.Failed(Reason.CANCELLED, "The live stream was cancelled.")) && worker != null) {
                worker.send(new WorkerCommand.CloseLive(stream.id));
            }
            schedule();
        }
    }

    private boolean fail(LiveCall stream, JobEnd.Failed failure) {
        return end(stream, () -> stream.listener.onFailure(failure));
    }

    private boolean end(LiveCall stream, Runnable event) {
        if (stream.hasEnded) {
            return false;
        }
        stream.hasEnded = true;
        stream.early.clear();
        stream.slot.streams.remove(stream);
        if (stream.worker != null) {
            stream.worker.streams.remove(stream.id);
        }
        stream.slot.lastUsed = System.nanoTime();
        liveStreams--;
        cancel(stream.timer);
        deliverLast(stream.delivery, event);
        return true;
    }

    ServiceState state() {
        synchronized (lock) {
            return new ServiceState(
                    queued,
                    running,
                    liveStreams,
                    slots.values().stream()
                            .flatMap(slot -> slot.workers.stream())
                            .filter(worker -> worker.state != Worker.State.ENDING)
                            .map(worker -> new ServiceState.Worker(worker.slot.model, worker.parameters, worker.pid))
                            .toList(),
                    slots.values().stream()
                            .filter(ModelSlot::isGivenUp)
                            .map(slot -> slot.model)
                            .toList(),
                    crashes,
                    evictions,
                    batches,
                    closing);
        }
    }

    boolean drain(Duration limit) throws InterruptedException {
        synchronized (lock) {
            closing = true;
            return awaitNothingOpen(limit);
        }
    }

    private boolean awaitNothingOpen(Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        long left = limit.toNanos();
        while (open > 0 && left > 0) {
            TimeUnit.NANOSECONDS.timedWait(lock, left);
            left = end - System.nanoTime();
        }
        return open == 0;
    }

    void close() {
        List<Worker> ending = new ArrayList<>();
        synchronized (lock) {
            closing = true;
            closed = true;
            JobEnd.Failed cancelled = new JobEnd.Failed(Reason.CANCELLED, "The service was closed.");
            for (ModelSlot slot : slots.values()) {
                List.copyOf(slot.jobs).forEach(job -> end(job, cancelled));
                List.copyOf(slot.streams).forEach(stream -> fail(stream, cancelled));
                for (Worker worker : slot.workers) {
                    failAll(worker, cancelled);
                    retire(worker, cancelled.message());
                    ending.add(worker);
                }
            }
            timer.shutdownNow();
        }
        try {
            long end = System.nanoTime() + CLOSE_LIMIT.toNanos();
            long ownEnd = System.nanoTime() + END_LIMIT.toNanos();
            for (Worker worker : ending) {
                worker.join(Duration.ofNanos(Math.max(0, ownEnd - System.nanoTime())));
            }
            killAll(ending);
            for (Worker worker : ending) {
                worker.join(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
            }
            synchronized (lock) {
                awaitNothingOpen(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
            }
        } catch (InterruptedException e) {
            killAll(ending);
            Thread.currentThread().interrupt();
        }
    }

    private void killAll(List<Worker> workers) {
        synchronized (lock) {
            workers.forEach(Worker::kill);
        }
    }

    /** Does what has become possible: the oldest requests first, but no model waits for another one that is busy. */
    private void schedule() {
        if (closed) {
            return;
        }
        Set<Worker> reserved = new HashSet<>();
        List<ModelSlot> order = slots.values().stream()
                .filter(slot -> slot.preload || slot.oldest() < Long.MAX_VALUE)
                .sorted(Comparator.comparingLong(ModelSlot::oldest))
                .toList();
        for (ModelSlot slot : order) {
            sendStreams(slot, reserved);
            sendJobs(slot, reserved);
            boolean started = true;
            while (started && slot.wantsWorker(settings.workers())) {
                started = start(slot, reserved);
            }
        }
    }

    private void sendStreams(ModelSlot slot, Set<Worker> reserved) {
        while (!slot.streams.isEmpty()) {
            Worker worker = slot.workers.stream()
                    .filter(candidate -> candidate.state == Worker.State.READY && !reserved.contains(candidate))
                    .min(Comparator.comparing((Worker candidate) -> !candidate.jobs.isEmpty())
                            .thenComparing(candidate -> candidate.streams.size()))
                    .orElse(null);
            if (worker == null || !worker.jobs.isEmpty() && canGrow(slot)) {
                return;
            }
            send(slot.streams.remove(), worker);
        }
    }

    private void send(LiveCall stream, Worker worker) {
        stream.worker = worker;
        worker.streams.put(stream.id, stream);
        worker.send(new WorkerCommand.OpenLive(stream.id, stream.options));
        stream.early.forEach(samples -> worker.send(new WorkerCommand.Append(stream.id, samples)));
        stream.early.clear();
        if (stream.isFinished) {
            sendFinish(stream, worker);
        }
    }

    private void sendJobs(ModelSlot slot, Set<Worker> reserved) {
        while (!slot.jobs.isEmpty()) {
            List<Worker> idle = slot.workers.stream()
                    .filter(worker -> worker.isIdle() && !reserved.contains(worker))
                    .sorted(Comparator.comparing(worker -> worker.streams.size()))
                    .toList();
            if (idle.isEmpty() || !idle.get(0).streams.isEmpty() && hasOrGetsWorkerWithoutStreams(slot)) {
                return;
            }
            send(nextJobs(slot, idle), idle.get(0));
        }
    }

    /** Live audio does not wait for a whole recording where another worker can transcribe the recording. */
    private boolean hasOrGetsWorkerWithoutStreams(ModelSlot slot) {
        return canGrow(slot)
                || slot.workers.stream()
                        .anyMatch(worker -> worker.state != Worker.State.ENDING && worker.streams.isEmpty());
    }

    /** Returns whether a further worker is loading or may be started now. */
    private boolean canGrow(ModelSlot slot) {
        return slot.workers.stream().anyMatch(worker -> worker.state == Worker.State.LOADING)
                || slot.workers.size() < settings.workers() && slot.nanosToWait() == 0 && slot.bytes <= budget - used();
    }

    /** Removes the next job of a model and, if its worker can take several, others with the same options. */
    private List<QueuedJob> nextJobs(ModelSlot slot, List<Worker> idle) {
        List<QueuedJob> jobs = new ArrayList<>();
        QueuedJob first = slot.jobs.remove();
        jobs.add(first);
        if (idle.get(0).batches && !first.request.alone()) {
            // Several workers that are idle share the work.
            int most = Math.min(settings.batch(), (slot.jobs.size() + idle.size()) / idle.size());
            for (QueuedJob job : List.copyOf(slot.jobs)) {
                if (jobs.size() < most
                        && !job.request.alone()
                        && job.request.options().equals(first.request.options())) {
                    slot.jobs.remove(job);
                    jobs.add(job);
                }
            }
        }
        return jobs;
    }

    private void send(List<QueuedJob> jobs, Worker worker) {
        List<WorkerCommand.Item> items = new ArrayList<>();
        worker.slot.lastUsed = System.nanoTime();
        for (QueuedJob job : jobs) {
            job.worker = worker;
            job.sentAt = System.nanoTime();
            // Jobs that cannot be in one batch follow each other. When one of them starts, its own time begins.
            job.timer = after(settings.timeLimit().multipliedBy(items.size() + 1), () -> exceedTime(job));
            worker.jobs.put(job.id, job);
            queued--;
            running++;
            items.add(new WorkerCommand.Item(
                    job.id, job.request.name(), job.request.file().toAbsolutePath()));
        }
        long id = jobs.get(0).id;
        worker.watchdog =
                after(settings.timeLimit().multipliedBy(items.size()).plus(STOP_LIMIT), () -> killIfAtWork(worker, id));
        worker.send(new WorkerCommand.Transcribe(items, jobs.get(0).request.options()));
    }

    /** Kills a worker that still has a job, which has been told to stop. */
    private void killIfAtWork(Worker worker, long job) {
        if (worker.jobs.containsKey(job)) {
            kill(worker, "The engine did not answer and was stopped. Try again.");
        }
    }

    private void exceedTime(QueuedJob job) {
        if (job.hasEnded) {
            return;
        }
        stop(
                job,
                new JobEnd.Failed(
                        Reason.TIME_LIMIT,
                        "The transcription took longer than " + seconds(settings.timeLimit())
                                + " s. Split the recording, or use a smaller model."));
    }

    private static String seconds(Duration duration) {
        return duration.toMillis() % 1000 == 0
                ? String.valueOf(duration.toSeconds())
                : String.valueOf(duration.toMillis() / 1000.0);
    }

    /** Starts a worker, or makes room for it; returns whether one was started. */
    private boolean start(ModelSlot slot, Set<Worker> reserved) {
        ModelFiles files = slot.files;
        long wait = slot.nanosToWait();
        if (wait > 0) {
            if (!slot.retries) {
                slot.retries = true;
                after(Duration.ofNanos(wait), () -> {
                    slot.retries = false;
                    schedule();
                });
            }
            return false;
        }
        if (files == null) {
            prepare(slot);
            return false;
        }
        if (slot.bytes > budget) {
            slot.preload = false;
            failWaiting(
                    slot,
                    new JobEnd.Failed(
                            Reason.MODEL,
                            "The model " + slot.model.id() + " needs about " + megabytes(slot.bytes)
                                    + " MB of memory, but models may use only " + megabytes(budget)
                                    + " MB. Use a smaller model."));
            return false;
        }
        if (slot.bytes > budget - used()) {
            // A further worker is a gain in speed, which is not worth unloading another model.
            if (slot.workers.isEmpty()) {
                makeRoom(slot, reserved);
            }
            return false;
        }
        launch(slot, files);
        return true;
    }

    private long used() {
        return slots.values().stream()
                .mapToLong(slot -> slot.bytes * slot.workers.size())
                .sum();
    }

    /**
     * Ends idle workers, those of the model that was not used for the longest time first. Reserves busy ones only if that is not enough,
     * and unloads nothing if all of them are not enough.
     */
    private void makeRoom(ModelSlot slot, Set<Worker> reserved) {
        long missing = slot.bytes - (budget - used());
        boolean waits = false;
        List<Worker> candidates = new ArrayList<>();
        List<ModelSlot> others = slots.values().stream()
                .filter(other -> other != slot && !other.workers.isEmpty())
                .sorted(Comparator.comparingLong(other -> other.lastUsed))
                .toList();
        for (ModelSlot other : others) {
            // What waits for longer comes first.
            boolean isOlder = other.oldest() < slot.oldest();
            for (Worker worker : other.workers) {
                if (worker.state == Worker.State.ENDING) {
                    missing -= other.bytes;
                } else if (isOlder) {
                    waits = true;
                } else if (worker.streams.isEmpty()) {
                    candidates.add(worker);
                }
            }
        }
        long possible =
                candidates.stream().mapToLong(worker -> worker.slot.bytes).sum();
        if (possible < missing) {
            if (!waits) {
                failWaiting(
                        slot,
                        new JobEnd.Failed(
                                Reason.ENGINE,
                                "The model " + slot.model.id() + " needs about " + megabytes(slot.bytes)
                                        + " MB of memory, which the models of live streams use. Try again later."));
            }
            return;
        }
        candidates.sort(Comparator.comparing(worker -> !worker.isIdle()));
        Set<ModelSlot> evicted = new HashSet<>();
        for (Worker worker : candidates) {
            if (missing <= 0) {
                break;
            }
            missing -= worker.slot.bytes;
            reserved.add(worker);
            if (worker.isIdle()) {
                LOG.info("Unloading {} to make room for {}", worker.slot.model.id(), slot.model.id());
                retire(worker, "The model was unloaded.");
                evicted.add(worker.slot);
            }
        }
        evictions += evicted.size();
    }

    private static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%d", Math.round(bytes / 1e6));
    }

    /** Finds the files of a model; those of the demo model and of random models are written if they are missing. */
    private void prepare(ModelSlot slot) {
        if (slot.preparing) {
            return;
        }
        slot.preparing = true;
        threads.execute(() -> {
            ModelFiles files = null;
            Throwable failure = null;
            long bytes = 0;
            try {
                files = library.models().filesOf(slot.implementation, slot.model.model());
                bytes = ModelMemory.estimate(files);
            } catch (RuntimeException | Error e) {
                failure = e;
            }
            synchronized (lock) {
                slot.preparing = false;
                if (failure == null) {
                    slot.files = files;
                    slot.bytes = bytes;
                } else {
                    LOG.warn("Cannot find the files of {}: {}", slot.model.id(), failure.getMessage());
                    slot.failed(true);
                    failWaitingUnlessWorks(
                            slot,
                            failure instanceof WhisperSpeedtestException
                                    ? new JobEnd.Failed(
                                            Reason.MODEL,
                                            Failures.withoutPaths(String.valueOf(failure.getMessage()), List.of()))
                                    : Failures.of(failure, List.of()));
                }
                schedule();
            }
        });
    }

    private void launch(ModelSlot slot, ModelFiles files) {
        WorkerTask.Input input = new WorkerTask.Input(
                slot.implementation.id(),
                library.contextOf(slot.implementation),
                files,
                settings.load(),
                settings.maxDuration());
        Worker worker = new Worker(slot, library.children(), input, this::onEvent, this::onEnd);
        slot.workers.add(worker);
        worker.timer = after(
                settings.timeLimit(),
                () -> kill(
                        worker, "The model was not loaded within " + seconds(settings.timeLimit()) + " s. Try again."));
        LOG.info("Loading {}", slot.model.id());
        worker.start();
    }

    /** Lets a worker end by itself, which deletes its temporary files. One that has not loaded its model takes no commands and is killed. */
    private void retire(Worker worker, String reason) {
        if (worker.state == Worker.State.READY) {
            worker.endReason = reason;
            worker.state = Worker.State.ENDING;
            worker.send(new WorkerCommand.End());
            worker.timer = after(END_LIMIT, worker::kill);
        } else {
            kill(worker, reason);
        }
    }

    private void kill(Worker worker, String reason) {
        if (worker.state != Worker.State.ENDING) {
            worker.endReason = reason;
            worker.wasLoading = worker.state == Worker.State.LOADING;
            worker.kill();
        }
    }

    private void onEvent(Worker worker, WorkerEvent event) {
        synchronized (lock) {
            if (worker.state == Worker.State.ENDING) {
                return;
            }
            if (event instanceof WorkerEvent.Loading loading) {
                worker.pid = loading.pid();
            } else if (event instanceof WorkerEvent.Loaded loaded) {
                onLoaded(worker, loaded);
            } else if (event instanceof WorkerEvent.Idle) {
                worker.jobs.clear();
                cancel(worker.watchdog);
                worker.slot.lastUsed = System.nanoTime();
                schedule();
            } else if (event instanceof WorkerEvent.Batched) {
                batches++;
            } else if (event instanceof WorkerEvent.Pong) {
                worker.pings = 0;
            } else if (!onJobEvent(worker, event)) {
                onStreamEvent(worker, event);
            }
        }
    }

    private void onLoaded(Worker worker, WorkerEvent.Loaded loaded) {
        LOG.info("Loaded {}", worker.slot.model.id());
        worker.state = Worker.State.READY;
        worker.batches = loaded.batches();
        worker.parameters = loaded.parameters();
        worker.slot.loaded();
        worker.slot.lastUsed = System.nanoTime();
        cancel(worker.timer);
        schedule();
    }

    private boolean onJobEvent(Worker worker, WorkerEvent event) {
        if (event instanceof WorkerEvent.Started started) {
            QueuedJob job = worker.jobs.get(started.job());
            // A job of a batch that failed starts again.
            if (job != null && !job.hasEnded && !job.hasStarted) {
                job.hasStarted = true;
                cancel(job.timer);
                job.timer = after(settings.timeLimit(), () -> exceedTime(job));
                job.delivery.execute(job.listener::onStart);
            }
        } else if (event instanceof WorkerEvent.Found found) {
            QueuedJob job = worker.jobs.get(found.job());
            if (job != null && !job.hasEnded) {
                job.delivery.execute(() -> job.listener.onSegment(found.segment()));
            }
        } else if (event instanceof WorkerEvent.Ended ended) {
            QueuedJob job = worker.jobs.get(ended.job());
            if (job != null && end(job, ended.end()) && ended.end() instanceof JobEnd.Transcribed) {
                double seconds = (System.nanoTime() - job.sentAt) / 1e9;
                averageSeconds = averageSeconds == 0 ? seconds : averageSeconds * (1 - NEW_SHARE) + seconds * NEW_SHARE;
            }
        } else {
            return false;
        }
        return true;
    }

    private void onStreamEvent(Worker worker, WorkerEvent event) {
        if (event instanceof WorkerEvent.LiveReceived received) {
            LiveCall stream = worker.streams.get(received.stream());
            if (stream != null) {
                stream.received(received.bytes());
            }
        } else if (event instanceof WorkerEvent.LiveReady ready) {
            LiveCall stream = worker.streams.get(ready.stream());
            if (stream != null) {
                stream.lowerLimit();
                stream.delivery.execute(stream.listener::onReady);
            }
        } else if (event instanceof WorkerEvent.LiveEvent live) {
            LiveCall stream = worker.streams.get(live.stream());
            if (stream != null) {
                stream.delivery.execute(() -> stream.listener.onEvent(live.event()));
            }
        } else if (event instanceof WorkerEvent.LiveEnded ended) {
            LiveCall stream = worker.streams.get(ended.stream());
            if (stream != null) {
                end(stream, () -> stream.listener.onEnd(ended.summary()));
                schedule();
            }
        } else if (event instanceof WorkerEvent.LiveFailed failed) {
            LiveCall stream = worker.streams.get(failed.stream());
            if (stream != null) {
                fail(stream, failed.failure());
                schedule();
            }
        }
    }

    /** Called when the process of a worker has ended, whatever the reason. */
    private void onEnd(Worker worker, @Nullable ChildOutcome<Void> outcome) {
        synchronized (lock) {
            ModelSlot slot = worker.slot;
            slot.workers.remove(worker);
            cancel(worker.timer);
            cancel(worker.watchdog);
            boolean wasLoading = worker.wasLoading || worker.state == Worker.State.LOADING;
            if (worker.endReason == null) {
                crashes++;
                LOG.warn("{} ended: {}", slot.model.id(), outcome == null ? "by a signal" : outcome.describe());
            }
            JobEnd.Failed failure = failure(worker, wasLoading, outcome);
            failAll(worker, failure);
            if (wasLoading && !closed) {
                onLoadFailed(slot, failure, outcome);
            }
            worker.state = Worker.State.ENDING;
            schedule();
        }
    }

    private void onLoadFailed(ModelSlot slot, JobEnd.Failed failure, @Nullable ChildOutcome<Void> outcome) {
        boolean lasting = outcome instanceof ChildOutcome.Failed<Void> failed
                && (failed.kind() == ErrorKind.MODEL || failed.kind() == ErrorKind.USER);
        boolean givenUp = slot.failed(lasting);
        if (givenUp) {
            failWaitingUnlessWorks(slot, failure);
        }
    }

    /** Fails what waits for a model, unless one of its workers can serve it. */
    private void failWaitingUnlessWorks(ModelSlot slot, JobEnd.Failed failure) {
        if (slot.workers.stream().noneMatch(worker -> worker.state == Worker.State.READY)) {
            failWaiting(slot, failure);
        }
    }

    private static JobEnd.Failed failure(Worker worker, boolean wasLoading, @Nullable ChildOutcome<Void> outcome) {
        if (worker.endReason != null) {
            return new JobEnd.Failed(Reason.ENGINE, worker.endReason);
        }
        if (outcome instanceof ChildOutcome.Failed<Void> failed) {
            List<Path> files = worker.slot.files == null
                    ? List.of()
                    : List.copyOf(worker.slot.files.byName().values());
            return new JobEnd.Failed(
                    failed.kind() == ErrorKind.MODEL || wasLoading && failed.kind() == ErrorKind.USER
                            ? Reason.MODEL
                            : Reason.ENGINE,
                    failed.kind() == ErrorKind.INTERNAL
                            ? "The engine failed. Try again."
                            : Failures.withoutPaths(failed.message(), files));
        }
        String signal = outcome instanceof ChildOutcome.Crashed<Void> crashed ? crashed.signal() : null;
        return new JobEnd.Failed(
                Reason.ENGINE,
                "The engine crashed" + (wasLoading ? " while it loaded the model" : "")
                        + (signal == null ? "" : " (" + signal + ")") + ". Try again.");
    }

    private void failAll(Worker worker, JobEnd.Failed failure) {
        worker.jobs.values().forEach(job -> end(job, failure));
        worker.jobs.clear();
        List.copyOf(worker.streams.values()).forEach(stream -> fail(stream, failure));
    }

    private void failWaiting(ModelSlot slot, JobEnd.Failed failure) {
        List.copyOf(slot.jobs).forEach(job -> end(job, failure));
        List.copyOf(slot.streams).forEach(stream -> fail(stream, failure));
    }

    /** Ends workers that no longer read commands, because they are stopped or hang. */
    private void ping() {
        synchronized (lock) {
            for (ModelSlot slot : slots.values()) {
                for (Worker worker : slot.workers) {
                    if (worker.state == Worker.State.READY) {
                        if (worker.pings >= MOST_PINGS) {
                            LOG.warn("{} does not answer", slot.model.id());
                            kill(worker, "The engine did not answer and was stopped. Try again.");
                        } else {
                            worker.pings++;
                            worker.send(new WorkerCommand.Ping());
                        }
                    }
                }
            }
        }
    }

    private @Nullable Future<?> after(Duration delay, Runnable work) {
        return closed
                ? null
                : timer.schedule(
                        () -> {
                            synchronized (lock) {
                                work.run();
                            }
                        },
                        delay.toNanos(),
                        TimeUnit.NANOSECONDS);
    }

    private static void cancel(@Nullable Future<?> timer) {
        if (timer != null) {
            timer.cancel(false);
        }
    }
}
