package io.github.whisperspeedtest.checkpoint.zip;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the locations of the entries of a zip archive, which {@code java.util.zip} does not expose.
 *
 * <p>Stricter than the format: the archive fills its file, no two entries share a byte or a name, and each local header
 * agrees with the directory. So all programs read the same content. Format: PKWARE's APPNOTE.TXT, sections 4.3 and
 * 4.5.3.
 */
public final class ZipDirectory {
    private static final int LOCAL_HEADER = 0x04034b50;
    private static final int CENTRAL_HEADER = 0x02014b50;
    private static final int END = 0x06054b50;
    private static final int ZIP64_END = 0x06064b50;
    private static final int ZIP64_LOCATOR = 0x07064b50;

    private static final int LOCAL_HEADER_BYTES = 30;
    private static final int CENTRAL_HEADER_BYTES = 46;
    private static final int END_BYTES = 22;
    private static final int ZIP64_END_BYTES = 56;
    private static final int ZIP64_LOCATOR_BYTES = 20;

    /** The value of a field of 16 or 32 bits whose number stands elsewhere in 64. */
    private static final int ELSEWHERE_16 = 0xffff;

    private static final long ELSEWHERE_32 = 0xffffffffL;
    private static final int ZIP64_EXTRA = 1;

    /** Encrypted, a patch, strongly encrypted, or with a masked header. */
    private static final int UNREADABLE_FLAGS = 1 | 1 << 5 | 1 << 6 | 1 << 13;

    /** Sizes and checksum come behind the data, so the local header has none. */
    private static final int SIZES_FOLLOW = 1 << 3;

    private static final int STORED = 0;

    /** Some fifty times what the largest published model has. */
    private static final int MAX_ENTRIES = 1 << 16;

    private static final int MAX_DIRECTORY_BYTES = 16 << 20;
    private static final int MAX_NAME_BYTES = 1024;

    private final FileBytes bytes;
    private final FileErrors offences;
    private final boolean directories;

    private ZipDirectory(FileBytes bytes, FileErrors offences, boolean directories) {
        this.bytes = bytes;
        this.offences = offences;
        this.directories = directories;
    }

    /** Where the list of entries is. */
    private record Place(long entries, long size, long offset, long end) {}

    /** One entry as the list describes it. */
    private record Listed(
            byte[] name, int flags, int method, long crc, long storedSize, long size, long header, int mode) {}

    /**
     * Returns the files by name, in the order of their bytes. An archive with entries for directories breaks the rules.
     *
     * @throws io.github.whisperspeedtest.error.ModelException if the archive breaks the format, or one of the rules above
     * @throws IOException if the file cannot be read
     */
    public static Map<String, ZipEntry> read(FileBytes bytes, FileErrors offences) throws IOException {
        return new ZipDirectory(bytes, offences, false).read();
    }

    /**
     * Returns the files and directories by name, in the order of their bytes.
     *
     * @throws io.github.whisperspeedtest.error.ModelException if the archive breaks the format, or one of the rules above
     * @throws IOException if the file cannot be read
     */
    public static Map<String, ZipEntry> readTree(FileBytes bytes, FileErrors offences) throws IOException {
        return new ZipDirectory(bytes, offences, true).read();
    }

    private Map<String, ZipEntry> read() throws IOException {
        Place place = place();
        if (place.entries < 0 || place.entries > MAX_ENTRIES || place.size < 0 || place.size > MAX_DIRECTORY_BYTES) {
            throw offences.damaged("its directory should have at most " + MAX_ENTRIES + " entries in "
                    + MAX_DIRECTORY_BYTES + " bytes, but is said to have " + Long.toUnsignedString(place.entries)
                    + " in " + Long.toUnsignedString(place.size));
        }
        if (place.offset < 0 || place.offset > place.end || place.offset + place.size != place.end) {
            throw offences.damaged("its directory of " + place.size + " bytes should end at " + place.end
                    + ", but is said to begin at " + Long.toUnsignedString(place.offset));
        }
        ByteBuffer directory = bytes.read(place.offset, (int) place.size, "its directory");
        List<ZipEntry> entries = new ArrayList<>();
        for (long i = 0; i < place.entries; i++) {
            entries.add(entry(listed(directory)));
        }
        if (directory.hasRemaining()) {
            throw offences.damaged("its directory should have " + place.entries + " entries and nothing else, but "
                    + directory.remaining() + " bytes follow");
        }
        return checked(entries, place.offset);
    }

