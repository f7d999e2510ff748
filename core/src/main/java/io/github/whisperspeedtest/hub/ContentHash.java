package io.github.whisperspeedtest.hub;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * What the content of a file must hash to.
 *
 * @param value a sha256 of 64 hexadecimal digits, or git's SHA-1 of a blob of 40
 */
record ContentHash(String value) {
    private static final int CHUNK = 1 << 20;
    private static final Pattern HEXADECIMAL = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");
    private static final int GIT_DIGITS = 40;

    ContentHash {
        if (value.length() != 64 && value.length() != 40) {
            throw new IllegalArgumentException("Neither a sha256 nor a git hash: " + value);
        }
    }

    /** Returns whether a text has the form of either hash. */
    static boolean isHash(String text) {
        return HEXADECIMAL.matcher(text).matches();
    }

    /** Returns whether a hash is git's. */
    static boolean isGit(String hash) {
        return hash.length() == GIT_DIGITS;
    }

    String kind() {
        return value.length() == 64 ? "sha256" : "git hash";
    }

    /** Returns what the content of an open file hashes to. */
    String of(FileChannel channel) throws IOException {
        long size = channel.size();
        MessageDigest digest = value.length() == 64 ? Digests.sha256() : Digests.gitBlob(size);
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
