package io.github.whisperspeedtest.spark;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import java.time.Duration;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/** Counts of one executor since its start, for Spark's metrics system. */
final class ExecutorMetrics {
    private static final double NANOS = 1e9;
    private static final LongAdder RECORDINGS = new LongAdder();
    private static final LongAdder FAILURES = new LongAdder();
    private static final DoubleAdder AUDIO_SECONDS = new DoubleAdder();
    private static final DoubleAdder ENGINE_SECONDS = new DoubleAdder();
    private static final LongAdder MODELS = new LongAdder();
    private static final DoubleAdder MODEL_SECONDS = new DoubleAdder();

    private ExecutorMetrics() {}

    static void add(Transcript result) {
        (result.error == null ? RECORDINGS : FAILURES).increment();
        AUDIO_SECONDS.add(result.duration == null ? 0 : result.duration);
        ENGINE_SECONDS.add(result.seconds == null ? 0 : result.seconds);
    }

    /**
     * Counts a model.
     *
     * @param took time to find, verify and hash its files; the engine loads it after that
     */
    static void opened(Duration took) {
        MODELS.increment();
        MODEL_SECONDS.add(took.toNanos() / NANOS);
    }

    /** Adds the counts to a registry. */
    static void register(MetricRegistry registry) {
        gauge(registry, "recordings", RECORDINGS::sum);
        gauge(registry, "failures", FAILURES::sum);
        gauge(registry, "audioSeconds", AUDIO_SECONDS::sum);
        gauge(registry, "engineSeconds", ENGINE_SECONDS::sum);
        gauge(registry, "modelsOpened", MODELS::sum);
        gauge(registry, "modelSeconds", MODEL_SECONDS::sum);
    }

    private static <T> void gauge(MetricRegistry registry, String name, Supplier<T> value) {
        registry.register(name, (Gauge<T>) value::get);
    }
}
