package io.github.whisperspeedtest.checkpoint.npz;

import io.github.whisperspeedtest.checkpoint.tensor.FileRegion;
import io.github.whisperspeedtest.checkpoint.tensor.StoredArray;
import io.github.whisperspeedtest.checkpoint.zip.FileBytes;
import io.github.whisperspeedtest.checkpoint.zip.FileErrors;
import io.github.whisperspeedtest.checkpoint.zip.ZipDirectory;
import io.github.whisperspeedtest.checkpoint.zip.ZipEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads numpy's {@code .npz} format: a zip archive of {@code .npy} files, each of them a header and an array.
 *
 * <p>All sizes in the archive and its headers are checked against the file before use, so a damaged or hostile file
 * costs no memory. Formats: numpy/lib/format.py of numpy/numpy, and mlx/io/load.cpp of ml-explore/mlx for what MLX adds
 * to it.
 */
public final class NpzReader {
    private static final String ENDING = ".npy";
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int VERSION_OFFSET = MAGIC.length;
    private static final int LENGTH_OFFSET = MAGIC.length + 2;

    /** From this version on the header's length has 32 bits; what else was changed concerns none of the types below. */
    private static final int LONG_VERSION = 2;

    private static final int LATEST_VERSION = 3;

    /** Many times the longest header of an array of numbers. */
    private static final int MAX_HEADER_BYTES = 1 << 16;

    /** Names of safetensors' by numpy's. MLX has no name for bfloat16 in numpy's, and takes that of two bytes of anything. */
    private static final Map<String, String> TYPES = Map.ofEntries(
            Map.entry("<f8", "F64"),
            Map.entry("<f4", "F32"),
            Map.entry("<f2", "F16"),
            Map.entry("<V2", "BF16"),
            Map.entry("|V2", "BF16"),
            Map.entry("<u8", "U64"),
            Map.entry("<u4", "U32"),
            Map.entry("<u2", "U16"),
            Map.entry("|u1", "U8"),
            Map.entry("<i8", "I64"),
            Map.entry("<i4", "I32"),
            Map.entry("<i2", "I16"),
            Map.entry("|i1", "I8"),
            Map.entry("|b1", "BOOL"));

    private static final String OBJECT = "O";
    private static final String BIG_ENDIAN = ">";

    private final FileBytes bytes;
    private final FileErrors offences;

    private NpzReader(FileBytes bytes, FileErrors offences) {
        this.bytes = bytes;
        this.offences = offences;
    }

