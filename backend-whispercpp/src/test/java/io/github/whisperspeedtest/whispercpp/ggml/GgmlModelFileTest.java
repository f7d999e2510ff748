package io.github.whisperspeedtest.whispercpp.ggml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.whispercpp.ggml.GgmlModelFile.StoredTensor;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class GgmlModelFileTest {
    private static final int FILTERS = 12 * Integer.BYTES;
    private static final int FILTER_WEIGHTS = FILTERS + 2 * Integer.BYTES;
    private static final int VOCABULARY = FILTER_WEIGHTS + 80 * 201 * Float.BYTES;
    private static final int FIRST_TOKEN = VOCABULARY + Integer.BYTES;
    private static final long MODEST_BYTES = 16L << 20;

    @TempDir
    static Path directory;

    private static Path file;
    private static GgmlModelFile valid;

    @BeforeAll
    static void writeModel() throws IOException {
        new GgmlWriter().write(EmbeddedModel.checkpoint(), "q4_0", directory, List.of("micro-q4_0.bin"));
        file = directory.resolve("micro-q4_0.bin");
        valid = GgmlModelFile.inspect(file);
    }

    @ParameterizedTest(name = "{0} = {2}")
    @CsvSource({
        "magic, 0, 0x46554747, begins with 0x46554747",
        "n_vocab, 1, 51863, 'n_vocab in its header should be from 51864 to 51866, but is 51863'",
        "n_vocab, 1, 51867, n_vocab",
        "n_vocab, 1, 51866, 'should have the sizes [128, 51866], but has [128, 51865]'",
        "n_audio_ctx, 2, 1499, 'n_audio_ctx in its header should be 1500, but is 1499'",
        "n_audio_state, 3, 0, n_audio_state",
        "n_audio_state, 3, -128, n_audio_state",
        "n_audio_state, 3, 0x7fffffff, n_audio_state",
        "n_audio_state, 3, 64, 'n_text_state in its header gives a width of 128, but n_audio_state is 64'",
        "n_audio_head, 4, 0, n_audio_head",
        "n_audio_head, 4, 3, n_audio_head in its header gives a width of 192",
        "n_audio_head, 4, 32, n_audio_head in its header gives a width of 2048",
        "n_audio_layer, 5, 0, n_audio_layer",
        "n_audio_layer, 5, 33, n_audio_layer",
        "n_audio_layer, 5, 3, 'a tensor \"encoder.blocks.3.attn.query.weight\", which such a model does not have'",
        "n_audio_layer, 5, 6, of 173 tensors are missing",
        "n_text_ctx, 6, 449, 'n_text_ctx in its header should be 448, but is 449'",
        "n_text_state, 7, 192, n_text_state in its header gives a width of 192",
        "n_text_head, 8, 1, n_text_head in its header gives a width of 64",
        "n_text_layer, 9, 0x70000000, n_text_layer",
        "n_mels, 10, 79, n_mels",
        "n_mels, 10, 100, n_mels in its header should be 80 or 128",
        "n_mels, 10, 128, mel filters should be 128 × 201",
        "ftype, 11, -1, ftype in its header is -1",
        "ftype, 11, 2004, 'ftype in its header is 2004, which is none of [f32, f16, q4_0'",
        "ftype, 11, 2024, ftype in its header is 2024",
        "ftype, 11, 1002, its q4_0 blocks are of version 1",
        "ftype, 11, 2, its q4_0 blocks are of version 0",
        "ftype, 11, 3001, its f16 blocks are of version 3",
        "ftype, 11, 2003, is incomplete: the tensors of such a model have",
        "ftype, 11, 2012, 'cannot be used: q4_k stores rows in blocks of 256 weights, but the rows of tensor'",
        "ftype, 11, 2012, 'have 128, which whisper.cpp cannot read. Use the same model as q5_0'",
        "ftype, 11, 0, is incomplete: the tensors of such a model have",
        "filters, 12, 81, mel filters should be 80 × 201",
        "filters, 13, 200, mel filters should be 80 × 201",
    })
    void rejectsInvalidHeader(String field, int index, String value, String offence) throws IOException {
        assertRefused(index * Integer.BYTES, number(Long.decode(value).intValue()), offence.replace('"', '\''));
    }

    @ParameterizedTest
    @EnumSource
    void acceptsEveryType(GgmlFileType fileType) throws IOException {
        Path every = GgmlTestFile.write(
                Files.createTempDirectory(directory, "every").resolve("model.bin"),
                GgmlTestFile.small(256),
                fileType,
                GgmlTestFile.tokens(),
                (name, type, target) -> {});

        GgmlModelFile model = GgmlModelFile.inspect(every);
        assertThat(model.fileType()).isEqualTo(fileType);
        assertThat(model.needsF32Encoder()).isEqualTo(fileType == GgmlFileType.F32);
    }

    @Test
    void rejectsInvalidMelFilters() throws IOException {
        assertRefused(FILTER_WEIGHTS + 400, number(Float.floatToIntBits(Float.NaN)), "weight NaN at offset 456");
        assertRefused(FILTER_WEIGHTS, number(Float.floatToIntBits(Float.NEGATIVE_INFINITY)), "weight -Infinity");
    }

    @Test
    void rejectsInvalidVocabulary() throws IOException {
        assertRefused(VOCABULARY, number(-1), "its vocabulary should have 1 to 51865 tokens, but is said to have -1");
        assertRefused(VOCABULARY, number(51866), "said to have 51866");
        assertRefused(VOCABULARY, number(200), "has no token \" \"");
        assertRefused(
                FIRST_TOKEN,
                number(0xfffffff0),
                "token 0 of its vocabulary should have 0 to 128 bytes, but is said to have 4294967280");
        assertRefused(FIRST_TOKEN, number(129), "token 0");
        // Token 220 is the space; all tokens before it have one byte.
        assertRefused(FIRST_TOKEN + 221 * 5 - 1, new byte[] {'x'}, "has no token \" \"");
    }

    @Test
    void rejectsInvalidTensorTable() throws IOException {
        StoredTensor tensor = named("encoder.blocks.0.attn.query.bias");
        long name = tensor.offset() - tensor.name().length();
        long sizes = name - Integer.BYTES;
        long record = sizes - 3 * Integer.BYTES;

        assertRefused(record, number(4), "at offset " + record + " a tensor should follow");
        assertRefused(record, number(0x7fffffff), "a tensor should follow");
        assertRefused(record + 4, number(-1), "a name of 4294967295 bytes");
        assertRefused(record + 8, number(1), "should be stored as f32, but is f16");
        assertRefused(record + 8, number(77), "is of the unknown type 77");
        assertRefused(sizes, number(129), "should have the sizes [128], but has [129]");
        assertRefused(
                name, new byte[] {27}, "a tensor '?ncoder.blocks.0.attn.query.bias', which such a model does not have");
        assertRefused(name + "encoder.blocks.".length(), "9".getBytes(StandardCharsets.US_ASCII), "does not have");
    }

    @Test
    void rejectsDuplicateTensor() throws IOException {
        StoredTensor tensor = named("encoder.blocks.1.attn.query.bias");
        long digit = tensor.offset() - tensor.name().length() + "encoder.blocks.".length();

        assertRefused(digit, "0".getBytes(StandardCharsets.US_ASCII), "which is a duplicate");
    }

    @Test
    void rejectsMissingLastTensor() throws IOException {
        StoredTensor last = valid.tensors().get(valid.tensors().size() - 1);
        long start = last.offset() - last.name().length() - (3L + last.sizes().size()) * Integer.BYTES;
        Path copy = copy();
        resize(copy, start);

        assertThatThrownBy(() -> GgmlModelFile.inspect(copy))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("1 of 143 tensors are missing, the first is '" + last.name() + "'");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 11, 12, 5000})
    void rejectsTrailingBytes(int count) throws IOException {
        Path copy = copy();
        resize(copy, Files.size(copy) + count);

        assertThatThrownBy(() -> GgmlModelFile.inspect(copy)).isInstanceOf(ModelException.class);
    }

    @Test
    void describesExpectedFormatWithoutSuggestingDeletion() throws IOException {
        Path other = Files.writeString(file.resolveSibling("notes.txt"), "Things to remember");

        assertThatThrownBy(() -> GgmlModelFile.inspect(other))
                .isInstanceOf(ModelException.class)
                .hasMessageContainingAll(other.toString(), "GGML model (ggml-*.bin)")
                .hasMessageNotContaining("elete");
    }

    @Test
    void rejectsTruncatedFiles() throws IOException {
        Random random = new Random(3);
        List<Long> lengths = new ArrayList<>(List.of(0L, 1L, 3L, 4L, 47L, (long) FILTERS, (long) FILTER_WEIGHTS));
        lengths.addAll(List.of(VOCABULARY - 1L, (long) VOCABULARY, (long) FIRST_TOKEN, FIRST_TOKEN + 6L));
        for (StoredTensor tensor : valid.tensors()) {
            lengths.add(tensor.offset());
            lengths.add(tensor.offset() + tensor.bytes() - 1);
        }
        for (int i = 0; i < 60; i++) {
            lengths.add((long) (random.nextDouble() * Files.size(file)));
        }
        // Longest first, so that one copy can be cut again and again.
        lengths.sort(Collections.reverseOrder());
        Path copy = copy();
        for (long length : lengths) {
            resize(copy, length);
            assertThatThrownBy(() -> GgmlModelFile.inspect(copy))
                    .as("%d bytes", length)
                    .isInstanceOf(ModelException.class)
                    .hasMessageContaining(copy + " is incomplete")
                    .hasMessageEndingWith("Download or convert the model again.");
        }
    }

    @Test
    void mutatedFilesAreRejectedOrDifferOnlyInPayload() throws IOException {
        Random random = new Random(5);
        int refused = 0;
        for (int i = 0; i < 400; i++) {
            long position = positionOfMutation(random, i);
            byte[] bytes = random.nextBoolean() ? new byte[1] : new byte[Integer.BYTES];
            random.nextBytes(bytes);
            byte[] before = exchange(position, bytes);
            try {
                assertThat(GgmlModelFile.inspect(file)).isEqualTo(valid);
            } catch (ModelException e) {
                assertThat(e).hasMessageContaining(file.toString()).hasMessageEndingWith(".");
                refused++;
            } finally {
                exchange(position, before);
            }
        }
        assertThat(refused).isGreaterThan(200);
        assertThat(GgmlModelFile.inspect(file)).isEqualTo(valid);
    }

    @Test
    void headerWithHugeSizesAllocatesNoMemory() throws IOException {
        ByteBuffer header = ByteBuffer.allocate(FILTER_WEIGHTS + 64).order(ByteOrder.LITTLE_ENDIAN);
        for (int number : new int[] {0x67676d6c, 51866, 1500, 2048, 32, 32, 448, 2048, 32, 32, 128, 1, 128, 201}) {
            header.putInt(number);
        }
        Path huge = Files.write(directory.resolve("huge.bin"), header.array());
        long used = allocatedBytes(() -> assertThatThrownBy(() -> GgmlModelFile.inspect(huge))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("but the file has only 120"));

        assertThat(used).isLessThan(MODEST_BYTES);
    }

    @Test
    void namesUnreadableFile() {
        Path absent = directory.resolve("absent.bin");

        assertThatThrownBy(() -> GgmlModelFile.inspect(absent))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(absent + " does not exist");
        assertThatThrownBy(() -> GgmlModelFile.inspect(directory))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(directory + " cannot be read");
    }

    /** Cycles through the header, the start of the filters, the used vocabulary, a tensor's record, and any position. */
    private static long positionOfMutation(Random random, int turn) throws IOException {
        return switch (turn % 5) {
            case 0 -> random.nextInt(FILTERS);
            case 1 -> FILTERS + random.nextInt(64);
            case 2 -> VOCABULARY + random.nextInt(6000);
            case 3 -> {
                StoredTensor tensor =
                        valid.tensors().get(random.nextInt(valid.tensors().size()));
                yield tensor.offset() - 1 - random.nextInt(tensor.name().length() + 16);
            }
            default -> (long) (random.nextDouble() * (Files.size(file) - Integer.BYTES));
        };
    }

    private static void assertRefused(long position, byte[] bytes, String offence) throws IOException {
        byte[] before = exchange(position, bytes);
        try {
            assertThatThrownBy(() -> GgmlModelFile.inspect(file))
                    .isInstanceOf(ModelException.class)
                    .hasMessageContaining(file.toString())
                    .hasMessageContaining(offence);
        } finally {
            exchange(position, before);
        }
    }

    /** Overwrites bytes of the shared file and returns what was there. */
    private static byte[] exchange(long position, byte[] bytes) throws IOException {
        try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
            byte[] before = new byte[bytes.length];
            access.seek(position);
            access.readFully(before);
            access.seek(position);
            access.write(bytes);
            return before;
        }
    }

    private static Path copy() throws IOException {
        return Files.copy(file, directory.resolve("copy.bin"), StandardCopyOption.REPLACE_EXISTING);
    }

    private static void resize(Path path, long length) throws IOException {
        try (RandomAccessFile access = new RandomAccessFile(path.toFile(), "rw")) {
            access.setLength(length);
        }
    }

    private static StoredTensor named(String name) {
        return valid.tensors().stream()
                .filter(tensor -> tensor.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static byte[] number(int value) {
        return ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .array();
    }

    private static long allocatedBytes(Runnable action) {
        ThreadMXBean threads = (ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        action.run();
        return threads.getCurrentThreadAllocatedBytes() - before;
    }
}
