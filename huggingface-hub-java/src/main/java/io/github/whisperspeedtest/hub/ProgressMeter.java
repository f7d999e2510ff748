package io.github.whisperspeedtest.hub;

import io.github.whisperspeedtest.hub.DownloadProgress.State;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Adds up what the threads of a download report, for a listener on the thread that asked for it. */
final class ProgressMeter {
    private static final long WINDOW = Duration.ofSeconds(5).toNanos();

    private final Map<String, DownloadProgress.File> files = new LinkedHashMap<>();
    private final Deque<Sample> samples = new ArrayDeque<>();
    private final DownloadListener listener;
    private final LongSupplier clock;
    private long received;
    private final List<Retry> retries = new ArrayList<>();

    /**
     * Creates a meter.
     *
     * @param sizes bytes by name of the file, -1 where unknown
     * @param clock nanoseconds of a clock that never goes back
     */
    ProgressMeter(Map<String, Long> sizes, DownloadListener listener, LongSupplier clock) {
        this.listener = listener;
        this.clock = clock;
        sizes.forEach((name, size) -> files.put(name, new DownloadProgress.File(name, 0, size, State.WAITING)));
        samples.add(new Sample(clock.getAsLong(), 0));
    }

    /** Notes how much of a file is on disk, none of it just received. */
    synchronized void at(String name, long bytes, long totalBytes) {
        files.put(name, new DownloadProgress.File(name, bytes, totalBytes, State.DOWNLOADING));
    }

    /** Notes that bytes of a file arrived and are on disk. */
    synchronized void received(String name, long bytes) {
        DownloadProgress.File file = file(name);
        files.put(name, new DownloadProgress.File(name, file.bytes() + bytes, file.totalBytes(), file.state()));
        received += bytes;
    }

    synchronized void verifying(String name) {
        DownloadProgress.File file = file(name);
        files.put(name, new DownloadProgress.File(name, file.bytes(), file.totalBytes(), State.VERIFYING));
    }

    synchronized void done(String name, long bytes) {
        files.put(name, new DownloadProgress.File(name, bytes, bytes, State.DONE));
    }

    synchronized void retrying(String name, String reason, Duration wait) {
        retries.add(new Retry(name, reason, wait));
    }

    /** Tells the listener what has happened since it was last told. */
    void tell() {
        List<Retry> happened;
        DownloadProgress progress;
        synchronized (this) {
            happened = List.copyOf(retries);
            retries.clear();
            progress = progress();
        }
        happened.forEach(retry -> listener.retrying(retry.name(), retry.reason(), retry.pause()));
        listener.progressed(progress);
    }

    private DownloadProgress.File file(String name) {
        DownloadProgress.File file = files.get(name);
        if (file == null) {
            throw new IllegalArgumentException("Not part of this download: " + name);
        }
        return file;
    }

    private DownloadProgress progress() {
        long time = clock.getAsLong();
        samples.add(new Sample(time, received));
        while (samples.size() > 2 && time - samples.getFirst().time() > WINDOW) {
            samples.removeFirst();
        }
        List<DownloadProgress.File> all = List.copyOf(files.values());
        long bytes = all.stream().mapToLong(DownloadProgress.File::bytes).sum();
        boolean known = all.stream().allMatch(file -> file.totalBytes() >= 0);
        long total = known
                ? all.stream().mapToLong(DownloadProgress.File::totalBytes).sum()
                : -1;
        Sample first = samples.getFirst();
        long nanos = time - first.time();
        double rate = nanos > 0 ? (received - first.received()) * 1e9 / nanos : 0;
        return new DownloadProgress(all, bytes, total, rate, remaining(bytes, total, rate));
    }

    private static @Nullable Duration remaining(long bytes, long total, double rate) {
        if (total < 0) {
            return null;
        }
        if (bytes >= total) {
            return Duration.ZERO;
        }
        return rate > 0 ? Duration.ofMillis(Math.round((total - bytes) / rate * 1000)) : null;
    }

    private record Retry(String name, String reason, Duration pause) {}

    private record Sample(long time, long received) {}
}
