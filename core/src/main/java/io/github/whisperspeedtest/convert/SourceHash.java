package io.github.whisperspeedtest.convert;

import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.files.DiskErrors;
import io.github.whisperspeedtest.model.ResolvedModel;
import io.github.whisperspeedtest.spi.ModelFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;

/**
 * A short hash of the names, sizes and times of a model's files. It tells versions of a model apart without reading
 * gigabytes.
 */
final class SourceHash {
    private static final int DIGITS = 8;

    private SourceHash() {}

    /**
     * Returns the hash of a model without its companions.
     *
     * @param model a model
     * @param files its files and those of its companions
     */
    static String of(ResolvedModel model, ModelFiles files) {
        MessageDigest digest = sha256();
        for (Map.Entry<String, Path> file : files.byName().entrySet()) {
            boolean ofCompanion = model.info().companions().stream()
                    .anyMatch(companion -> file.getKey().startsWith(companion.name() + "/"));
            if (ofCompanion) {
                continue;
            }
            try {
                Path content = file.getValue().toRealPath();
                BasicFileAttributes attributes = Files.readAttributes(content, BasicFileAttributes.class);
                String line = file.getKey() + "\0" + content + "\0" + attributes.size() + "\0"
                        + attributes.lastModifiedTime().toMillis() + "\n";
                digest.update(line.getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new ModelException(
                        "Cannot read " + file.getValue() + ": " + DiskErrors.reason(e) + ". Check its permissions.", e);
            }
        }
        return HexFormat.of().formatHex(digest.digest()).substring(0, DIGITS);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
