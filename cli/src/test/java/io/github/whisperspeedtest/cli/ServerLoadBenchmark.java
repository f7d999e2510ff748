package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.checkpoint.SpeechSample;
import io.github.whisperspeedtest.testing.MicroSamples;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Lets many clients transcribe at once with the built program as the server: answers by status, how many differ from the answer to a
 * client that was alone, and the time that they took.
 *
 * <p>A client that is refused waits as long as the server says. Arguments: number of clients, seconds, the directory of the distribution, that
 * of the models, and the arguments of {@code serve}.
 */
final class ServerLoadBenchmark {
    private static final Map<String, String> FIELDS = Map.of("model", "whisper-1", "language", "en");

    private ServerLoadBenchmark() {}

    /** Runs it. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        int clients = Integer.parseInt(arguments[0]);
        Duration length = Duration.ofSeconds(Integer.parseInt(arguments[1]));
        Path home = Files.createDirectories(Path.of(arguments[3]));
        List<byte[]> recordings = recordings();
        try (ServerProcess server = new ServerProcess(
                Path.of(arguments[2]), home, home, Arrays.copyOfRange(arguments, 4, arguments.length))) {
            List<String> expected = new ArrayList<>();
            for (byte[] recording : recordings) {
                expected.add(server.transcribe(recording, FIELDS).body());
            }
            Map<Integer, AtomicLong> statuses = new ConcurrentHashMap<>();
            AtomicLong wrong = new AtomicLong();
            AtomicLong failed = new AtomicLong();
            List<Double> seconds = Collections.synchronizedList(new ArrayList<>());
            long start = System.nanoTime();
            List<Thread> threads = new ArrayList<>();
            for (int client = 0; client < clients; client++) {
                int first = client;
                Thread thread = new Thread(() -> {
                    for (int i = first; System.nanoTime() - start < length.toNanos(); i++) {
                        try {
                            long sent = System.nanoTime();
                            HttpResponse<String> answer =
                                    server.transcribe(recordings.get(i % recordings.size()), FIELDS);
                            statuses.computeIfAbsent(answer.statusCode(), unused -> new AtomicLong())
                                    .incrementAndGet();
                            if (answer.statusCode() == 200) {
                                seconds.add((System.nanoTime() - sent) / 1e9);
                                if (!answer.body().equals(expected.get(i % recordings.size()))) {
                                    wrong.incrementAndGet();
                                }
                            } else {
                                TimeUnit.SECONDS.sleep(answer.headers()
                                        .firstValueAsLong("Retry-After")
                                        .orElse(1));
                            }
                        } catch (IOException e) {
                            failed.incrementAndGet();
                        } catch (InterruptedException e) {
                            return;
                        }
                    }
                });
                threads.add(thread);
                thread.start();
            }
            while (System.nanoTime() - start < length.toNanos()) {
                TimeUnit.SECONDS.sleep(Math.min(30, Math.max(1, length.toSeconds() / 10)));
                System.out.printf(
                        "%4d s: %s, %d threads, %d files, %d MiB%n",
                        (System.nanoTime() - start) / 1_000_000_000,
                        new LinkedHashMap<>(statuses),
                        server.threads(),
                        server.openFiles(),
                        server.residentKibibytes() / 1024);
            }
            for (Thread thread : threads) {
                thread.join();
            }
            double all = (System.nanoTime() - start) / 1e9;
            Collections.sort(seconds);
            System.out.printf(
                    "%d clients: %s, %d wrong texts, %d connections failed; %.2f answers/s, %.2f s median, %.2f s at 95 %%%n",
                    clients,
                    statuses,
                    wrong.get(),
                    failed.get(),
                    seconds.size() / all,
                    seconds.get(seconds.size() / 2),
                    seconds.get(seconds.size() * 95 / 100));
            System.out.println("exit code " + server.stop());
        }
    }

    private static List<byte[]> recordings() throws IOException {
        List<byte[]> recordings = new ArrayList<>();
        for (SpeechSample sample : MicroSamples.all()) {
            if (sample.name().startsWith("en_single")) {
                try (InputStream in = sample.open()) {
                    recordings.add(in.readAllBytes());
                }
            }
        }
        return recordings;
    }
}
