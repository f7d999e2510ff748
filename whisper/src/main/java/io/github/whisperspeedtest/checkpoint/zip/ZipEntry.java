package io.github.whisperspeedtest.checkpoint.zip;

/**
 * One file or directory in a zip archive.
 *
 * @param name its path in the archive; that of a directory ends with a slash
 * @param header where its local header begins
 * @param offset where its bytes begin
 * @param storedSize how many bytes it takes in the archive
 * @param size how many bytes it has once it is unpacked
 * @param crc the checksum of those, as CRC-32
 * @param isStored whether it is in the archive as it is, and not compressed
 * @param mode type and permissions as Unix has them, such as octal 100644; 0 if the archive does not state them
 */
public record ZipEntry(
        String name, long header, long offset, long storedSize, long size, long crc, boolean isStored, int mode) {
    private static final int TYPE = 0170000;
    private static final int REGULAR = 0100000;
    private static final int DIRECTORY = 0040000;

    /** Returns whether it is a directory. */
    public boolean isDirectory() {
        return name.endsWith("/");
    }

    /** Returns whether it is neither a file nor a directory, but a link, a device or a pipe. */
    public boolean isSpecial() {
        int type = mode & TYPE;
        return type != 0 && type != (isDirectory() ? DIRECTORY : REGULAR);
    }

    /** Returns where its bytes end. */
    long end() {
        return offset + storedSize;
    }
}
