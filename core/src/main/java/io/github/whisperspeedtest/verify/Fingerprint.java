package io.github.whisperspeedtest.verify;

import io.github.whisperspeedtest.model.ModelFile;
import io.github.whisperspeedtest.provenance.Hashes;
import io.github.whisperspeedtest.spi.Implementation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * Key of a cached verdict, and the state for which the verdict is valid.
 *
 * <p>The state does not contain the engine's version, which is known only after the native library is loaded. It
 * contains the sizes and times of every possible origin of the engine: the jars on the class path, which bundle native
 * libraries, and the files of {@link Implementation#engineFiles()}.
 *
 * @param subject hash of the implementation, the level and the paths of the files
 * @param state hash of everything that must not change: the implementation's version, the engine, Java, and the files'
 *     names, sizes, times and blobs
 */
record Fingerprint(String subject, String state) {
    static Fingerprint of(Implementation implementation, VerifyLevel level, List<ModelFile> files, String engine) {
        List<String> subject = new ArrayList<>(List.of(implementation.id(), level.name()));
        List<String> state = new ArrayList<>(List.of(implementation.version(), engine));
        for (ModelFile file : files) {
            subject.add(file.name());
            subject.add(file.content().toString());
            state.addAll(List.of(
                    file.name(),
                    Long.toString(file.size()),
                    file.modified().toString(),
                    String.valueOf(file.blobName()),
                    String.valueOf(file.hash())));
        }
        return new Fingerprint(digest(subject), digest(state));
    }

    /** Returns a hash that changes with the class path, Java and the operating system. */
    static String ofClassPath(List<Path> classPath) {
        List<String> parts = new ArrayList<>(List.of(
                Runtime.version().toString(),
                System.getProperty("java.vm.name", ""),
                System.getProperty("os.name", ""),
                System.getProperty("os.version", ""),
                System.getProperty("os.arch", "")));
        classPath.forEach(entry -> parts.addAll(describe(entry)));
        return digest(parts);
    }

    /** Returns a hash that changes with the class path or with the engine files of an implementation. */
    static String ofEngine(String classPath, List<Path> engineFiles) {
        List<String> parts = new ArrayList<>(List.of(classPath));
        engineFiles.forEach(file -> parts.addAll(describe(file)));
        return digest(parts);
    }

    private static List<String> describe(Path entry) {
        if (!Files.isDirectory(entry)) {
            return describeFile(entry);
        }
        try (Stream<Path> content = Files.walk(entry)) {
            return content.filter(Files::isRegularFile)
                    .sorted(Comparator.naturalOrder())
                    .flatMap(file -> describeFile(file).stream())
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            return List.of(entry.toString(), e.toString());
        }
    }

    private static List<String> describeFile(Path file) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return Arrays.asList(
                    file.toString(),
                    Long.toString(attributes.size()),
                    attributes.lastModifiedTime().toString());
        } catch (IOException e) {
            return List.of(file.toString());
        }
    }

    private static String digest(List<String> parts) {
        MessageDigest digest = Hashes.newSha256();
        for (String part : parts) {
            byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
            digest.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
            digest.update(bytes);
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
