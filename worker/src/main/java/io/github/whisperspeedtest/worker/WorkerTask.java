package io.github.whisperspeedtest.worker;

import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.audio.AudioFiles;
import io.github.whisperspeedtest.error.AudioException;
import io.github.whisperspeedtest.error.AudioTooLongException;
import io.github.whisperspeedtest.error.EngineOutOfMemoryException;
import io.github.whisperspeedtest.error.RuntimeUnavailableException;
import io.github.whisperspeedtest.process.ChildReporter;
import io.github.whisperspeedtest.process.ChildTask;
import io.github.whisperspeedtest.process.Signals;
import io.github.whisperspeedtest.registry.ImplementationRegistry;
import io.github.whisperspeedtest.spi.Availability;
import io.github.whisperspeedtest.spi.BatchTranscriber;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.ImplementationContext;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.streaming.StreamingModel;
import io.github.whisperspeedtest.transcription.Segment;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Transcriber;
import io.github.whisperspeedtest.transcription.Transcription;
import io.github.whisperspeedtest.transcription.TranscriptionListener;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads one model in a child JVM and transcribes recordings and live streams with it until the parent ends the process.
 *
 * <p>Recordings are decoded here too, so neither a decoder nor an engine can harm the parent.
 */
public final class WorkerTask implements ChildTask<WorkerTask.Input, WorkerEvent, Void> {
    /** Bounds the memory of a batch; beyond it, recordings are transcribed alone. */
    private static final Duration LONGEST_BATCH = Duration.ofMinutes(10);

    private static final Logger LOG = LoggerFactory.getLogger(WorkerTask.class);

    /** Creates the task. */
    public WorkerTask() {}

    /**
     * The model.
     *
     * @param implementation id of the implementation
     * @param context the directories and settings for it
     * @param files the model's files
     * @param load how to load the model
     * @param maxDuration the longest recording
     */
    public record Input(
            String implementation,
            ImplementationContext context,
            ModelFiles files,
            LoadOptions load,
            Duration maxDuration) {}

    @Override
    public @Nullable Void run(Input input, ChildReporter<WorkerEvent> reporter) throws InterruptedException {
        // Those of a terminal reach this process too, and the parent still waits for its answers. It ends this process
        // by itself.
        AtomicInteger signals = new AtomicInteger();
        Signals.TERMINATING.forEach(signal -> Signals.handle(signal, signals::incrementAndGet));
        reporter.report(new WorkerEvent.Loading(ProcessHandle.current().pid()));
        Implementation implementation = ImplementationRegistry.discover(
                        WorkerTask.class.getClassLoader(), unused -> input.context())
                .require(input.implementation());
        if (implementation.availability() instanceof Availability.Unavailable missing) {
            throw new RuntimeUnavailableException(missing.problem(), null);
        }
        try (StreamingModel model = StreamingModel.open(implementation, input.context(), input.files(), input.load())) {
            RunningJobs running = new RunningJobs(Thread.currentThread());
            LiveStreams streams = new LiveStreams(model, input.files().byName().values(), reporter, running::abort);
            Thread reader = new Thread(() -> readCommands(reporter, running, streams), "worker-commands");
            reader.setDaemon(true);
            reader.start();
            reporter.report(new WorkerEvent.Loaded(
                    canBatch(model.transcriber()), model.transcriber().parameters()));
            for (WorkerCommand.Transcribe next = running.await(); next != null; next = running.await()) {
                new Recordings(input, model.transcriber(), running, signals, reporter).transcribe(next);
                running.clear();
                reporter.report(new WorkerEvent.Idle());
            }
            streams.closeAll();
        }
        return null;
    }

    private static boolean canBatch(Transcriber transcriber) {
        return transcriber instanceof BatchTranscriber batches
                && batches.canBatch(Duration.ofSeconds(1), TranscribeOptions.defaults());
    }

