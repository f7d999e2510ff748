package io.github.whisperspeedtest.registry;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Path;
import java.security.CodeSource;
import org.jspecify.annotations.Nullable;

/** Locates classes and resources on the class path, as file paths for users. */
final class Locations {
    private Locations() {}

    /** Returns the jar or directory of a class, null if unknown. */
    static @Nullable String of(Class<?> type) {
        CodeSource source = type.getProtectionDomain().getCodeSource();
        URL location = source == null ? null : source.getLocation();
        return location == null ? null : readable(location.toString());
    }

    /** Returns the jar or directory that contains a resource of the given name. */
    static String of(URL resource, String name) {
        String root = resource.toString();
        if (root.endsWith(name)) {
            root = root.substring(0, root.length() - name.length());
        }
        if (root.startsWith("jar:") && root.endsWith("!/")) {
            root = root.substring("jar:".length(), root.length() - "!/".length());
        }
        return readable(root);
    }

    private static String readable(String address) {
        try {
            return Path.of(new URI(address)).toString();
        } catch (URISyntaxException | IllegalArgumentException | FileSystemNotFoundException e) {
            return address;
        }
    }
}
