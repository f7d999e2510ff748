package io.github.whisperspeedtest.files;

import java.nio.file.FileSystems;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/** Attributes of new files and directories that only their owner can read; none on systems without such permissions. */
public final class OwnerOnly {
    private OwnerOnly() {}

    /** Returns the attributes of a new file. */
    public static FileAttribute<?>[] file() {
        return attributes("rw-------");
    }

    /** Returns the attributes of a new directory. */
    public static FileAttribute<?>[] directory() {
        return attributes("rwx------");
    }

    private static FileAttribute<?>[] attributes(String permissions) {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }
}