    private Place place() throws IOException {
        long endOffset = bytes.size() - END_BYTES;
        ByteBuffer end = bytes.read(Math.max(0, endOffset), (int) Math.min(END_BYTES, bytes.size()), "its end");
        if (endOffset < 0 || end.getInt(0) != END || end.getShort(20) != 0) {
            throw offences.damaged(
                    "it does not end with a zip directory: it was truncated," + " or other data was appended");
        }
        Place place = new Place(
                Short.toUnsignedInt(end.getShort(10)),
                Integer.toUnsignedLong(end.getInt(12)),
                Integer.toUnsignedLong(end.getInt(16)),
                endOffset);
        if (end.getShort(4) != 0 || end.getShort(6) != 0 || end.getShort(8) != end.getShort(10)) {
            throw offences.damaged("it spans several disks");
        }
        long locatorOffset = endOffset - ZIP64_LOCATOR_BYTES;
        if (locatorOffset < 0) {
            return place;
        }
        ByteBuffer locator = bytes.read(locatorOffset, ZIP64_LOCATOR_BYTES, "its end");
        return locator.getInt(0) == ZIP64_LOCATOR ? place64(place, locatorOffset, locator.getLong(8)) : place;
    }

    /** Returns the place as the end of 64 bits has it, with which that of 32 bits must agree as far as it goes. */
    private Place place64(Place place32, long locatorOffset, long offset) throws IOException {
        if (offset != locatorOffset - ZIP64_END_BYTES) {
            throw offences.damaged("its 64-bit end record should be at " + (locatorOffset - ZIP64_END_BYTES)
                    + ", but is said to be at " + Long.toUnsignedString(offset));
        }
        ByteBuffer end = bytes.read(offset, ZIP64_END_BYTES, "its 64-bit end record");
        if (end.getInt(0) != ZIP64_END || end.getInt(16) != 0 || end.getInt(20) != 0) {
            throw offences.damaged("its 64-bit end record should be at " + offset + ", but is not");
        }
        Place place = new Place(end.getLong(32), end.getLong(40), end.getLong(48), offset);
        if (end.getLong(24) != place.entries
                || !agree(place32.entries, place.entries, ELSEWHERE_16)
                || !agree(place32.size, place.size, ELSEWHERE_32)
                || !agree(place32.offset, place.offset, ELSEWHERE_32)) {
            throw offences.damaged("its 32-bit and 64-bit end records disagree about the directory");
        }
        return place;
    }

    private static boolean agree(long small, long large, long elsewhere) {
        return small == elsewhere || small == large;
    }

    private Listed listed(ByteBuffer directory) {
        int start = directory.position();
        if (directory.remaining() < CENTRAL_HEADER_BYTES || directory.getInt(start) != CENTRAL_HEADER) {
            throw offences.damaged("its directory should have another entry at byte " + start + ", but has none");
        }
        int nameBytes = Short.toUnsignedInt(directory.getShort(start + 28));
        int extraBytes = Short.toUnsignedInt(directory.getShort(start + 30));
        int commentBytes = Short.toUnsignedInt(directory.getShort(start + 32));
        if (directory.remaining() - CENTRAL_HEADER_BYTES < nameBytes + extraBytes + commentBytes) {
            throw offences.damaged("the entry at byte " + start + " of its directory reaches beyond the directory");
        }
        if (nameBytes > MAX_NAME_BYTES || directory.getShort(start + 34) != 0) {
            throw offences.damaged("the entry at byte " + start + " of its directory has a name of " + nameBytes
                    + " bytes, or is on another disk");
        }
        byte[] name = new byte[nameBytes];
        directory.position(start + CENTRAL_HEADER_BYTES);
        directory.get(name);
        ByteBuffer extra = directory.slice(directory.position(), extraBytes).order(ByteOrder.LITTLE_ENDIAN);
        directory.position(directory.position() + extraBytes + commentBytes);
        long[] numbers = {
            Integer.toUnsignedLong(directory.getInt(start + 24)),
            Integer.toUnsignedLong(directory.getInt(start + 20)),
            Integer.toUnsignedLong(directory.getInt(start + 42))
        };
        widen(numbers, extra, start);
        return new Listed(
                name,
                Short.toUnsignedInt(directory.getShort(start + 8)),
                Short.toUnsignedInt(directory.getShort(start + 10)),
                Integer.toUnsignedLong(directory.getInt(start + 16)),
                numbers[1],
                numbers[0],
                numbers[2],
                directory.getInt(start + 38) >>> 16);
    }

