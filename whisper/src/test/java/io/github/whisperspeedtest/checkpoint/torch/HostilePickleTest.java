package io.github.whisperspeedtest.checkpoint.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.testing.PickleBuilder;
import io.github.whisperspeedtest.testing.ZipBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Damaged pickles in valid archives: each is rejected with a message, with memory limited by its size. */
@Tag("hostile-files")
class HostilePickleTest {
    /** Storage 0 of all of them: two half-precision numbers. */
    private static final byte[] STORAGE = new byte[4];

    private static final long[] TWO = {2};
    private static final long[] ONE = {1};

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({
        "os, system",
        "posix, system",
        "nt, system",
        "builtins, eval",
        "builtins, getattr",
        "__builtin__, exec",
        "subprocess, Popen",
        "runpy, _run_code",
        "numpy.core.multiarray, _reconstruct",
        "torch, load",
        "torch, QInt8Storage",
        "torch.hub, load",
        "torch._utils, _rebuild_sparse_tensor",
        "torch.storage, _load_from_bytes",
        "torch.nn.modules.linear, Linear",
        "whisper.model, Whisper",
        "collections, OrderedDict.__init__",
        "collections.OrderedDict, fromkeys",
        "'torch._utils', '_rebuild_tensor_v2.__globals__'"
    })
    void rejectsAndNamesUnknownGlobals(String module, String name) throws IOException {
        byte[] called = PickleBuilder.start()
                .global(module, name)
                .text("touch hacked")
                .op("\u0085R")
                .end();
        byte[] fromTheStack =
                PickleBuilder.start().text(module).text(name).op("\u0093)R").end();
        for (byte[] pickle : List.of(called, fromTheStack)) {
            Path file = write(pickle);

            assertThatThrownBy(() -> TorchDictionary.read(file))
                    .isInstanceOf(ModelException.class)
                    .hasMessageContaining(file.toString())
                    .hasMessageContaining(module + "." + name)
                    .hasMessageContaining("nothing was run");
        }
    }

    /** Opcodes with which Python's unpickler creates objects of any class, sets their state, or loads classes by number. */
    @ParameterizedTest
    @CsvSource({
        "i, INST",
        "o, OBJ",
        "\u0081, NEWOBJ",
        "\u0092, NEWOBJ_EX",
        "\u0082, EXT1",
        "\u0083, EXT2",
        "\u0084, EXT4",
        "P, PERSID",
        "F, FLOAT",
        "I, INT",
        "L, LONG",
        "S, STRING",
        "T, BINSTRING",
        "U, SHORT_BINSTRING",
        "V, UNICODE",
        "B, BINBYTES",
        "\u008e, BINBYTES8",
        "\u008f, EMPTY_SET",
        "\u0091, FROZENSET",
        "\u0096, BYTEARRAY8",
        "\u0097, NEXT_BUFFER",
        "0, POP",
        "1, POP_MARK",
        "2, DUP",
        "d, DICT",
        "l, LIST",
        "p, PUT",
        "g, GET",
        "\u00ff, none"
    })
    void rejectsUnneededOpcodes(String opcode, String name) throws IOException {
        Path file =
                write(PickleBuilder.start().op("}" + opcode).op("cos\nsystem\n").end());

        assertThatThrownBy(() -> TorchDictionary.read(file))
                .as(name)
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("the opcode 0x" + Integer.toHexString(opcode.charAt(0)) + " at byte 3");
    }

