package io.github.whisperspeedtest.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A client that controls every byte. */
final class RawClient implements AutoCloseable {
    private final Socket socket;

    RawClient(TranscriptionServer server) throws IOException {
        socket = new Socket(server.uri().getHost(), server.uri().getPort());
        socket.setSoTimeout(60_000);
    }

    RawClient send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.UTF_8));
    }

    RawClient send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
        return this;
    }

    /** Sends the headers of an upload, with those given. */
    RawClient upload(String... headers) throws IOException {
        return send(headers(headers));
    }

    /** Sends a whole upload at once, so that no idle time can pass within it. */
    RawClient upload(byte[] body) throws IOException {
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.writeBytes(headers("Content-Length: " + body.length).getBytes(StandardCharsets.UTF_8));
        request.writeBytes(body);
        return send(request.toByteArray());
    }

    private static String headers(String... headers) {
        StringBuilder text = new StringBuilder("POST /v1/audio/transcriptions HTTP/1.1\r\nHost: localhost\r\n"
                + "Content-Type: multipart/form-data; boundary=" + Clients.BOUNDARY + "\r\n");
        for (String header : headers) {
            text.append(header).append("\r\n");
        }
        return text.append("\r\n").toString();
    }

    RawClient chunk(byte[] bytes) throws IOException {
        return send(Integer.toHexString(bytes.length) + "\r\n").send(bytes).send("\r\n");
    }

    /** Returns what the server sends until the given text, inclusive. */
    String readUntil(String end) throws IOException {
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        InputStream in = socket.getInputStream();
        while (!read.toString(StandardCharsets.UTF_8).endsWith(end)) {
            int next = in.read();
            if (next < 0) {
                throw new AssertionError("Connection closed after: " + read.toString(StandardCharsets.UTF_8));
            }
            read.write(next);
        }
        return read.toString(StandardCharsets.UTF_8);
    }

    /** Returns what the server sends until it closes the connection. */
    String readAll() throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    /** Closes the connection with a reset. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
