package io.github.whisperspeedtest.server;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Address and limits of a server.
 *
 * @param host name or address to listen on
 * @param port the port; 0 for any free one
 * @param apiKey the key that clients must send; null to serve without one, which only suits a loopback address
 * @param maxUpload the largest recording in bytes
 * @param spool directory for uploaded recordings; each is deleted when its request ends
 * @param uploadTimeout the longest time of an upload
 * @param idleTimeout after which a connection that sends and takes nothing is closed, unless a transcription is running for it, and a
 *     live stream without audio ends
 * @param maxConnections connections that may be open
 * @param maxUploads uploads that may run at the same time, which bounds the use of the disk
 */
public record ServerSettings(
        String host,
        int port,
        @Nullable String apiKey,
        long maxUpload,
        Path spool,
        Duration uploadTimeout,
        Duration idleTimeout,
        int maxConnections,
        int maxUploads) {
    /** The address of this machine that others cannot reach. */
    public static final String LOOPBACK = "127.0.0.1";

    /** OpenAI's limit of an upload. */
    private static final long MAX_UPLOAD = 25L << 20;

    /** Checks the values. */
    public ServerSettings {
        Objects.requireNonNull(host, "host");
        Objects.requireNonNull(spool, "spool");
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port must be from 0 to 65535, but was " + port);
        }
        if (apiKey != null && (apiKey.isEmpty() || !apiKey.chars().allMatch(c -> c > ' ' && c < 0x7f))) {
            throw new IllegalArgumentException("apiKey must be printable ASCII characters without spaces");
        }
        if (maxUpload < 1) {
            throw new IllegalArgumentException("maxUpload must be at least 1, but was " + maxUpload);
        }
        positive("uploadTimeout", uploadTimeout);
        positive("idleTimeout", idleTimeout);
        atLeastOne("maxConnections", maxConnections);
        atLeastOne("maxUploads", maxUploads);
    }

    /**
     * Returns the defaults: any free port of the loopback address, no key, 25 MiB per upload, 10 minutes for it, 30 seconds of silence,
     * 256 connections, 16 uploads.
     */
    public static ServerSettings of(Path spool) {
        return new ServerSettings(
                LOOPBACK, 0, null, MAX_UPLOAD, spool, Duration.ofMinutes(10), Duration.ofSeconds(30), 256, 16);
    }

    /** Returns these settings with another address. */
    public ServerSettings withAddress(String newHost, int newPort) {
        return new ServerSettings(
                newHost, newPort, apiKey, maxUpload, spool, uploadTimeout, idleTimeout, maxConnections, maxUploads);
    }

    /** Returns these settings with another key. */
    public ServerSettings withApiKey(@Nullable String value) {
        return new ServerSettings(
                host, port, value, maxUpload, spool, uploadTimeout, idleTimeout, maxConnections, maxUploads);
    }

    /** Returns these settings with another limit of an upload. */
    public ServerSettings withMaxUpload(long value) {
        return new ServerSettings(
                host, port, apiKey, value, spool, uploadTimeout, idleTimeout, maxConnections, maxUploads);
    }

    /** Returns these settings with other times. */
    public ServerSettings withTimeouts(Duration upload, Duration idle) {
        return new ServerSettings(host, port, apiKey, maxUpload, spool, upload, idle, maxConnections, maxUploads);
    }

    /** Returns these settings with other numbers of connections and uploads. */
    public ServerSettings withLimits(int connections, int uploads) {
        return new ServerSettings(
                host, port, apiKey, maxUpload, spool, uploadTimeout, idleTimeout, connections, uploads);
    }

    /** Returns the address and whether there is a key, but not the key. */
    @Override
    public String toString() {
        return "ServerSettings[" + host + ":" + port + (apiKey == null ? ", no key" : ", with a key") + "]";
    }

    private static void positive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(name + " must be positive, but was " + value);
        }
    }

    private static void atLeastOne(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be at least 1, but was " + value);
        }
    }
}
