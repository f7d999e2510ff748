package io.github.whisperspeedtest.spark;

import java.net.URI;
import java.nio.file.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/** The local files as if they were on another machine: recordings of this file system have to be copied, as those of an object store. */
public final class RemoteFileSystem extends RawLocalFileSystem {
    static final String SCHEME = "remote";

    /** Creates the file system, as Hadoop does. */
    public RemoteFileSystem() {}

    /** Returns the URI of a file. */
    static String uri(Path file) {
        return SCHEME + "://" + file.toAbsolutePath();
    }

    @Override
    public URI getUri() {
        return URI.create(SCHEME + ":///");
    }

    @Override
    public String getScheme() {
        return SCHEME;
    }
}
