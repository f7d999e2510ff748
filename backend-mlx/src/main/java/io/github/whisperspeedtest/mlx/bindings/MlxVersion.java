package io.github.whisperspeedtest.mlx.bindings;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which versions of MLX these bindings fit. */
final class MlxVersion {
    /** The first one whose C interface has the functions as {@link MlxC} declares them. */
    static final String OLDEST = "0.31";

    private static final int OLDEST_MINOR = 31;
    private static final Pattern VERSION = Pattern.compile("(\\d{1,9})\\.(\\d{1,9})(\\..*)?");

    private MlxVersion() {}

    /** Returns whether a version is {@link #OLDEST} or a later one. */
    static boolean isSupported(String version) {
        Matcher matcher = VERSION.matcher(version);
        return matcher.matches()
                && (Integer.parseInt(matcher.group(1)) > 0 || Integer.parseInt(matcher.group(2)) >= OLDEST_MINOR);
    }
}
