package io.github.whisperspeedtest.audio;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;

/** File extensions of recordings, by which they are found in a directory. A file that a user names is read whatever it is called. */
public final class AudioExtensions {
    /** Extensions of the formats that this library decodes. */
    public static final Set<String> DECODED =
            Set.of("wav", "wave", "w64", "rf64", "bwf", "flac", "mp3", "mp2", "mp1", "mpga", "ogg", "oga");

    /** Extensions of audio and video formats that ffmpeg decodes. */
    public static final Set<String> FOREIGN = Set.of(
            "3g2", "3ga", "3gp", "aac", "ac3", "aif", "aifc", "aiff", "amr", "ape", "asf", "au", "avi", "caf", "dts",
            "eac3", "f4v", "flv", "gsm", "m2ts", "m4a", "m4b", "m4p", "m4r", "m4v", "mka", "mkv", "mov", "mp4", "mpc",
            "mpeg", "mpg", "mts", "mxf", "ogv", "ogx", "opus", "qt", "ra", "rm", "rmvb", "snd", "spx", "sph", "tta",
            "ts", "vob", "voc", "webm", "wma", "wmv", "wv");

    private AudioExtensions() {}

    /** Returns whether the name of a file ends like that of a recording. */
    public static boolean isAudio(Path file) {
        String extension = of(file);
        return DECODED.contains(extension) || FOREIGN.contains(extension);
    }

    /** Returns the extension in lower case and without the dot, empty if there is none. */
    public static String of(Path file) {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        int dot = name.lastIndexOf('.');
        return dot < 0 ? "" : name.substring(dot + 1);
    }
}
