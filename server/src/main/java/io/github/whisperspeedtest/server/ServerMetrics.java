package io.github.whisperspeedtest.server;

import io.github.whisperspeedtest.worker.ServiceState;
import io.github.whisperspeedtest.worker.TranscriptionService;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Figures for monitoring, in Prometheus' text format. */
final class ServerMetrics implements AutoCloseable {
    static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private static final String PREFIX = "whisper.speedtest.";

    /** From a health check to an hour of audio on a slow machine. */
    private static final List<Duration> BUCKETS = List.of(
            Duration.ofMillis(10),
            Duration.ofMillis(100),
            Duration.ofMillis(500),
            Duration.ofSeconds(1),
            Duration.ofSeconds(2),
            Duration.ofSeconds(5),
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            Duration.ofMinutes(1),
            Duration.ofMinutes(5),
            Duration.ofMinutes(30));

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Counter audio;
    private final Counter uploads;

    ServerMetrics(TranscriptionService service) {
        audio = Counter.builder(PREFIX + "audio")
                .baseUnit("seconds")
                .description("Length of the transcribed recordings")
                .register(registry);
        uploads = Counter.builder(PREFIX + "upload")
                .baseUnit("bytes")
                .description("Size of the received bodies")
                .register(registry);
        gauge(service, "queued", "Jobs that wait", ServiceState::queued);
        gauge(service, "running", "Jobs that are being transcribed", ServiceState::running);
        gauge(service, "live.streams", "Open live streams", ServiceState::liveStreams);
        gauge(
                service,
                "workers",
                "Processes that have a model or are loading one",
                state -> state.workers().size());
        counter(service, "crashes", "Processes that ended without being asked to", ServiceState::crashes);
        counter(service, "evictions", "Models unloaded to make room for others", ServiceState::evictions);
        counter(service, "batches", "Calls that transcribed several recordings", ServiceState::batches);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
    }

    private void gauge(
            TranscriptionService service, String name, String description, ToDoubleFunction<ServiceState> value) {
        Gauge.builder(PREFIX + name, service, of -> value.applyAsDouble(of.state()))
                .description(description)
                .register(registry);
    }

    private void counter(
            TranscriptionService service, String name, String description, ToDoubleFunction<ServiceState> value) {
        FunctionCounter.builder(PREFIX + name, service, of -> value.applyAsDouble(of.state()))
                .description(description)
                .register(registry);
    }

    /** Counts a request that ended. */
    void request(Route route, int status, long nanos) {
        Timer.builder(PREFIX + "requests")
                .description("Requests from their headers to the end of the response")
                .tag("route", route.label())
                .tag("status", Integer.toString(status))
                .serviceLevelObjectives(BUCKETS.toArray(Duration[]::new))
                .register(registry)
                .record(Duration.ofNanos(nanos));
    }

    void transcribed(Duration length) {
        audio.increment(length.toNanos() / 1e9);
    }

    void uploaded(long bytes) {
        uploads.increment(bytes);
    }

    /** Returns all figures. */
    String scrape() {
        return registry.scrape(CONTENT_TYPE);
    }

    @Override
    public void close() {
        registry.close();
    }
}
