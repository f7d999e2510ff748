package io.github.whisperspeedtest.hub;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * The expected hash of the content of a file.
 *
 * @param value a sha256 of 64 hexadecimal digits, or git's SHA-1 of a blob of 40, in lower case
 */
public record ContentHash(String value) {
    private static final int CHUNK = 1 << 20;
    private static final Pattern HEXADECIMAL = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");
    private static final int GIT_DIGITS = 40;

    /** Checks the form of the hash. */
    public ContentHash {
        if (!isHash(value)) {
            throw new IllegalArgumentException("Neither a sha256 nor a git hash: " + value);
        }
    }

    /** Returns whether a text has the form of either hash. */
    public static boolean isHash(String text) {
        return HEXADECIMAL.matcher(text).matches();
    }

    /** Returns whether it is git's hash of a blob, which is the SHA-1 of {@code blob <size>\0} and the content. */
    public boolean isGit() {
        return value.length() == GIT_DIGITS;
    }

    String kind() {
        return isGit() ? "git hash" : "sha256";
    }

    /**
     * Reads a file and returns the hash of its content, of the same kind as this one. An interrupt does not stop it.
     *
     * @throws IOException if the file cannot be read
     */
    public String compute(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = digest(Files.size(file));
            byte[] buffer = new byte[CHUNK];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
            return HexFormat.of().formatHex(digest.digest());
        }
    }

    private MessageDigest digest(long size) {
        return isGit() ? Digests.gitBlob(size) : Digests.sha256();
    }

    /** Returns what the content of an open file hashes to. */
    String of(FileChannel channel) throws IOException {
        long size = channel.size();
        MessageDigest digest = digest(size);
        ByteBuffer buffer = ByteBuffer.allocate(CHUNK);
        for (long position = 0; position < size; ) {
            buffer.clear();
            int read = channel.read(buffer, position);
            if (read < 0) {
                break;
            }
            digest.update(buffer.flip());
            position += read;
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Returns whether a file has this content. */
    boolean matches(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return of(channel).equals(value);
        }
    }
}
