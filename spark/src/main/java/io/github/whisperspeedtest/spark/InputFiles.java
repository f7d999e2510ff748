package io.github.whisperspeedtest.spark;

import io.github.whisperspeedtest.audio.AudioExtensions;
import io.github.whisperspeedtest.error.AudioException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URISyntaxException;
import java.util.List;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.jspecify.annotations.Nullable;

/** The recordings that a user names by files, directories and globs of any file system. */
final class InputFiles {
    private final Configuration hadoop;
    private final TreeSet<String> paths = new TreeSet<>();
    private @Nullable String base;

    private InputFiles(Configuration hadoop) {
        this.hadoop = hadoop;
    }

    /**
     * Finds recordings.
     *
     * @param inputs files; directories, of which all recordings are taken, by the extensions of their names; or globs as in Hadoop, whose
     *     files are all taken
     * @throws AudioException if one of them matches nothing, or cannot be listed
     */
    static InputFiles find(List<String> inputs, Configuration hadoop) {
        InputFiles found = new InputFiles(hadoop);
        for (String input : inputs) {
            try {
                found.add(input);
            } catch (IOException | IllegalArgumentException e) {
                throw new AudioException(
                        "Cannot list '" + input + "': " + e.getMessage()
                                + ". Check the path, and that Spark has the file system and its keys.",
                        e);
            }
        }
        if (inputs.size() > 1) {
            found.base = null;
        }
        return found;
    }

    private void add(String input) throws IOException {
        Path path = new Path(input);
        FileSystem files = path.getFileSystem(hadoop);
        int before = paths.size();
        try {
            FileStatus literal = files.getFileStatus(path);
            base = literal.isDirectory() ? literal.getPath().toString() : parent(literal.getPath());
            add(files, literal);
        } catch (FileNotFoundException e) {
            FileStatus[] matches = matches(files, path);
            base = staticPart(files.makeQualified(path));
            for (FileStatus match : matches) {
                add(files, match);
            }
        }
        if (paths.size() == before) {
            throw new AudioException("No recording is at '" + input
                    + "'. Expected a file, a directory with recordings, or a glob such as s3a://bucket/calls/*/*.wav.");
        }
    }

    private static FileStatus[] matches(FileSystem files, Path glob) throws IOException {
        try {
            FileStatus[] matches = files.globStatus(glob);
            return matches == null ? new FileStatus[0] : matches;
        } catch (IllegalArgumentException e) {
            if (e.getCause() instanceof URISyntaxException) {
                throw new AudioException(
                        "Cannot list '" + glob + "': a name there has a colon, which globs of Hadoop do not take. Name"
                                + " the directory instead.",
                        e);
            }
            throw e;
        }
    }

    private void add(FileSystem files, FileStatus status) throws IOException {
        if (!status.isDirectory()) {
            paths.add(status.getPath().toString());
            return;
        }
        RemoteIterator<LocatedFileStatus> all = files.listFiles(status.getPath(), true);
        while (all.hasNext()) {
            Path path = all.next().getPath();
            if (!isHidden(path, status.getPath()) && AudioExtensions.isAudio(java.nio.file.Path.of(path.getName()))) {
                paths.add(path.toString());
            }
        }
    }

    /** Returns whether a name below a directory begins with a dot or an underscore, as those do that Hadoop's programs leave out. */
    private static boolean isHidden(Path path, Path directory) {
        for (Path part = path; part != null && !part.equals(directory); part = part.getParent()) {
            if (part.getName().startsWith(".") || part.getName().startsWith("_")) {
                return true;
            }
        }
        return false;
    }

    /** Returns the directories of a glob that stand before its first pattern. */
    private static String staticPart(Path glob) {
        Path part = glob;
        while (part.getParent() != null && part.toString().matches(".*[*?\\[{].*")) {
            part = part.getParent();
        }
        return part.toString();
    }

    private static String parent(Path file) {
        return file.getParent() == null ? "" : file.getParent().toString();
    }

    /** Returns the URIs of the recordings, each once, sorted. */
    List<String> paths() {
        return List.copyOf(paths);
    }

    /** Returns the directory that all recordings are in, empty if they were named by several inputs. */
    String base() {
        return base == null ? "" : base;
    }
}
