package io.github.whisperspeedtest.verify;

import io.github.whisperspeedtest.model.ModelFile;
import io.github.whisperspeedtest.verify.Verdict.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Finds out whether contents are what their hashes say. */
final class HashCheck {
    private static final int SHA256_DIGITS = 64;
    private static final int BUFFER = 1 << 20;

    private HashCheck() {}

    static Finding check(List<ModelFile> files) {
        List<String> wrong = new ArrayList<>();
        List<String> unknown = new ArrayList<>();
        for (ModelFile file : files) {
            String expected = file.hash();
            if (expected == null) {
                unknown.add(file.file().toString());
                continue;
            }
            try {
                String actual = hash(file, expected.length() == SHA256_DIGITS);
                if (!actual.equals(expected)) {
                    wrong.add(file.file() + " hashes to " + actual + ", but " + expected + " was expected.");
                }
            } catch (IOException e) {
                wrong.add(file.file() + " cannot be read: " + e + ".");
            }
        }
        if (!wrong.isEmpty()) {
            return Finding.incomplete(Problem.HASH, String.join(" ", wrong) + " Download it again.");
        }
        String hashed =
                "The hashes of " + (files.size() - unknown.size()) + " of " + files.size() + " files are right.";
        return Finding.complete(
                unknown.isEmpty()
                        ? hashed
                        : hashed + " None is known of " + String.join(" and ", unknown) + "; loading would tell more.",
                null);
    }

    /** Returns the sha256 of a content, or git's hash of a blob: the sha1 of {@code blob <size>\0} and the content. */
    private static String hash(ModelFile file, boolean sha256) throws IOException {
        try (InputStream in = Files.newInputStream(file.content())) {
            MessageDigest digest = MessageDigest.getInstance(sha256 ? "SHA-256" : "SHA-1");
            if (!sha256) {
                digest.update(("blob " + Files.size(file.content()) + "\0").getBytes(StandardCharsets.US_ASCII));
            }
            byte[] buffer = new byte[BUFFER];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-1 and SHA-256", e);
        }
    }
}
