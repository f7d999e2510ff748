package io.github.whisperspeedtest.server;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Requests as clients send them. */
final class Clients {
    static final String BOUNDARY = "----boundary42";

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private Clients() {}

    /** A multipart body. */
    static final class Form {
        private final ByteArrayOutputStream body = new ByteArrayOutputStream();

        Form field(String name, String value) {
            return part("name=\"" + name + "\"", value.getBytes(StandardCharsets.UTF_8));
        }

        Form file(byte[] content) {
            return part("name=\"file\"; filename=\"../../etc/passwd.wav\"", content);
        }

        Form part(String disposition, byte[] content) {
            body.writeBytes(("--" + BOUNDARY + "\r\nContent-Disposition: form-data; " + disposition
                            + "\r\nContent-Type: application/octet-stream\r\n\r\n")
                    .getBytes(StandardCharsets.UTF_8));
            body.writeBytes(content);
            body.writeBytes("\r\n".getBytes(StandardCharsets.UTF_8));
            return this;
        }

        byte[] bytes() {
            ByteArrayOutputStream whole = new ByteArrayOutputStream();
            whole.writeBytes(body.toByteArray());
            whole.writeBytes(("--" + BOUNDARY + "--\r\n").getBytes(StandardCharsets.UTF_8));
            return whole.toByteArray();
        }
    }

    /** Returns a form with a recording of a few bytes. */
    static Form form() {
        return new Form().file("recording".getBytes(StandardCharsets.UTF_8));
    }

    static HttpRequest.Builder request(TranscriptionServer server, String path) {
        return HttpRequest.newBuilder(URI.create(server.uri().toString().replaceFirst("/$", "") + path))
                .timeout(Duration.ofSeconds(120));
    }

    static HttpRequest.Builder upload(TranscriptionServer server, Form form) {
        return request(server, "/v1/audio/transcriptions")
                .header("Content-Type", "multipart/form-data; boundary=" + BOUNDARY)
                .POST(HttpRequest.BodyPublishers.ofByteArray(form.bytes()));
    }

    static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    }

    static HttpResponse<String> get(TranscriptionServer server, String path) throws Exception {
        return send(request(server, path));
    }

    static HttpResponse<String> post(TranscriptionServer server, Form form) throws Exception {
        return send(upload(server, form));
    }

    static HttpClient http() {
        return HTTP;
    }
}