    /** Puts the numbers of 64 bits where those of 32 say that they stand elsewhere. */
    private void widen(long[] numbers, ByteBuffer extra, int start) {
        ByteBuffer wide = ByteBuffer.allocate(0);
        while (extra.remaining() >= 2 * Short.BYTES) {
            int id = Short.toUnsignedInt(extra.getShort());
            int length = Short.toUnsignedInt(extra.getShort());
            if (length > extra.remaining()) {
                throw offences.damaged("the entry at byte " + start + " of its directory has a field of " + length
                        + " bytes, of which only " + extra.remaining() + " are there");
            }
            if (id == ZIP64_EXTRA) {
                wide = extra.slice(extra.position(), length).order(ByteOrder.LITTLE_ENDIAN);
            }
            extra.position(extra.position() + length);
        }
        for (int i = 0; i < numbers.length; i++) {
            if (numbers[i] == ELSEWHERE_32) {
                if (wide.remaining() < Long.BYTES) {
                    throw offences.damaged("the entry at byte " + start + " of its directory lacks a 64-bit value");
                }
                numbers[i] = wide.getLong();
            }
        }
    }

    private ZipEntry entry(Listed listed) throws IOException {
        String name = new String(listed.name, StandardCharsets.UTF_8);
        checkName(name);
        String shown = "entry '" + FileErrors.shown(name) + "'";
        if ((listed.flags & UNREADABLE_FLAGS) != 0) {
            throw offences.unusable(shown + " is encrypted or a patch", "Save the model without encryption.");
        }
        if (listed.size < 0 || listed.storedSize < 0 || listed.method == STORED && listed.size != listed.storedSize) {
            throw offences.damaged(shown + " has impossible sizes: " + Long.toUnsignedString(listed.size) + " and "
                    + Long.toUnsignedString(listed.storedSize) + " bytes");
        }
        ByteBuffer local = bytes.read(listed.header, LOCAL_HEADER_BYTES, "the header of " + shown);
        int nameBytes = Short.toUnsignedInt(local.getShort(26));
        int flags = Short.toUnsignedInt(local.getShort(6));
        boolean isSame = local.getInt(0) == LOCAL_HEADER
                && (flags & UNREADABLE_FLAGS) == 0
                && Short.toUnsignedInt(local.getShort(8)) == listed.method
                && nameBytes == listed.name.length
                && ((flags & SIZES_FOLLOW) != 0
                        || agree(Integer.toUnsignedLong(local.getInt(18)), listed.storedSize, ELSEWHERE_32)
                                && agree(Integer.toUnsignedLong(local.getInt(22)), listed.size, ELSEWHERE_32)
                                && Integer.toUnsignedLong(local.getInt(14)) == listed.crc);
        if (!isSame
                || !bytes.read(listed.header + LOCAL_HEADER_BYTES, nameBytes, "the name of " + shown)
                        .equals(ByteBuffer.wrap(listed.name))) {
            throw offences.damaged("the header of " + shown + " should be at " + listed.header
                    + " and match the directory, but does not");
        }
        long offset = listed.header + LOCAL_HEADER_BYTES + nameBytes + Short.toUnsignedInt(local.getShort(28));
        return new ZipEntry(
                name,
                listed.header,
                offset,
                listed.storedSize,
                listed.size,
                listed.crc,
                listed.method == STORED,
                listed.mode);
    }

    private void checkName(String listedName) {
        boolean isDirectory = directories && listedName.endsWith("/");
        String name = isDirectory ? listedName.substring(0, listedName.length() - 1) : listedName;
        boolean isInside = !name.isEmpty()
                && name.chars().noneMatch(c -> c == '\\' || c == 0 || c == '\uFFFD')
                && List.of(name.split("/", -1)).stream()
                        .noneMatch(part -> part.equals("..") || part.equals(".") || part.isEmpty());
        if (!isInside) {
            throw offences.damaged("it has an entry of the name '" + FileErrors.shown(listedName)
                    + "', which is not a valid path in the archive");
        }
    }

    private Map<String, ZipEntry> checked(List<ZipEntry> entries, long limit) {
        entries.sort(Comparator.comparingLong(ZipEntry::header));
        Map<String, ZipEntry> byName = new LinkedHashMap<>();
        long end = 0;
        for (ZipEntry entry : entries) {
            String shown = "entry '" + FileErrors.shown(entry.name()) + "'";
            if (byName.put(entry.name(), entry) != null) {
                throw offences.damaged("it has two entries of the name '" + FileErrors.shown(entry.name()) + "'");
            }
            if (entry.header() < end) {
                throw offences.damaged(
                        shown + " begins at " + entry.header() + ", but the one before it ends at " + end);
            }
            if (entry.offset() > limit || entry.storedSize() > limit - entry.offset()) {
                throw offences.damaged(shown + " should have " + entry.storedSize() + " bytes from " + entry.offset()
                        + " on, but the directory begins at " + limit);
            }
            end = entry.end();
        }
        return byName;
    }
}
