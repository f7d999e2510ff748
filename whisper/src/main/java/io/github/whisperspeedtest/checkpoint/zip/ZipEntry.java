package io.github.whisperspeedtest.checkpoint.zip;

/**
 * One file in a zip archive.
 *
 * @param name its path in the archive
 * @param header where its local header begins
 * @param offset where its bytes begin
 * @param storedSize how many bytes it takes in the archive
 * @param size how many bytes it has once it is unpacked
 * @param crc the checksum of those, as CRC-32
 * @param isStored whether it is in the archive as it is, and not compressed
 */
public record ZipEntry(String name, long header, long offset, long storedSize, long size, long crc, boolean isStored) {
    /** Returns where its bytes end. */
    long end() {
        return offset + storedSize;
    }
}
