package io.github.whisperspeedtest.hub;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Checks the entries of a listing, which comes from a server or from a file that any program may have written. */
final class ListedFiles {
    private static final Pattern GIT_HASH = Pattern.compile("[0-9a-f]{40}");
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

    private ListedFiles() {}

    /** Returns what is wrong with an entry, or null. */
    static @Nullable String problem(HubFile file) {
        String name = HubNames.pathProblem(file.path());
        if (name != null) {
            return "its name is not allowed: " + name;
        }
        if (file.size() < 0) {
            return "it has no size";
        }
        if (!GIT_HASH.matcher(file.gitHash()).matches()) {
            return "its git hash is not one: '" + HubNames.printable(file.gitHash()) + "'";
        }
        if (file.sha256() != null && !SHA256.matcher(file.sha256()).matches()) {
            return "its sha256 is not one: '" + HubNames.printable(file.sha256()) + "'";
        }
        return null;
    }
}
