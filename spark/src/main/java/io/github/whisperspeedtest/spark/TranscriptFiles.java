package io.github.whisperspeedtest.spark;

import io.github.whisperspeedtest.format.TranscriptFormat;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Serializable;
import java.io.Writer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files with one transcript each, whose names follow from those of the recordings.
 *
 * <p>A file is written under another name and renamed, so that a file with its name is complete, and a task that runs twice leaves one file.
 */
final class TranscriptFiles implements Serializable {
    private static final long serialVersionUID = 1L;

    private static final Logger LOG = LoggerFactory.getLogger(TranscriptFiles.class);

    private final String output;
    private final String base;
    private final TranscriptFormat format;

    /**
     * Creates the description of a directory.
     *
     * @param output the directory
     * @param base URI of the directory that the recordings are in, which names of files begin after; empty if there are several
     */
    TranscriptFiles(String output, String base, TranscriptFormat format) {
        this.output = output;
        this.base = base;
        this.format = format;
    }

    /** Returns the file for a recording: its path below the base, with the extension of the format after its own. */
    Path of(String recording) {
        String name = !base.isEmpty() && recording.startsWith(base)
                ? recording.substring(base.length())
                : withAuthority(new Path(recording).toUri());
        // Not with the constructor for a parent and a child, which takes a name such as 10:00.wav for a URI.
        return new Path(output + "/" + name.replaceFirst("^/+", "") + "." + format.extension());
    }

    /** Recordings of several buckets may have the same path. */
    private static String withAuthority(URI recording) {
        return recording.getAuthority() == null
                ? recording.getPath()
                : recording.getAuthority() + "/" + recording.getPath();
    }

    /** Returns whether the transcript of a recording is there. */
    boolean exists(String recording, Configuration hadoop) throws IOException {
        Path file = of(recording);
        return file.getFileSystem(hadoop).exists(file);
    }

    /**
     * Writes the transcript of a recording.
     *
     * @param attempt distinguishes the tasks that write it at the same time
     */
    void write(Transcript transcript, long attempt, Configuration hadoop) throws IOException {
        Path file = of(String.valueOf(transcript.path));
        FileSystem files = file.getFileSystem(hadoop);
        if (files instanceof LocalFileSystem local) {
            // Without the files of checksums, which only Hadoop reads.
            files = local.getRawFileSystem();
        }
        String name = "." + attempt + "-" + Integer.toHexString(file.hashCode()) + ".tmp";
        Path temporary = new Path(file.getParent() + "/" + name);
        try (Writer writer = new OutputStreamWriter(files.create(temporary, true), StandardCharsets.UTF_8)) {
            format.write(transcript.toTranscription(), writer);
        } catch (IOException | RuntimeException e) {
            files.delete(temporary, false);
            throw e;
        }
        try {
            if (!files.rename(temporary, file) && !files.exists(file)) {
                throw new IOException("Cannot rename '" + temporary + "' to '" + file + "'.");
            }
        } catch (FileAlreadyExistsException e) {
            LOG.debug("Another attempt has written {}", file, e);
        }
        files.delete(temporary, false);
    }
}
