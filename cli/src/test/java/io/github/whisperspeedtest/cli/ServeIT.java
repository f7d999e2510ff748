package io.github.whisperspeedtest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.whisperspeedtest.checkpoint.SpeechSample;
import io.github.whisperspeedtest.testing.MicroSamples;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The built distribution as a server, with the real engines. */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class ServeIT {
    private static final SpeechSample SAMPLE = MicroSamples.named("en_single_01.flac");
    private static final Map<String, String> ENGLISH = Map.of("model", "whisper-1", "language", "en");
    private static final Path DISTRIBUTION = Path.of(System.getProperty("distribution.directory"));

    @TempDir
    private Path directory;

    private Path home;

    @BeforeEach
    void shareLibraries() throws IOException {
        home = UnpackedLibraries.shareWith(directory.resolve("home"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"coreml", "faster", "insanely", "mlx", "mps", "whispercpp"})
    void transcribesWithEveryImplementation(String implementation) throws Exception {
        try (ServerProcess server = start("-i", implementation)) {
            HttpResponse<String> answer = server.transcribe(bytes(SAMPLE), ENGLISH);
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(words(text(answer))).isEqualTo(words(SAMPLE.reference()));
            assertThat(server.get("/v1/models").body()).contains('"' + implementation + "/micro\"");
            List<ProcessHandle> workers = server.workers();
            assertThat(workers).isNotEmpty();
            assertThat(server.stop()).as(server.err()).isEqualTo(143);
            assertThat(workers).noneMatch(ProcessHandle::isAlive);
            assertThat(server.err())
                    .contains("Serving " + implementation + "/micro", "stopped")
                    .doesNotContain("Exception", "error");
            assertThat(uploads()).isEmpty();
        }
    }

    @Test
    void transcribesRandomWeightsOfRealSize() throws Exception {
        try (ServerProcess server = start("-i", "faster", "-m", "random-tiny")) {
            HttpResponse<String> first = server.transcribe(bytes(SAMPLE), ENGLISH);
            assertThat(first.statusCode()).as(first.body()).isEqualTo(200);
            assertThat(server.transcribe(bytes(SAMPLE), ENGLISH).body()).isEqualTo(first.body());
        }
    }

    /** A terminal sends the signal of Ctrl-C to the workers too. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void finishesRequestsAfterSignal() throws Exception {
        try (ServerProcess server = start("-i", "faster", "-m", "random-tiny")) {
            byte[] recording = bytes(MicroSamples.named("en_multi_01.flac"));
            String expected = server.transcribe(recording, ENGLISH).body();
            ExecutorService clients = Executors.newCachedThreadPool();
            try {
                Future<HttpResponse<String>> running = clients.submit(() -> server.transcribe(recording, ENGLISH));
                while (!server.get("/health").body().contains("\"running\":1")) {
                    TimeUnit.MILLISECONDS.sleep(20);
                }
                for (ProcessHandle worker : server.workers()) {
                    new ProcessBuilder("kill", "-INT", "" + worker.pid())
                            .start()
                            .waitFor();
                }
                assertThat(server.stop()).as(server.err()).isEqualTo(143);
                assertThat(running.get().body()).isEqualTo(expected);
            } finally {
                clients.shutdownNow();
            }
        }
    }

    @Test
    void refusesClientsWithoutKey() throws Exception {
        try (ServerProcess server = start("-i", "faster", "--api-key", "secret")) {
            assertThat(server.transcribe(bytes(SAMPLE), ENGLISH).statusCode()).isEqualTo(401);
            assertThat(server.get("/health").statusCode()).isEqualTo(200);
            assertThat(server.err()).doesNotContain("secret", "warning");
        }
    }

    @Test
    void warnsWhenAnyoneMayConnect() throws Exception {
        try (ServerProcess server = start("-i", "faster", "--host", "0.0.0.0")) {
            assertThat(server.err())
                    .contains("warning: everyone who reaches 0.0.0.0 can use this server", ServeCommand.KEY_VARIABLE);
        }
    }

    /** Faults between requests: broken recordings, unknown models, clients that leave, killed workers. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void answersThousandsOfRequestsDespiteFaults() throws Exception {
        int requests = 1200;
        int clients = 8;
        List<SpeechSample> samples = Stream.of("en_single_01.flac", "en_single_02.flac", "de_single_01.flac")
                .map(MicroSamples::named)
                .toList();
        try (ServerProcess server = start("-i", "faster", "--queue", "4")) {
            List<String> expected = new ArrayList<>();
            for (SpeechSample sample : samples) {
                expected.add(text(server.transcribe(bytes(sample), fields(sample))));
                assertThat(words(expected.get(expected.size() - 1))).isEqualTo(words(sample.reference()));
            }
            Map<String, AtomicInteger> counts = new ConcurrentHashMap<>();
            AtomicInteger next = new AtomicInteger();
            Warm warm = new Warm();
            ExecutorService threads = Executors.newFixedThreadPool(clients);
            try {
                List<Future<?>> ends = new ArrayList<>();
                for (int client = 0; client < clients; client++) {
                    ends.add(threads.submit(() -> {
                        for (int i = next.getAndIncrement(); i < requests; i = next.getAndIncrement()) {
                            if (i == requests / 4) {
                                warm.measure(server);
                            }
                            String outcome = request(server, i, samples, expected);
                            counts.computeIfAbsent(outcome, unused -> new AtomicInteger())
                                    .incrementAndGet();
                        }
                        return null;
                    }));
                }
                for (Future<?> end : ends) {
                    end.get();
                }
            } finally {
                threads.shutdownNow();
            }
            assertThat(counts).doesNotContainKey("wrong");
            assertThat(counts.values().stream().mapToInt(AtomicInteger::get).sum())
                    .isEqualTo(requests);
            // A killed worker fails the one request that it was running.
            int killed = counts.get("killed").get();
            assertThat(counts.getOrDefault("crashed", new AtomicInteger()).get())
                    .isLessThanOrEqualTo(killed);
            assertThat(killed).isEqualTo(requests / 400);
            assertThat(words(text(server.transcribe(bytes(samples.get(0)), fields(samples.get(0))))))
                    .isEqualTo(words(samples.get(0).reference()));
            assertThat(uploads()).as("uploads that were not deleted").isEmpty();
            // Idle threads of a pool come and go.
            assertThat(server.threads()).isLessThan(warm.threads + 20);
            assertThat(server.openFiles()).isLessThan(warm.openFiles + 20);
            assertThat(server.residentKibibytes() / 1024).isLessThan(warm.mebibytes + 150);
            assertThat(server.stop()).isEqualTo(143);
        }
    }

    private static final class Warm {
        private volatile long threads;
        private volatile long openFiles;
        private volatile long mebibytes;

        void measure(ServerProcess server) throws IOException {
            threads = server.threads();
            openFiles = server.openFiles();
            mebibytes = server.residentKibibytes() / 1024;
        }
    }

    /** Sends one request and returns what came of it. */
    private static String request(ServerProcess server, int number, List<SpeechSample> samples, List<String> expected)
            throws Exception {
        SpeechSample sample = samples.get(number % samples.size());
        if (number % 400 == 350) {
            server.workers().forEach(ProcessHandle::destroyForcibly);
            return "killed";
        }
        return switch (number % 10) {
            case 3 -> {
                byte[] broken = bytes(sample);
                new Random(number).nextBytes(broken);
                yield outcome(400, "refused", send(server, broken, fields(sample)));
            }
            case 5 -> outcome(404, "refused", send(server, bytes(sample), Map.of("model", "faster/none")));
            case 7 -> {
                leave(server, sample, number);
                yield "left";
            }
            default -> {
                HttpResponse<String> answer = send(server, bytes(sample), fields(sample));
                boolean differs =
                        answer.statusCode() == 200 && !text(answer).equals(expected.get(number % samples.size()));
                yield outcome(200, differs ? "wrong" : "right", answer);
            }
        };
    }

    /** Sends a request until the queue has a place for it. */
    private static HttpResponse<String> send(ServerProcess server, byte[] recording, Map<String, String> fields)
            throws Exception {
        HttpResponse<String> answer = server.transcribe(recording, fields);
        while (answer.statusCode() == 429) {
            assertThat(answer.headers().firstValueAsLong("Retry-After")).isPresent();
            TimeUnit.MILLISECONDS.sleep(50);
            answer = server.transcribe(recording, fields);
        }
        return answer;
    }

    private static String outcome(int status, String name, HttpResponse<String> answer) {
        if (answer.statusCode() == status) {
            return name;
        }
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(500);
        assertThat(answer.body()).contains("crashed");
        return "crashed";
    }

    /** Goes away in the middle of the upload, or while the engine works. */
    private static void leave(ServerProcess server, SpeechSample sample, int number) throws Exception {
        byte[] body = ServerProcess.multipart(bytes(sample), fields(sample));
        try (Socket socket = new Socket(server.uri().getHost(), server.uri().getPort())) {
            socket.getOutputStream().write(ServerProcess.head(body.length).getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write(body, 0, number % 20 == 7 ? body.length / 2 : body.length);
            socket.getOutputStream().flush();
        }
    }

    private static Map<String, String> fields(SpeechSample sample) {
        return Map.of("model", "whisper-1", "language", sample.language().code());
    }

    private ServerProcess start(String... arguments) throws Exception {
        return new ServerProcess(DISTRIBUTION, home, directory, arguments);
    }

    /** Returns recordings that were uploaded and not deleted. */
    private List<Path> uploads() throws IOException, InterruptedException {
        for (int i = 0; i < 100; i++) {
            List<Path> left = recordings();
            if (left.isEmpty()) {
                return left;
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
        return recordings();
    }

    private List<Path> recordings() throws IOException {
        Path spool = home.resolve("uploads");
        if (!Files.exists(spool)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(spool)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> !file.toString().endsWith(".lock"))
                    .toList();
        }
    }

    private static String text(HttpResponse<String> answer) throws IOException {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        JsonNode json = new ObjectMapper().readTree(answer.body());
        return json.get("text").asText();
    }

    private static byte[] bytes(SpeechSample sample) throws IOException {
        try (InputStream in = sample.open()) {
            return in.readAllBytes();
        }
    }

    private static List<String> words(String text) {
        return Arrays.stream(text.toLowerCase(java.util.Locale.ROOT).split("[^\\p{L}\\p{N}']+"))
                .filter(word -> !word.isEmpty())
                .toList();
    }
}
