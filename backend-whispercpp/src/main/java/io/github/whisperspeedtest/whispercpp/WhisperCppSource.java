package io.github.whisperspeedtest.whispercpp;

import io.github.whisperspeedtest.error.ErrorKind;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.files.DiskErrors;
import io.github.whisperspeedtest.whispercpp.bindings.WhisperRelease;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A directory with the source code of whisper.cpp.
 *
 * @param directory its absolute path without symbolic links
 * @param release the release that its {@code CMakeLists.txt} names, such as {@code 1.9.3}
 */
record WhisperCppSource(Path directory, WhisperRelease release) {
    private static final String BUILD_FILE = "CMakeLists.txt";
    private static final String HEADER = "include/whisper.h";

    /** The releases have about 8 KB. */
    private static final int MAX_BUILD_FILE = 1 << 20;

    private static final Pattern COMMENT = Pattern.compile("#.*");

    private static final Pattern PROJECT = Pattern.compile(
            "\\bproject\\s*\\(\\s*\"?whisper\\.cpp\"?(?:\\s+VERSION\\s+(\\d{1,4})\\.(\\d{1,4})\\.(\\d{1,4}))?",
            Pattern.CASE_INSENSITIVE);

    /** The form since 1.9.3. */
    private static final Pattern VERSION_PART = Pattern.compile(
            "\\bset\\s*\\(\\s*WHISPER_VERSION_(MAJOR|MINOR|PATCH)\\s+\"?(\\d{1,4})\"?\\s*\\)",
            Pattern.CASE_INSENSITIVE);

    /**
     * Examines a directory.
     *
     * @throws WhisperSpeedtestException if it has no source code of whisper.cpp 1.7.1 or later
     */
    static WhisperCppSource of(Path directory) {
        if (!Files.isDirectory(directory)) {
            throw wrong(directory + " is not a directory");
        }
        String text = COMMENT.matcher(read(directory.resolve(BUILD_FILE))).replaceAll("");
        Matcher project = PROJECT.matcher(text);
        if (!project.find()) {
            throw wrong(directory.resolve(BUILD_FILE) + " does not begin a project \"whisper.cpp\"");
        }
        if (!Files.isRegularFile(directory.resolve(HEADER))) {
            throw wrong(directory + " has no file " + HEADER);
        }
        WhisperRelease release = release(text, project)
                .orElseThrow(() -> wrong(directory.resolve(BUILD_FILE) + " does not name the version of whisper.cpp"));
        if (release.compareTo(WhisperRelease.OLDEST) < 0) {
            throw wrong(directory + " has whisper.cpp " + release + ", which is too old");
        }
        try {
            return new WhisperCppSource(directory.toRealPath(), release);
        } catch (IOException e) {
            throw wrong("Cannot read " + directory + " (" + DiskErrors.reason(e) + ")");
        }
    }

    private static String read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BUILD_FILE + 1);
            if (bytes.length > MAX_BUILD_FILE) {
                throw wrong(file + " is larger than 1 MiB");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw wrong("Cannot read " + file + " (" + DiskErrors.reason(e) + ")");
        }
    }

    /** Continues after the first {@code project} line; up to 1.9.2 a second one names the version. */
    private static Optional<WhisperRelease> release(String text, Matcher project) {
        do {
            if (project.group(1) != null) {
                return Optional.of(releaseOf(project.group(1), project.group(2), project.group(3)));
            }
        } while (project.find());
        Map<String, String> parts = new HashMap<>();
        Matcher part = VERSION_PART.matcher(text);
        while (part.find()) {
            parts.putIfAbsent(part.group(1).toUpperCase(Locale.ROOT), part.group(2));
        }
        return parts.size() < 3
                ? Optional.empty()
                : Optional.of(releaseOf(parts.get("MAJOR"), parts.get("MINOR"), parts.get("PATCH")));
    }

    private static WhisperRelease releaseOf(String major, String minor, String patch) {
        return new WhisperRelease(Integer.parseInt(major), Integer.parseInt(minor), Integer.parseInt(patch));
    }

    private static WhisperSpeedtestException wrong(String problem) {
        return new WhisperSpeedtestException(
                ErrorKind.USER,
                problem + ". Expected the source code of whisper.cpp 1.7.1 or later, such as a clone of"
                        + " https://github.com/ggml-org/whisper.cpp.");
    }
}