    /**
     * Returns the arrays of a file by name, in the order of their bytes.
     *
     * <p>Each array is mapped while it is used, so nothing is read before. The file must not be changed or shortened while the arrays
     * are in use.
     *
     * @throws io.github.whisperspeedtest.error.ModelException if the file breaks the format, is compressed, or has an array of objects, of
     *     big-endian numbers or in Fortran's order
     * @throws IOException if the file cannot be read
     */
    public static Map<String, StoredArray> arrays(Path file) throws IOException {
        FileErrors offences = new FileErrors(file);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            FileBytes bytes = new FileBytes(channel, offences);
            NpzReader reader = new NpzReader(bytes, offences);
            Map<String, StoredArray> arrays = new LinkedHashMap<>();
            for (ZipEntry entry : ZipDirectory.read(bytes, offences).values()) {
                arrays.put(reader.name(entry), reader.array(entry));
            }
            return arrays;
        }
    }

    private String name(ZipEntry entry) {
        if (!entry.name().endsWith(ENDING)) {
            throw offences.damaged("its entries should be called *" + ENDING + ", but one is called '"
                    + FileErrors.shown(entry.name()) + "'");
        }
        return entry.name().substring(0, entry.name().length() - ENDING.length());
    }

    private StoredArray array(ZipEntry entry) throws IOException {
        String shown = "array '" + FileErrors.shown(name(entry)) + "'";
        if (!entry.isStored()) {
            throw offences.unusable(
                    shown + " is compressed and cannot be memory-mapped",
                    "Save it with numpy.savez or mx.savez instead of savez_compressed.");
        }
        ByteBuffer start = read(entry, 0, LENGTH_OFFSET + Short.BYTES, shown);
        int version = Byte.toUnsignedInt(start.get(VERSION_OFFSET));
        if (!start.slice(0, MAGIC.length).equals(ByteBuffer.wrap(MAGIC)) || version < 1 || version > LATEST_VERSION) {
            throw offences.damaged(shown + " should be in a version from 1 to " + LATEST_VERSION
                    + " of numpy's format, but has an invalid signature");
        }
        int headerStart = LENGTH_OFFSET + (version < LONG_VERSION ? Short.BYTES : Integer.BYTES);
        long headerBytes = version < LONG_VERSION
                ? Short.toUnsignedLong(start.getShort(LENGTH_OFFSET))
                : Integer.toUnsignedLong(
                        read(entry, LENGTH_OFFSET, Integer.BYTES, shown).getInt(0));
        if (headerBytes > MAX_HEADER_BYTES) {
            throw offences.damaged("the header of " + shown + " should have at most " + MAX_HEADER_BYTES
                    + " bytes, but is said to have " + headerBytes);
        }
        String header = StandardCharsets.ISO_8859_1
                .decode(read(entry, headerStart, (int) headerBytes, shown))
                .toString();
        return array(entry, shown, NpyHeader.parse(shown, header, offences), headerStart + headerBytes);
    }

    /** Returns a piece of an entry, which ends where the entry does or before. */
    private ByteBuffer read(ZipEntry entry, int from, int count, String shown) throws IOException {
        if (entry.size() - from < count) {
            throw offences.damaged("the header of " + shown + " should have " + count + " bytes from " + from
                    + " on, but its entry has only " + entry.size());
        }
        return bytes.read(entry.offset() + from, count, "the header of " + shown);
    }

    private StoredArray array(ZipEntry entry, String shown, NpyHeader header, long dataStart) {
        String type = type(shown, header.descr());
        List<Integer> shape = header.shape();
        // With one dimension of more than one index both orders are the same, which MLX calls Fortran's.
        if (header.isFortranOrder() && shape.stream().filter(size -> size > 1).count() > 1) {
            throw offences.unusable(
                    shown + " of shape " + shape + " is in Fortran order",
                    "Save it in C order, for example with numpy.ascontiguousarray or mx.contiguous.");
        }
        long expected = byteCount(shown, type, shape);
        long found = entry.size() - dataStart;
        if (found != expected) {
            throw offences.damaged(shown + " of " + type + shape + " needs " + expected + " bytes, but has " + found);
        }
        if (expected > Integer.MAX_VALUE) {
            throw offences.unusable(
                    shown + " has " + expected + " bytes, but one array may have at most " + Integer.MAX_VALUE,
                    "Use the model with 16-bit weights.");
        }
        FileRegion region = new FileRegion(offences.file(), entry.offset() + dataStart, (int) expected);
        return StoredArray.inFile(type, shape, region);
    }

    private String type(String shown, String descr) {
        @Nullable String type = TYPES.get(descr);
        if (type != null) {
            return type;
        }
        if (descr.endsWith(OBJECT)) {
            throw offences.unusable(
                    shown + " contains Python objects, which are stored as a pickle that can run code",
                    "Use a model with numeric arrays.");
        }
        throw offences.unusable(
                shown + " has elements of type '" + FileErrors.shown(descr) + "'"
                        + (descr.startsWith(BIG_ENDIAN) ? ", which is big-endian" : ", which is unknown"),
                "Save it with little-endian floating-point numbers or integers.");
    }

    private long byteCount(String shown, String type, List<Integer> shape) {
        try {
            return StoredArray.byteCount(type, shape);
        } catch (ArithmeticException e) {
            throw offences.damaged(shown + " of shape " + shape + " has too many elements to count");
        }
    }
}
