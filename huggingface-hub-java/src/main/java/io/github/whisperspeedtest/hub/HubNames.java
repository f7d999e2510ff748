package io.github.whisperspeedtest.hub;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The rules for names that become paths: whatever a caller or a server says, nothing leaves its directory. */
final class HubNames {
    static final String MODELS_PREFIX = "models--";

    private static final Pattern REPOSITORY_PART = Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9_.-]{0,94}[A-Za-z0-9_])?");
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");
    /** What Windows takes for a device, whatever its extension. */
    private static final Pattern DEVICE = Pattern.compile(
            "(con|prn|aux|nul|conin\\$|conout\\$|com[0-9¹²³]|lpt[0-9¹²³])(\\..*)?", Pattern.CASE_INSENSITIVE);

    private static final String FORBIDDEN = "\\:*?\"<>|";

    private HubNames() {}

    /** Returns the folder that a model's repository has in a cache, such as {@code models--google-bert--bert-base-uncased}. */
    static String folderOf(String repository) {
        String[] parts = repository.split("/", -1);
        boolean valid = parts.length <= 2
                && Arrays.stream(parts)
                        .allMatch(part -> REPOSITORY_PART.matcher(part).matches())
                && !repository.contains("--")
                && !repository.contains("..")
                && !repository.endsWith(".git");
        if (!valid) {
            throw new HubException(
                    HubException.Reason.INVALID_INPUT,
                    "'" + printable(repository) + "' is not the name of a repository.",
                    "Expected owner/name of letters, digits, '-', '_' and '.', such as google-bert/bert-base-uncased.");
        }
        return MODELS_PREFIX + String.join("--", parts);
    }

    /** Checks a branch, tag or commit. */
    static void checkRevision(String revision) {
        String problem = pathProblem(revision);
        if (problem != null) {
            throw new HubException(
                    HubException.Reason.INVALID_INPUT,
                    "'" + printable(revision) + "' is not a revision: " + problem + ".",
                    "Expected a branch, a tag or a commit, such as main.");
        }
    }

    static boolean isCommit(String revision) {
        return COMMIT.matcher(revision).matches();
    }

    /**
     * Returns what makes a relative path with forward slashes unfit for a file here or on another system, or null.
     *
     * <p>The rules of Windows hold everywhere, because a cache may be moved there.
     */
    static @Nullable String pathProblem(String path) {
        if (path.isEmpty()) {
            return "it is empty";
        }
        if (path.length() > 1024) {
            return "it is longer than 1024 characters";
        }
        for (String name : path.split("/", -1)) {
            if (name.isEmpty()) {
                return "it starts or ends with '/' or holds '//'";
            }
            if (name.equals(".") || name.equals("..")) {
                return "it holds the part '" + name + "'";
            }
            if (name.chars().anyMatch(c -> Character.isISOControl(c) || FORBIDDEN.indexOf(c) >= 0)) {
                return "it holds a control character or one of " + FORBIDDEN;
            }
            if (DEVICE.matcher(name).matches()) {
                return "'" + name + "' is a device on Windows";
            }
            if (name.endsWith(" ") || name.endsWith(".")) {
                return "a part of it ends with a space or a dot";
            }
        }
        return null;
    }

    /** Returns {@code directory/path}, which is sure to be inside the directory. */
    static Path resolve(Path directory, String path) {
        String problem = pathProblem(path);
        Path base = directory.toAbsolutePath().normalize();
        try {
            Path resolved = base.resolve(path).normalize();
            if (problem == null && (!resolved.startsWith(base) || resolved.equals(base))) {
                problem = "it leads out of " + base;
            }
            if (problem == null) {
                return resolved;
            }
        } catch (InvalidPathException e) {
            problem = problem == null ? "this system has no such names" : problem;
        }
        throw new HubException(
                HubException.Reason.INVALID_INPUT,
                "'" + printable(path) + "' cannot be the name of a file: " + problem + ".",
                "");
    }

    /** Returns a foreign text as a message may show it. */
    static String printable(String text) {
        String shown = text.codePoints()
                .limit(200)
                .map(c -> Character.isISOControl(c) ? '\uFFFD' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return shown.length() < text.length() ? shown + "…" : shown;
    }
}
