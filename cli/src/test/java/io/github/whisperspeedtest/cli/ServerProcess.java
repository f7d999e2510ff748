package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.model.ToolHome;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The built program as a server, and a client of it. */
final class ServerProcess implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final String BOUNDARY = "boundary-of-parts";

    private final Process process;
    private final Path out;
    private final Path err;
    private final URI uri;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** Starts the server with a free port, and waits until it listens. */
    ServerProcess(Path distribution, Path home, Path directory, String... arguments)
            throws IOException, InterruptedException {
        out = Files.createTempFile(directory, "out", ".txt");
        err = Files.createTempFile(directory, "err", ".txt");
        List<String> line = new ArrayList<>(
                List.of(distribution.resolve("bin/whisper-speedtest").toString(), "serve", "--port", "0"));
        line.addAll(Arrays.asList(arguments));
        ProcessBuilder builder = new ProcessBuilder(line)
                .directory(directory.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put(ToolHome.HOME_VARIABLE, home.toString());
        process = builder.start();
        long end = System.nanoTime() + LIMIT.toNanos();
        while (process.isAlive() && !out().contains("\n") && System.nanoTime() < end) {
            TimeUnit.MILLISECONDS.sleep(50);
        }
        if (!out().contains("\n")) {
            process.destroyForcibly();
            throw new IOException("The server did not start: " + out() + err());
        }
        uri = URI.create(out().strip());
    }

    URI uri() {
        return uri;
    }

    String out() throws IOException {
        return Files.readString(out);
    }

    String err() throws IOException {
        return Files.readString(err);
    }

    Process process() {
        return process;
    }

    /** Returns the child JVMs that run models. */
    List<ProcessHandle> workers() {
        return process.descendants().toList();
    }

    /** Sends a recording as a client of OpenAI does. */
    HttpResponse<String> transcribe(byte[] recording, Map<String, String> fields)
            throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(uri.resolve("/v1/audio/transcriptions"))
                        .timeout(LIMIT.multipliedBy(4))
                        .header("Content-Type", "multipart/form-data; boundary=" + BOUNDARY)
                        .POST(HttpRequest.BodyPublishers.ofByteArray(multipart(recording, fields)))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(uri.resolve(path)).timeout(LIMIT).build(), HttpResponse.BodyHandlers.ofString());
    }

    /** Returns the body of a request, complete with the file first as curl and OpenAI's clients may send it. */
    static byte[] multipart(byte[] recording, Map<String, String> fields) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes(
                ascii("--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.flac\"\r\n"
                        + "Content-Type: application/octet-stream\r\n\r\n"));
        body.writeBytes(recording);
        fields.forEach((name, value) -> body.writeBytes(ascii(
                "\r\n--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value)));
        body.writeBytes(ascii("\r\n--" + BOUNDARY + "--\r\n"));
        return body.toByteArray();
    }

    static String head(int length) {
        return "POST /v1/audio/transcriptions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: multipart/form-data; boundary="
                + BOUNDARY + "\r\nContent-Length: " + length + "\r\n\r\n";
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Returns the number of open files of the server itself. */
    long openFiles() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc", "" + process.pid(), "fd"))) {
            return files.count();
        }
    }

    /** Returns the number of threads of the server itself. */
    long threads() throws IOException {
        return status("Threads:");
    }

    /** Returns the resident memory of the server itself. */
    long residentKibibytes() throws IOException {
        return status("VmRSS:");
    }

    private long status(String field) throws IOException {
        return Files.readAllLines(Path.of("/proc", "" + process.pid(), "status")).stream()
                .filter(line -> line.startsWith(field))
                .map(line -> line.replaceAll("[^0-9]", ""))
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElseThrow();
    }

    /** Asks the server to stop, and returns its exit code. */
    int stop() throws InterruptedException {
        process.toHandle().destroy();
        return process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS) ? process.exitValue() : -1;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
