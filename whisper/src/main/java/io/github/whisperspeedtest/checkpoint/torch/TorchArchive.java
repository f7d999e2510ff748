package io.github.whisperspeedtest.checkpoint.torch;

import io.github.whisperspeedtest.checkpoint.tensor.FileRegion;
import io.github.whisperspeedtest.checkpoint.zip.FileBytes;
import io.github.whisperspeedtest.checkpoint.zip.FileErrors;
import io.github.whisperspeedtest.checkpoint.zip.ZipDirectory;
import io.github.whisperspeedtest.checkpoint.zip.ZipEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * The zip archive that {@code torch.save} writes: one directory with {@code data.pkl}, which is a pickle, and {@code data/0} and so on,
 * the bytes of the storages that it names.
 *
 * <p>Format: torch/serialization.py and caffe2/serialize/inline_container.h in pytorch/pytorch.
 */
final class TorchArchive {
    private static final byte[] ZIP = {'P', 'K', 3, 4};

    /** How a pickle of the number 0x1950a86a20f9469cfc6c begins, with which PyTorch up to 1.5 began its files. */
    private static final byte[] LEGACY = {
        (byte) 0x80, 2, (byte) 0x8a, 10, 'l', (byte) 0xfc, (byte) 0x9c, 'F', (byte) 0xf9, ' ', 'j', (byte) 0xa8, 'P', 25
    };

    private static final String TAR = "ustar";
    private static final int TAR_OFFSET = 257;

    private static final String PICKLE = "data.pkl";
    private static final String BYTE_ORDER = "byteorder";
    private static final String LITTLE = "little";

    /** Many times the pickle of the largest published model. */
    private static final int MAX_PICKLE_BYTES = 16 << 20;

    private final FileBytes bytes;
    private final FileErrors offences;
    private final Map<String, ZipEntry> entries;
    private final String directory;

    private TorchArchive(FileBytes bytes, FileErrors offences, Map<String, ZipEntry> entries, String directory) {
        this.bytes = bytes;
        this.offences = offences;
        this.entries = entries;
        this.directory = directory;
    }

    /**
     * Opens an archive.
     *
     * @throws io.github.whisperspeedtest.error.ModelException if the file is none, or is a TorchScript program or in the format of
     *     PyTorch before 1.6
     * @throws IOException if the file cannot be read
     */
    static TorchArchive open(FileBytes bytes, FileErrors offences) throws IOException {
        checkStart(bytes, offences);
        Map<String, ZipEntry> entries = ZipDirectory.read(bytes, offences);
        String first = entries.isEmpty() ? "" : entries.keySet().iterator().next();
        String directory = first.substring(0, Math.max(0, first.indexOf('/'))) + '/';
        for (String name : entries.keySet()) {
            if (!name.startsWith(directory)) {
                throw offences.damaged("all of its entries should be in one directory, as torch.save has them, but '"
                        + FileErrors.shown(name) + "' is not in '" + FileErrors.shown(directory) + "'");
            }
            if (name.equals(directory + "constants.pkl") || name.startsWith(directory + "code/")) {
                throw offences.unusable(
                        "it is a TorchScript program, not a checkpoint",
                        "Use the checkpoint from which it was exported.");
            }
        }
        TorchArchive archive = new TorchArchive(bytes, offences, entries, directory);
        archive.checkByteOrder();
        return archive;
    }

    private static void checkStart(FileBytes bytes, FileErrors offences) throws IOException {
        int length = (int) Math.min(bytes.size(), TAR_OFFSET + TAR.length());
        byte[] start = bytes.read(0, length, "its beginning").array();
        if (startsWith(start, ZIP)) {
            return;
        }
        boolean isTar = length == TAR_OFFSET + TAR.length()
                && TAR.equals(new String(start, TAR_OFFSET, TAR.length(), StandardCharsets.US_ASCII));
        if (isTar || startsWith(start, LEGACY)) {
            throw offences.unusable(
                    "it is in the format of PyTorch before 1.6, which is not a zip archive",
                    "Load it with a current PyTorch and save it again, or download the model again.");
        }
        throw offences.damaged("it is not a zip archive as torch.save writes it");
    }

    private static boolean startsWith(byte[] bytes, byte[] start) {
        return bytes.length >= start.length && Arrays.equals(bytes, 0, start.length, start, 0, start.length);
    }

    /** Files without a word of it are from before PyTorch 2.1 and those of the machine that wrote them, in practice little-endian. */
    private void checkByteOrder() throws IOException {
        if (!entries.containsKey(directory + BYTE_ORDER)) {
            return;
        }
        String order = new String(content(BYTE_ORDER, LITTLE.length()), StandardCharsets.US_ASCII);
        if (!order.equals(LITTLE)) {
            throw offences.unusable(
                    "its byte order should be '" + LITTLE + "', but is '" + FileErrors.shown(order) + "'",
                    "Save it on a machine with that byte order, or download the model again.");
        }
    }

    /**
     * Returns the pickle.
     *
     * @throws io.github.whisperspeedtest.error.ModelException if there is none, or it is compressed, damaged or too large
     * @throws IOException if the file cannot be read
     */
    byte[] pickle() throws IOException {
        return content(PICKLE, MAX_PICKLE_BYTES);
    }

    private byte[] content(String name, int most) throws IOException {
        ZipEntry entry = stored(name);
        if (entry.size() > most) {
            throw offences.damaged(
                    "its entry '" + name + "' should have at most " + most + " bytes, but has " + entry.size());
        }
        ByteBuffer content = bytes.read(entry.offset(), (int) entry.size(), "entry '" + name + "'");
        CRC32 crc = new CRC32();
        crc.update(content.array());
        if (crc.getValue() != entry.crc()) {
            throw offences.damaged("its entry '" + name + "' should have the checksum " + Long.toHexString(entry.crc())
                    + ", but has " + Long.toHexString(crc.getValue()));
        }
        return content.array();
    }

    /**
     * Returns where a storage's bytes are in the file.
     *
     * @param key its name in the pickle
     * @throws io.github.whisperspeedtest.error.ModelException if it is not there, or compressed
     */
    ZipEntry storage(String key) {
        return stored("data/" + key);
    }

    /** Returns a stretch of a storage, which the caller knows to be in it. */
    FileRegion region(ZipEntry storage, long start, int length) {
        return new FileRegion(offences.file(), storage.offset() + start, length);
    }

    private ZipEntry stored(String name) {
        @Nullable ZipEntry entry = entries.get(directory + name);
        if (entry == null) {
            throw offences.damaged("it should have an entry '" + FileErrors.shown(name) + "', but does not");
        }
        if (!entry.isStored()) {
            throw offences.unusable(
                    "its entry '" + FileErrors.shown(name) + "' is compressed, unlike the output of torch.save",
                    "Save it with PyTorch, or download the model again.");
        }
        return entry;
    }
}
