package io.github.whisperspeedtest.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The parent's end of the connection: listens on loopback and accepts one connection, the one that sends the token. */
final class Channel implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Channel.class);
    private static final SecureRandom RANDOM = new SecureRandom();

    /** A connection that sends no token is closed after this time; other connections do not wait for it. */
    private static final int TOKEN_TIMEOUT_MILLIS = 10_000;

    private final ServerSocket server;
    private final Queue<? super ChildSignal> signals;
    private final String token;
    private final AtomicBoolean connected = new AtomicBoolean();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    Channel(Queue<? super ChildSignal> signals) throws IOException {
        this.signals = signals;
        byte[] random = new byte[Wire.TOKEN_LENGTH / 2];
        RANDOM.nextBytes(random);
        token = HexFormat.of().formatHex(random);
        server = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
    }

    /** Returns the address, the token and the task for a child. */
    Wire.Bootstrap bootstrapFor(String task) {
        return new Wire.Bootstrap(server.getInetAddress().getHostAddress(), server.getLocalPort(), token, task);
    }

    /** Sends the child its bootstrap line and its input, and accepts its connection, all on threads of this channel. */
    void open(OutputStream childInput, String bootstrap, String input) {
        // A child that hangs before it reads would block this write, and the parent with it.
        Threads.start("child-jvm-input", () -> {
            try {
                Wire.writeLine(Wire.writer(childInput), bootstrap + "\n" + input);
            } catch (IOException e) {
                LOG.debug("The child ended before it read its input", e);
            }
        });
        listen();
    }

    /** Accepts connections until this channel is closed. */
    void listen() {
        Threads.start("child-jvm-channel", () -> {
            try {
                while (true) {
                    Socket socket = server.accept();
                    open.add(socket);
                    Threads.start("child-jvm-connection", () -> serve(socket));
                }
            } catch (IOException e) {
                LOG.debug("No longer accepting connections: {}", e.getMessage());
            }
        });
    }

    /** Closes all connections and stops listening. */
    @Override
    public void close() {
        closeQuietly(server);
        open.forEach(Channel::closeQuietly);
    }

    private void serve(Socket socket) {
        boolean child = false;
        try (socket) {
            socket.setSoTimeout(TOKEN_TIMEOUT_MILLIS);
            byte[] received = socket.getInputStream().readNBytes(Wire.TOKEN_LENGTH);
            child = MessageDigest.isEqual(received, token.getBytes(StandardCharsets.US_ASCII))
                    && connected.compareAndSet(false, true);
            if (!child) {
                LOG.debug("Closed a connection without a valid token");
                return;
            }
            socket.setSoTimeout(0);
            BufferedReader lines = Wire.reader(socket.getInputStream());
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                int space = line.indexOf(' ');
                signals.add(new ChildSignal.Message(line.substring(0, Math.max(space, 0)), line.substring(space + 1)));
            }
        } catch (IOException e) {
            LOG.debug("A connection ended early: {}", e.getMessage());
        } finally {
            open.remove(socket);
            if (child) {
                signals.add(new ChildSignal.Disconnected());
            }
        }
    }

    private static void closeQuietly(AutoCloseable socket) {
        try {
            socket.close();
        } catch (Exception e) {
            LOG.debug("Cannot close a socket", e);
        }
    }
}
