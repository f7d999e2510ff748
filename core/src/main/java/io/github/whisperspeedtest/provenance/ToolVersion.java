package io.github.whisperspeedtest.provenance;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * The version of this tool.
 *
 * @param version version of the jar, {@code development} if it runs from class files
 * @param commit hash of the commit that it was built from, followed by {@code -dirty} if files had changed since; null if it was
 *     built outside a repository
 */
public record ToolVersion(String version, @Nullable String commit) {
    private static final String FILE = "commit.properties";
    private static final String DIRTY = "-dirty";

    /** Checks that the version is not null. */
    public ToolVersion {
        Objects.requireNonNull(version, "version");
    }

    /** Returns the version of this library. */
    public static ToolVersion current() {
        String version = ToolVersion.class.getPackage().getImplementationVersion();
        return new ToolVersion(
                version == null ? "development" : version, readCommit().orElse(null));
    }

    /** Returns a text such as {@code 0.1.0 (commit 1a2b3c4d5e6f)}, with the first digits of the commit. */
    public String describe() {
        return commit == null ? version : version + " (commit " + shorten(commit) + ")";
    }

    private static String shorten(String commit) {
        return Commits.shorten(commit.replace(DIRTY, "")) + (commit.endsWith(DIRTY) ? DIRTY : "");
    }

    private static Optional<String> readCommit() {
        try (InputStream in = ToolVersion.class.getResourceAsStream(FILE)) {
            if (in == null) {
                return Optional.empty();
            }
            Properties properties = new Properties();
            properties.load(in);
            return commit(properties);
        } catch (IOException e) {
            throw new UncheckedIOException("The jar of this library is damaged", e);
        }
    }

    static Optional<String> commit(Properties properties) {
        return Optional.ofNullable(properties.getProperty("git.commit.id.full"))
                .filter(hash -> !hash.isBlank())
                .map(hash -> hash + (Boolean.parseBoolean(properties.getProperty("git.dirty")) ? DIRTY : ""));
    }
}