    private static void readCommands(ChildReporter<WorkerEvent> reporter, RunningJobs running, LiveStreams streams) {
        try {
            while (true) {
                obey(reporter.awaitCommand(WorkerCommand.class), running, streams, reporter);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void obey(
            WorkerCommand command, RunningJobs running, LiveStreams streams, ChildReporter<WorkerEvent> reporter) {
        if (command instanceof WorkerCommand.Transcribe transcribe) {
            running.add(transcribe);
        } else if (command instanceof WorkerCommand.Cancel cancel) {
            running.cancel(cancel.job());
        } else if (command instanceof WorkerCommand.OpenLive open) {
            streams.open(open);
        } else if (command instanceof WorkerCommand.Append append) {
            streams.append(append);
        } else if (command instanceof WorkerCommand.Finish finish) {
            streams.finish(finish.stream());
        } else if (command instanceof WorkerCommand.CloseLive close) {
            streams.close(close.stream());
        } else if (command instanceof WorkerCommand.Ping) {
            reporter.report(new WorkerEvent.Pong());
        } else if (command instanceof WorkerCommand.End) {
            running.finish();
        }
    }

    /** Transcribes the recordings of one command. */
    private static final class Recordings {
        private final Input input;
        private final Transcriber transcriber;
        private final RunningJobs running;
        private final AtomicInteger signals;
        private final ChildReporter<WorkerEvent> reporter;

        Recordings(
                Input input,
                Transcriber transcriber,
                RunningJobs running,
                AtomicInteger signals,
                ChildReporter<WorkerEvent> reporter) {
            this.input = input;
            this.transcriber = transcriber;
            this.running = running;
            this.signals = signals;
            this.reporter = reporter;
        }

        void transcribe(WorkerCommand.Transcribe command) {
            List<WorkerCommand.Item> alone =
                    command.recordings().size() > 1 && transcriber instanceof BatchTranscriber batches
                            ? transcribeTogether(command, batches)
                            : command.recordings();
            for (WorkerCommand.Item item : alone) {
                transcribe(item, command.options());
            }
        }

        /** Transcribes recordings at once, and returns those that must be transcribed alone. */
        private List<WorkerCommand.Item> transcribeTogether(
                WorkerCommand.Transcribe command, BatchTranscriber batches) {
            List<WorkerCommand.Item> alone = new ArrayList<>();
            Map<WorkerCommand.Item, Audio> together = new LinkedHashMap<>();
            Duration length = Duration.ZERO;
            for (WorkerCommand.Item item : command.recordings()) {
                Audio audio = readForBatch(item, alone);
                if (audio == null) {
                    continue;
                }
                Duration all = length.plus(audio.duration());
                if (all.compareTo(LONGEST_BATCH) <= 0 && batches.canBatch(audio.duration(), command.options())) {
                    together.put(item, audio);
                    length = all;
                } else {
                    alone.add(item);
                }
            }
            if (together.size() < 2 || !transcribeAll(together, command.options(), batches)) {
                alone.addAll(0, together.keySet());
            }
            return alone;
        }

        /**
         * Returns the audio of a recording; null if its job has ended because that failed, or if it is too long for a batch and was added
         * to those that must be transcribed alone.
         */
        private @Nullable Audio readForBatch(WorkerCommand.Item item, List<WorkerCommand.Item> alone) {
            running.begin(item.job());
            try {
                Duration most = input.maxDuration();
                return decode(item, most.compareTo(LONGEST_BATCH) < 0 ? most : LONGEST_BATCH);
            } catch (AudioTooLongException e) {
                alone.add(item);
                return null;
            } catch (OutOfMemoryError e) {
                end(item, Failures.of(e, files(item)));
                throw e;
            } catch (RuntimeException | LinkageError | StackOverflowError e) {
                LOG.debug("A transcription failed", e);
                end(item, Failures.of(e, files(item)));
                return null;
            } finally {
                running.end();
            }
        }

        /** Decodes a recording, again after a signal of the terminal, which ends an ffmpeg that decodes. */
        private Audio decode(WorkerCommand.Item item, Duration limit) {
            while (true) {
                int before = signals.get();
                try {
                    Audio audio = AudioFiles.read(item.name(), item.recording(), limit);
                    if (signals.get() == before) {
                        return audio;
                    }
                } catch (AudioException e) {
                    if (signals.get() == before) {
                        throw e;
                    }
                }
            }
        }

        /** Transcribes recordings at once; returns false if that failed, so that each must be tried alone. */
        private boolean transcribeAll(
                Map<WorkerCommand.Item, Audio> recordings, TranscribeOptions options, BatchTranscriber batches) {
            List<WorkerCommand.Item> items = List.copyOf(recordings.keySet());
            List<Long> jobs = items.stream().map(WorkerCommand.Item::job).toList();
            List<Transcription> results;
            running.begin(jobs);
            try {
                reporter.report(new WorkerEvent.Batched(jobs));
                jobs.forEach(job -> reporter.report(new WorkerEvent.Started(job)));
                results = batches.transcribeAll(List.copyOf(recordings.values()), options);
            } catch (OutOfMemoryError e) {
                items.forEach(item -> end(item, Failures.of(e, files(item))));
                throw e;
            } catch (RuntimeException e) {
                LOG.warn("A batch of {} recordings failed", items.size(), e);
                return false;
            } finally {
                running.end();
            }
            for (int i = 0; i < items.size(); i++) {
                WorkerCommand.Item item = items.get(i);
                results.get(i)
                        .segments()
                        .forEach(segment -> reporter.report(new WorkerEvent.Found(item.job(), segment)));
                end(item, transcribed(item, results.get(i)));
            }
            return true;
        }

        private JobEnd.Transcribed transcribed(WorkerCommand.Item item, Transcription result) {
            return new JobEnd.Transcribed(result.withWarnings(result.warnings().stream()
                    .map(warning -> Failures.withoutPaths(warning, files(item)))
                    .toList()));
        }

        private void transcribe(WorkerCommand.Item item, TranscribeOptions options) {
            running.begin(item.job());
            try {
                Audio audio = decode(item, input.maxDuration());
                reporter.report(new WorkerEvent.Started(item.job()));
                Transcription result = transcriber.transcribe(audio, options, new TranscriptionListener() {
                    @Override
                    public void onSegment(Segment segment) {
                        reporter.report(new WorkerEvent.Found(item.job(), segment));
                    }
                });
                end(item, transcribed(item, result));
            } catch (EngineOutOfMemoryException | OutOfMemoryError e) {
                end(item, Failures.of(e, files(item)));
                throw e;
            } catch (RuntimeException | LinkageError | StackOverflowError e) {
                LOG.debug("A transcription failed", e);
                end(item, Failures.of(e, files(item)));
            } finally {
                running.end();
            }
        }

        private void end(WorkerCommand.Item item, JobEnd end) {
            reporter.report(new WorkerEvent.Ended(item.job(), end));
        }

        private List<Path> files(WorkerCommand.Item item) {
            List<Path> files = new ArrayList<>(input.files().byName().values());
            files.add(item.recording());
            return files;
        }
    }
}