    static Stream<Arguments> broken() {
        return Stream.of(
                arguments("nothing at all", new byte[0], "ends after 0 bytes"),
                arguments("no end", PickleBuilder.start().op("}").bytes(), "ends after 3 bytes"),
                arguments("no value", PickleBuilder.start().end(), "takes a value at byte 2 where there is none"),
                arguments("two values", PickleBuilder.start().op("}}").end(), "1 more values"),
                arguments("an open bracket", PickleBuilder.start().op("(}").end(), "1 open brackets"),
                arguments(
                        "something behind the end",
                        PickleBuilder.start().op("}.}").end(),
                        "2 bytes are left"),
                arguments("no dictionary", PickleBuilder.start().op("]").end(), "should hold a dictionary"),
                arguments(
                        "a class",
                        PickleBuilder.start().global("torch", "HalfStorage").end(),
                        "hold a dictionary"),
                arguments(
                        "an old protocol",
                        new PickleBuilder().op("\u0080\u0001}").end(),
                        "uses 1"),
                arguments(
                        "a protocol to come",
                        new PickleBuilder().op("\u0080\u0006}").end(),
                        "uses 6"),
                arguments(
                        "a text without end",
                        start().op("X").int32(100).op("abc").end(),
                        "ends after"),
                arguments("a text too long", start().op("X").int32(1 << 20).end(), "one of 1048576"),
                arguments("a text of 4 GB", start().op("X").int32(-1).end(), "one of 4294967295"),
                arguments("a text of many GB", start().op("\u008d").int64(-1).end(), "one of 18446744073709551615"),
                arguments(
                        "an integer of 1 GB",
                        start().op("\u008b").int32(1 << 30).end(),
                        "one of 1073741824"),
                arguments(
                        "an integer of negative size",
                        start().op("\u008b").int32(-1).end(),
                        "integers of at most"),
                arguments(
                        "an integer of 9 bytes",
                        start().op("\u008a\u0009123456789").end(),
                        "one of 9"),
                arguments("an integer cut off", start().op("\u008a\u0008123").bytes(), "in the middle of a value"),
                arguments(
                        "a name without end", start().op("c" + "a".repeat(1000)).end(), "at most 256 bytes"),
                arguments("a name cut off", start().op("ccollections\nOrdered").bytes(), "in the middle of a value"),
                arguments(
                        "a name that is no text",
                        start().number(1).number(2).op("\u0093").end(),
                        "that is not text"),
                arguments(
                        "a frame beyond the end",
                        start().op("\u0095").int64(1 << 20).end(),
                        "announces 1048576"),
                arguments(
                        "a frame of negative size",
                        start().op("\u0095").int64(-9).end(),
                        "announces 18446"),
                arguments("a value never noted", start().op("h\u0007").end(), "refers to value 7"),
                arguments("a value far away", start().op("j").int32(-1).end(), "refers to value 4294967295"),
                arguments("nothing to note", start().op("q\u0000").end(), "where there is none"),
                arguments("a tuple of too few", start().op("N\u0087").end(), "where there is none"),
                arguments("a tuple across a bracket", start().op("NN(\u0086").end(), "where there is none"),
                arguments("a bracket never opened", start().op("Nt").end(), "where there is none"),
                arguments(
                        "a key without value",
                        start().op("}(").text("a").op("u").end(),
                        "puts 1 keys and values"),
                arguments("content of a tuple", start().op(")NNs").end(), "in a value that is not a dictionary"),
                arguments("a list of a dictionary", start().op("}Na").end(), "appends to a value that is not a list"),
                arguments("a key that is a list", start().op("}]Ns").end(), "neither text nor a number"),
                arguments(
                        "a key that holds itself",
                        start().op("]q\u0000h\u0000a}h\u0000Ns").end(),
                        "neither text"),
                arguments(
                        "a key twice",
                        start().op("}(").text("a").op("N").text("a").op("Nu").end(),
                        "two values for 'a'"),
                arguments(
                        "a call of a text",
                        start().text("os.system").op(")R").end(),
                        "calls a value that is not a function"),
                arguments(
                        "a call of a class",
                        start().global("torch", "HalfStorage").op(")R").end(),
                        "not a function: HalfStorage"),
                arguments(
                        "a call without arguments",
                        start().global("collections", "OrderedDict").op("}R").end(),
                        "call without"),
                arguments(
                        "a dictionary of arguments", ordered(start()).op("(]tR").end(), "with invalid arguments"),
                arguments("the state of a list", start().op("]}b").end(), "state of a value that is not a dictionary"),
                arguments(
                        "a state that is a text",
                        start().op("}").text("x").op("b").end(),
                        "state of a value that is not"),
                arguments("an id that is a text", start().text("0").op("Q").end(), "not a storage"),
                arguments(
                        "an id of a module",
                        start().op("(").text("module").op("NNNNtQ").end(),
                        "not a storage"),
                arguments(
                        "an id whose class is a text",
                        start().op("(")
                                .text("storage")
                                .text("torch.HalfStorage")
                                .text("0")
                                .text("cpu")
                                .number(2)
                                .op("tQ")
                                .end(),
                        "not a storage"),
                arguments(
                        "a parameter of nothing",
                        start().global("torch._utils", "_rebuild_parameter")
                                .op("N\u0088}\u0087R")
                                .end(),
                        "with invalid arguments"),
                arguments(
                        "a storage that is not there",
                        start().storage("HalfStorage", "1", 2).end(),
                        "entry 'data/1'"),
                arguments(
                        "a storage in another place",
                        start().storage("HalfStorage", "../../0", 2).end(),
                        "'data/../../0'"),
                arguments(
                        "a storage that is the pickle",
                        start().storage("HalfStorage", "/data.pkl", 2).end(),
                        "but does not"),
                arguments(
                        "a storage of the root",
                        start().storage("HalfStorage", "/etc/passwd", 2).end(),
                        "but does not"),
                arguments(
                        "a storage larger than its entry",
                        start().storage("HalfStorage", "0", 3).end(),
                        "has 4 bytes"),
                arguments(
                        "a storage smaller than its entry",
                        start().storage("HalfStorage", "0", 1).end(),
                        "has 4 bytes"),
                arguments(
                        "a storage of negative size",
                        start().storage("HalfStorage", "0", -2).end(),
                        "should have -2"),
                arguments(
                        "a storage whose size overflows",
                        start().storage("HalfStorage", "0", Long.MIN_VALUE + 2).end(),
                        "should have -92"),
                arguments(
                        "a storage whose size wraps to its own",
                        start().storage("HalfStorage", "0", (1L << 63 - 1) + 2).end(),
                        "should have 46"),
                arguments(
                        "a storage as another type",
                        start().storage("FloatStorage", "0", 2).end(),
                        "of 4 bytes"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("broken")
    void rejectsOtherPickles(String what, byte[] pickle, String offence) throws IOException {
        Path file = write(pickle);

        assertThat(RejectionReason.of(file, 2 << 20))
                .as(what)
                .contains(file.toString())
                .contains(offence)
                .endsWith(".");
    }

    static Stream<Arguments> tensors() {
        long large = 1L << 62;
        return Stream.of(
                arguments(tensor("HalfStorage", 2, 1, TWO, ONE), "2 elements from 1 on, but its storage has only 2"),
                arguments(tensor("HalfStorage", 2, large, ONE, ONE), "storage has only 2"),
                arguments(tensor("HalfStorage", 2, Long.MAX_VALUE, TWO, ONE), "storage has only 2"),
                arguments(tensor("HalfStorage", 2, -1, ONE, ONE), "with invalid arguments"),
                arguments(tensor("HalfStorage", 2, 0, new long[] {3}, ONE), "3 elements from 0 on"),
                arguments(tensor("HalfStorage", 2, 0, new long[] {-1}, ONE), "with invalid arguments"),
                arguments(tensor("HalfStorage", 2, 0, new long[] {1L << 32}, ONE), "with invalid arguments"),
                arguments(tensor("HalfStorage", 2, 0, new long[] {2, 1}, ONE), "with invalid arguments"),
                arguments(tensor("HalfStorage", 2, 0, new long[9], new long[9]), "with invalid arguments"),
                arguments(
                        tensor("HalfStorage", 2, 0, new long[] {1 << 30, 1 << 30, 1 << 30, 1 << 30}, new long[] {
                            0, 0, 0, 1
                        }),
                        "too many elements to count"),
                arguments(tensor("HalfStorage", 2, 0, new long[] {1 << 30}, new long[] {0}), "at most 2147483647"),
                arguments(tensor("HalfStorage", 2, 0, TWO, new long[] {-1}), "with invalid arguments"),
                arguments(tensor("HalfStorage", 2, 0, ONE, new long[] {large, 1}), "with invalid arguments"),
                arguments(
                        tensor("HalfStorage", 2, 0, new long[] {2, 2}, new long[] {1, 2}),
                        "tensor 'x' of shape [2, 2] and strides [1, 2] should be in 4 elements from 0 on, but its storage"),
                arguments(tensor("HalfStorage", 2, 0, TWO, new long[] {2}), "in 3 elements from 0 on"),
                arguments(tensor("HalfStorage", 2, 1, new long[] {5, 2}, new long[] {0, 1}), "in 2 elements from 1 on"),
                arguments(tensor("HalfStorage", 2, 0, TWO, new long[] {Long.MAX_VALUE}), "storage has only 2"),
                arguments(
                        tensor("HalfStorage", 2, 0, new long[] {3, 3}, new long[] {large, large}),
                        "storage has only 2"),
                arguments(tensor("ShortStorage", 2, 0, TWO, ONE), "elements of torch.ShortStorage"),
                arguments(tensor("BoolStorage", 4, 0, ONE, ONE), "elements of torch.BoolStorage"),
                arguments(checkpoint().text("os.system").endCheckpoint(), "nothing but tensors, but 'x' is none"),
                arguments(checkpoint().storage("HalfStorage", "0", 2).endCheckpoint(), "'x' is none"),
                arguments(marked("}X\u0004\0\0\0conj\u0088s"), "with invalid arguments"),
                arguments(marked("K\u0001"), "with invalid arguments"));
    }

    @ParameterizedTest
    @MethodSource("tensors")
    void rejectsImpossibleTensors(byte[] pickle, String offence) throws IOException {
        Path file = write(pickle);

        assertThatThrownBy(() -> tensors(file))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(offence)
                .hasMessageEndingWith(".");
    }

    static Stream<Arguments> bombs() {
        int many = 3_000_000;
        return Stream.of(
                arguments("lists in lists", start().times(many, "]").end(), "65536 at once"),
                arguments(
                        "tuples in tuples",
                        start().op(")").times(many, "\u0085").end(),
                        "at most 300000 values"),
                arguments("brackets", start().times(many, "(").end(), "at most 1000 brackets"),
                arguments("notes", start().op("N").times(many, "\u0094").end(), "refers to more"),
                arguments("numbers", start().op("](").times(many, "K\u0001").end(), "at once, but has more"),
                arguments("dictionaries", start().op("](").times(many, "}e(").end(), "at most 300000 values"),
                arguments(
                        "references",
                        start().op("]q\u0000").times(many, "h\u0000a").end(),
                        "at most 300000 values"),
                arguments(
                        "frames", start().times(many, "\u0095\0\0\0\0\0\0\0\0").end(), "at most 16777216 bytes"),
                arguments("blanks", new byte[17 << 20], "at most 16777216 bytes"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("bombs")
    void bombUsesBoundedMemory(String what, byte[] pickle, String offence) throws IOException {
        Path file = write(pickle);

        assertThat(RejectionReason.of(file, pickle.length + (80 << 20)))
                .as(what)
                .contains(offence);
    }

    /** Each list contains the previous one twice, so a full traversal never ends. */
    @Test
    void doesNotTraverseNestedValues() throws IOException {
        PickleBuilder pickle = PickleBuilder.start().op("}(").text("bomb").op("]q\u0000");
        for (int i = 0; i < 200; i++) {
            pickle.op("](h\u0000h\u0000eq\u0000");
        }
        pickle.op("\u0085")
                .times(200, "\u0086")
                .text("self")
                .op("}q\u0001")
                .text("me")
                .op("h\u0001s");
        Path file = write(pickle.op("u").end());

        TorchDictionary dictionary = TorchDictionary.read(file);

        assertThatThrownBy(() -> dictionary.integer("bomb", 0, 1)).hasMessageContaining("another value");
        assertThatThrownBy(dictionary::tensors).hasMessageContaining("'bomb' is none");
        assertThat(dictionary.dictionary("self").dictionary("me")).isNotNull();
    }

    @Test
    void namesCannotForgeMessage() throws IOException {
        Path file = write(PickleBuilder.start()
                .op("}")
                .text("\u001b[2Jall is well\n\u202e" + "x".repeat(1000))
                .op("Ns")
                .end());

        assertThatThrownBy(() -> TorchDictionary.read(file).tensors())
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("'?[2Jall is well??xxx")
                .extracting(failure -> failure.getMessage().length())
                .satisfies(length -> assertThat((int) length)
                        .isLessThan(300 + file.toString().length()));
    }

    private static PickleBuilder start() {
        return PickleBuilder.start();
    }

    private static PickleBuilder checkpoint() {
        return PickleBuilder.checkpoint().text("x");
    }

    private static PickleBuilder ordered(PickleBuilder pickle) {
        return pickle.global("collections", "OrderedDict");
    }

    private static byte[] tensor(String type, long count, long offset, long[] sizes, long[] strides) {
        return checkpoint().tensor(type, "0", count, offset, sizes, strides).endCheckpoint();
    }

    /** A tensor with the optional seventh argument, a dictionary of marks. */
    private static byte[] marked(String marks) {
        return checkpoint()
                .global("torch._utils", "_rebuild_tensor_v2")
                .op("(")
                .storage("HalfStorage", "0", 2)
                .number(0)
                .tuple(TWO)
                .tuple(ONE)
                .op("\u0089")
                .orderedDictionary()
                .op(marks)
                .op("tR")
                .endCheckpoint();
    }

    @ParameterizedTest
    @ValueSource(strings = {"N", "}"})
    void acceptsEmptyMarks(String marks) throws IOException {
        assertThat(tensors(write(marked(marks)))).containsOnlyKeys("x");
    }

    private static Map<String, Tensor> tensors(Path file) throws IOException {
        return TorchDictionary.read(file).dictionary("model_state_dict").tensors();
    }

    private Path write(byte[] pickle) {
        try {
            Path file = Files.createTempFile(directory, "hostile", ".pt");
            return ZipBuilder.write(file, pickle, STORAGE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
