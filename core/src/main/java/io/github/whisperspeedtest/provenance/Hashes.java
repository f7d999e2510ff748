package io.github.whisperspeedtest.provenance;

import io.github.whisperspeedtest.error.OperationCancelledException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;

/** Computes SHA-256 hashes of files. */
public final class Hashes {
    private static final int CHUNK = 1 << 20;
    private static final long NOTICE_NANOS = Duration.ofSeconds(1).toNanos();

    private Hashes() {}

    /** Returns the SHA-256 of a text in UTF-8, in hexadecimal digits. */
    public static String sha256(String text) {
        return HexFormat.of().formatHex(newSha256().digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * Returns the SHA-256 of everything that a stream returns, in hexadecimal digits.
     *
     * @throws IOException if the stream throws it
     */
    public static String sha256(InputStream in) throws IOException {
        return sha256(in, read -> {});
    }

    /**
     * Returns the SHA-256 of a file, in hexadecimal digits.
     *
     * @throws IOException if it cannot be read
     * @throws OperationCancelledException if the thread is interrupted; it still is after
     */
    public static String sha256(Path file, HashProgress progress) throws IOException {
        long size = Math.max(1, Files.size(file));
        try (InputStream in = Files.newInputStream(file)) {
            return sha256(in, new Reading() {
                private long next = System.nanoTime() + NOTICE_NANOS;

                @Override
                public void onRead(long bytes) {
                    if (Thread.currentThread().isInterrupted()) {
                        throw new OperationCancelledException("Hashing " + file + " was interrupted.");
                    }
                    long now = System.nanoTime();
                    if (now - next >= 0) {
                        next = now + NOTICE_NANOS;
                        progress.onProgress(file, Math.min(1, (double) bytes / size));
                    }
                }
            });
        }
    }

    private static String sha256(InputStream in, Reading reading) throws IOException {
        MessageDigest digest = newSha256();
        byte[] buffer = new byte[CHUNK];
        long bytes = 0;
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            digest.update(buffer, 0, read);
            bytes += read;
            reading.onRead(bytes);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Returns a SHA-256 that has seen nothing, for content that arrives in parts. */
    public static MessageDigest newSha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }

    private interface Reading {
        void onRead(long bytes);
    }
}
