package io.github.whisperspeedtest.spark;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.whisperspeedtest.format.OptionsJson;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import java.io.Serializable;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How executors transcribe: the model and how it is loaded, the options of a transcription, and how the work is divided into tasks.
 *
 * <p>Immutable. Executors get it by Java serialization. It needs no classes of Spark, so that a program can check options before it starts Spark.
 */
public final class SparkOptions implements Serializable {
    /** The number of threads that stands for {@code spark.task.cpus}. */
    public static final int TASK_CPUS = 0;

    private static final long serialVersionUID = 1L;

    /** A window of Whisper is 30 s, and a piece is to have several. */
    private static final Duration SHORTEST_PIECE = Duration.ofMinutes(2);

    /** A piece is one record of a shuffle: 58 MB. */
    private static final Duration LONGEST_PIECE = Duration.ofMinutes(30);

    private final String implementation;
    private final String model;
    private final String device;
    private final String computeType;
    private final int threads;
    private final TreeMap<String, String> engineOptions;
    private final String transcribe;
    private final int workers;
    private final int batch;
    private final Duration pieceLength;
    private final Duration taskLength;
    private final Duration timeLimit;
    private final boolean download;
    private final @Nullable String home;
    private final TreeMap<String, String> properties;

    private transient volatile @Nullable TranscribeOptions parsed;

    private SparkOptions(Builder builder) {
        implementation = builder.implementation;
        model = builder.model;
        device = builder.device;
        computeType = builder.computeType;
        threads = builder.threads;
        engineOptions = new TreeMap<>(builder.engineOptions);
        transcribe = OptionsJson.write(builder.transcribe).toString();
        workers = builder.workers;
        batch = builder.batch;
        pieceLength = builder.pieceLength;
        taskLength = builder.taskLength;
        timeLimit = builder.timeLimit;
        download = builder.download;
        home = builder.home;
        properties = new TreeMap<>(builder.properties);
    }

    /**
     * Returns the defaults for a model.
     *
     * @param implementation id of the implementation, such as {@code faster}
     * @param model a name such as {@code base}; a repository of the hub; the name of a file or archive that {@code spark-submit}
     *     distributes ({@code --files}, {@code --archives x.zip#name}); or a path that every executor can read
     */
    public static SparkOptions of(String implementation, String model) {
        return builder(implementation, model).build();
    }

    /** Returns a builder that starts from the defaults for a model, as in {@link #of}. */
    public static Builder builder(String implementation, String model) {
        return new Builder(implementation, model);
    }

    /** Returns the id of the implementation. */
    public String implementation() {
        return implementation;
    }

    /** Returns the model, as in {@link #of}. */
    public String model() {
        return model;
    }

    /**
     * Returns the options for loading the model.
     *
     * @param taskCpus the processors of a task, which are the threads unless the options state a number
     */
    public LoadOptions load(int taskCpus) {
        return new LoadOptions(
                device, computeType, threads == TASK_CPUS ? Math.max(1, taskCpus) : threads, engineOptions);
    }

    /** Returns the options of the transcriptions. */
    public TranscribeOptions transcribe() {
        TranscribeOptions known = parsed;
        if (known != null) {
            return known;
        }
        try {
            known = OptionsJson.read(new ObjectMapper().readTree(transcribe));
            parsed = known;
            return known;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Options that this class has written cannot be read", e);
        }
    }

    /** Returns the transcribers of each executor, in child JVMs. */
    public int workers() {
        return workers;
    }

    /** Returns the largest number of recordings that a transcriber gets at once, where its engine can batch. */
    public int batch() {
        return batch;
    }

    /** Returns the length of the pieces of a long recording. */
    public Duration pieceLength() {
        return pieceLength;
    }

    /** Returns how much audio a task transcribes. */
    public Duration taskLength() {
        return taskLength;
    }

    /** Returns the longest time to transcribe one recording or piece. */
    public Duration timeLimit() {
        return timeLimit;
    }

    /** Returns whether an executor may download a missing model. */
    public boolean download() {
        return download;
    }

    /** Returns the tool home on the executors, null for that of their settings. */
    public @Nullable String home() {
        return home;
    }

    /** Returns the settings of this library on the driver and the executors, as system properties. */
    public Map<String, String> properties() {
        return Map.copyOf(properties);
    }

