package io.github.whisperspeedtest.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;
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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The parent's end of the connection. Listens on loopback and accepts the one connection that sends the token. */
final class Channel implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Channel.class);
    private static final SecureRandom RANDOM = new SecureRandom();

    /** Time limit for a connection to send the token. Other connections do not wait for it. */
    private static final int TOKEN_TIMEOUT_MILLIS = 10_000;

    private final ServerSocket server;
    private final Queue<? super ChildNotification> notifications;
    private final String token;
    private final AtomicBoolean connected = new AtomicBoolean();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private @Nullable Thread inputWriter;

    Channel(Queue<? super ChildNotification> notifications) throws IOException {
        this.notifications = notifications;
        byte[] random = new byte[Protocol.TOKEN_LENGTH / 2];
        RANDOM.nextBytes(random);
        token = HexFormat.of().formatHex(random);
        server = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
    }

    /** Returns the address, the token and the task for a child. */
    Protocol.Bootstrap bootstrapFor(String task) {
        return new Protocol.Bootstrap(server.getInetAddress().getHostAddress(), server.getLocalPort(), token, task);
    }

    /**
     * Sends the child its bootstrap line, its input and the commands, and accepts its connection, all on threads of this channel.
     */
    void open(OutputStream childInput, String bootstrap, String input, ChildCommands commands) {
        // The write blocks if the child hangs before it reads, so it must not run on the caller's thread.
        inputWriter = Threads.start("child-jvm-input", () -> {
            try {
                Writer writer = Protocol.writer(childInput);
                Protocol.writeLine(writer, bootstrap + "\n" + input);
                commands.writeTo(writer);
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
                    sockets.add(socket);
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
        if (inputWriter != null) {
            inputWriter.interrupt();
        }
        closeQuietly(server);
        sockets.forEach(Channel::closeQuietly);
    }

    private void serve(Socket socket) {
        boolean authenticated = false;
        try (socket) {
            socket.setSoTimeout(TOKEN_TIMEOUT_MILLIS);
            byte[] received = socket.getInputStream().readNBytes(Protocol.TOKEN_LENGTH);
            authenticated = MessageDigest.isEqual(received, token.getBytes(StandardCharsets.US_ASCII))
                    && connected.compareAndSet(false, true);
            if (!authenticated) {
                LOG.debug("Closed a connection without a valid token");
                return;
            }
            socket.setSoTimeout(0);
            BufferedReader lines = Protocol.reader(socket.getInputStream());
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                int space = line.indexOf(' ');
                notifications.add(new ChildNotification.Message(
                        line.substring(0, Math.max(space, 0)), line.substring(space + 1)));
            }
        } catch (IOException e) {
            LOG.debug("A connection ended early: {}", e.getMessage());
        } finally {
            sockets.remove(socket);
            if (authenticated) {
                notifications.add(new ChildNotification.Disconnected());
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
