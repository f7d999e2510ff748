package io.github.whisperspeedtest.registry;

import io.github.whisperspeedtest.spi.Implementation;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A services file with names of {@link Implementation} providers. It is read again to explain a failure.
 *
 * <p>{@link java.util.ServiceLoader} names the failed provider only in the text of its message, and does not name a class that cannot be
 * linked.
 *
 * @param location the jar or directory that contains the file
 * @param providers the class names in it
 * @param malformedLine the first line that is not a class name, null if there is none
 */
record ServicesFile(
        String location, List<String> providers, @Nullable String malformedLine) {
    static final String NAME = "META-INF/services/" + Implementation.class.getName();

    /** Returns the files visible to a class loader, in the order in which the service loader reads them. */
    static List<ServicesFile> visibleTo(ClassLoader loader) {
        List<ServicesFile> files = new ArrayList<>();
        try {
            for (URL address : Collections.list(loader.getResources(NAME))) {
                files.add(read(address));
            }
        } catch (IOException e) {
            // Without the file, the error of the service loader is reported.
            return files;
        }
        return files;
    }

    private static ServicesFile read(URL address) throws IOException {
        URLConnection connection = address.openConnection();
        // A cached connection would keep the jar open until the JVM ends.
        connection.setUseCaches(false);
        List<String> providers = new ArrayList<>();
        String malformed = null;
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null && malformed == null; line = reader.readLine()) {
                int comment = line.indexOf('#');
                String name = (comment < 0 ? line : line.substring(0, comment)).trim();
                if (!name.isEmpty() && !isClassName(name)) {
                    malformed = name;
                } else if (!name.isEmpty()) {
                    providers.add(name);
                }
            }
        }
        return new ServicesFile(Locations.of(address, NAME), providers, malformed);
    }

    private static boolean isClassName(String name) {
        return Character.isJavaIdentifierStart(name.codePointAt(0))
                && name.codePoints().allMatch(c -> c == '.' || Character.isJavaIdentifierPart(c));
    }
}