    /** Returns a text that is equal for options with which executors can share a loaded model. */
    String modelKey(int taskCpus) {
        return String.join(
                "\n",
                implementation,
                model,
                load(taskCpus).toString(),
                String.valueOf(workers),
                String.valueOf(batch),
                timeLimit.toString(),
                String.valueOf(download),
                String.valueOf(home),
                properties.toString());
    }

    /** Builds options. */
    public static final class Builder {
        private final String implementation;
        private final String model;
        private String device = LoadOptions.AUTO;
        private String computeType = LoadOptions.AUTO;
        private int threads = TASK_CPUS;
        private Map<String, String> engineOptions = Map.of();
        private TranscribeOptions transcribe = TranscribeOptions.defaults();
        private int workers = 1;
        private int batch = 1;
        private Duration pieceLength = Duration.ofMinutes(10);
        private Duration taskLength = Duration.ofMinutes(15);
        private Duration timeLimit = Duration.ofHours(2);
        private boolean download;
        private @Nullable String home;
        private Map<String, String> properties = Map.of();

        private Builder(String implementation, String model) {
            this.implementation = Objects.requireNonNull(implementation, "implementation");
            this.model = Objects.requireNonNull(model, "model");
        }

        /** Sets the device, {@code auto} by default. */
        public Builder device(String value) {
            device = Objects.requireNonNull(value, "device");
            return this;
        }

        /** Sets the compute type, {@code auto} by default. */
        public Builder computeType(String value) {
            computeType = Objects.requireNonNull(value, "computeType");
            return this;
        }

        /** Sets the threads of each transcriber; {@link #TASK_CPUS}, the default, for as many as {@code spark.task.cpus}. */
        public Builder threads(int value) {
            threads = atLeast("threads", value, TASK_CPUS);
            return this;
        }

        /** Sets values of engine options by their names. */
        public Builder engineOptions(Map<String, String> values) {
            engineOptions = Map.copyOf(values);
            return this;
        }

        /** Sets the options of the transcriptions. */
        public Builder transcribe(TranscribeOptions value) {
            transcribe = Objects.requireNonNull(value, "transcribe");
            return this;
        }

        /** Sets the transcribers of each executor; 1 by default. Should be the number of tasks that an executor runs at once. */
        public Builder workers(int value) {
            workers = atLeast("workers", value, 1);
            return this;
        }

        /** Sets the largest number of recordings that a transcriber gets at once, where its engine can batch; 1 by default. */
        public Builder batch(int value) {
            batch = atLeast("batch", value, 1);
            return this;
        }

        /**
         * Sets the length of the pieces of a long recording, 2 to 30 minutes; 10 minutes by default. A recording is cut if it is
         * more than half as long again.
         */
        public Builder pieceLength(Duration value) {
            if (value.compareTo(SHORTEST_PIECE) < 0 || value.compareTo(LONGEST_PIECE) > 0) {
                throw new IllegalArgumentException("pieceLength must be from " + SHORTEST_PIECE.toMinutes() + " to "
                        + LONGEST_PIECE.toMinutes() + " minutes, but was " + value.toSeconds() + " s");
            }
            pieceLength = value;
            return this;
        }

        /** Sets how much audio a task transcribes; 15 minutes by default, and less where there is not enough for all executors. */
        public Builder taskLength(Duration value) {
            taskLength = positive("taskLength", value);
            return this;
        }

        /** Sets the longest time to transcribe one recording or piece; 2 hours by default. */
        public Builder timeLimit(Duration value) {
            timeLimit = positive("timeLimit", value);
            return this;
        }

        /** Sets whether an executor may download a missing model; by default it may not. */
        public Builder download(boolean value) {
            download = value;
            return this;
        }

        /** Sets the tool home on the executors; null, the default, for that of their settings. */
        public Builder home(@Nullable String value) {
            home = value;
            return this;
        }

        /**
         * Sets settings of this library on the driver and the executors, as system properties such as {@code whisperspeedtest.models}. They
         * take precedence over those of the processes.
         */
        public Builder properties(Map<String, String> values) {
            properties = Map.copyOf(values);
            return this;
        }

        /** Returns the options. */
        public SparkOptions build() {
            return new SparkOptions(this);
        }

        private static int atLeast(String name, int value, int least) {
            if (value < least) {
                throw new IllegalArgumentException(name + " must be at least " + least + ", but was " + value);
            }
            return value;
        }

        private static Duration positive(String name, Duration value) {
            if (value.isZero() || value.isNegative()) {
                throw new IllegalArgumentException(name + " must be positive, but was " + value);
            }
            return value;
        }
    }
}
