package io.github.whisperspeedtest.whispercpp.ggml;

import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import io.github.whisperspeedtest.checkpoint.TensorShapes;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.mel.MelFilterbank;
import io.github.whisperspeedtest.whispercpp.ggml.GgmlModelFile.StoredTensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Validates a GGML file, section by section.
 *
 * <p>Each bound prevents whisper.cpp's loader ({@code whisper_model_load}), compute graphs or decoding loop from
 * reading out of bounds, exceeding a fixed-size table, or aborting the process.
 */
final class GgmlInspection {
    static final String ADVICE = "Download or convert the model again.";

    /** whisper.cpp derives the number of languages from the vocabulary size, and has names only for these sizes. */
    private static final int MIN_VOCABULARY = 51864;

    private static final int MAX_VOCABULARY = 51866;

    /** Positions of 30 s of audio: whisper.cpp cuts its input to that whatever the file says. */
    private static final int AUDIO_POSITIONS = 1500;

    /** Buffers for tokens have this size, but prompts are cut by other constants too. */
    private static final int TEXT_POSITIONS = 448;

    /** The largest Whisper's; whisper.cpp's graphs have room for 4096 nodes, some 60 of them for a decoder layer. */
    private static final int MAX_LAYERS = 32;

    /** Width of a head in every Whisper model; with narrower ones the attention matrices would outgrow the memory. */
    private static final int HEAD_WIDTH = 64;

    /** The largest Whisper has 20. */
    private static final int MAX_HEADS = 32;

    private final Path file;
    private final GgmlInput input;

    private final Consumer<byte[]> vocabulary;

    GgmlInspection(Path file, GgmlInput input, Consumer<byte[]> vocabulary) {
        this.file = file;
        this.input = input;
        this.vocabulary = vocabulary;
    }

    GgmlModelFile run() throws IOException {
        checkMagic();
        ModelDimensions dimensions = readDimensions();
        GgmlFileType fileType = readFileType();
        Map<String, StoredTensor> expected = expectedTensors(dimensions, fileType);
        checkSize(expected);
        checkFilters(dimensions);
        int vocabularySize = checkVocabulary(dimensions);
        return new GgmlModelFile(file, dimensions, fileType, vocabularySize, checkTensors(expected));
    }

    private void checkMagic() throws IOException {
        int magic = input.readInt("the magic number");
        if (magic != GgmlFormat.MAGIC) {
            throw new ModelException(file + " is not a GGML model of whisper.cpp: it should begin with 0x"
                    + Integer.toHexString(GgmlFormat.MAGIC) + ", but begins with 0x" + Integer.toHexString(magic)
                    + ". Use a GGML model (ggml-*.bin), or convert this one with whisper.cpp's scripts.");
        }
    }

    private ModelDimensions readDimensions() throws IOException {
        int vocabulary = readHeader("n_vocab", MIN_VOCABULARY, MAX_VOCABULARY);
        int audioPositions = readHeader("n_audio_ctx", AUDIO_POSITIONS, AUDIO_POSITIONS);
        int audioWidth = readHeader("n_audio_state", HEAD_WIDTH, HEAD_WIDTH * MAX_HEADS);
        int audioHeads = readHeader("n_audio_head", 1, MAX_HEADS);
        int audioLayers = readHeader("n_audio_layer", 1, MAX_LAYERS);
        int textPositions = readHeader("n_text_ctx", TEXT_POSITIONS, TEXT_POSITIONS);
        int textWidth = readHeader("n_text_state", HEAD_WIDTH, HEAD_WIDTH * MAX_HEADS);
        int textHeads = readHeader("n_text_head", 1, MAX_HEADS);
        int textLayers = readHeader("n_text_layer", 1, MAX_LAYERS);
        int melBins = readHeader("n_mels", 80, 128);

        // The decoder reads the encoder's output without a projection.
        checkHeader("n_text_state", textWidth, audioWidth);
        checkHeader("n_audio_head", audioHeads * HEAD_WIDTH, audioWidth);
        checkHeader("n_text_head", textHeads * HEAD_WIDTH, textWidth);
        if (melBins != 80 && melBins != 128) {
            throw damaged("n_mels in its header should be 80 or 128, but is " + melBins);
        }
        return new ModelDimensions(
                melBins,
                audioPositions,
                audioWidth,
                audioHeads,
                audioLayers,
                vocabulary,
                textPositions,
                textWidth,
                textHeads,
                textLayers);
    }

    private int readHeader(String name, int least, int most) throws IOException {
        int value = input.readInt("the header");
        if (value < least || value > most) {
            throw damaged(name + " in its header should be " + (least == most ? least : "from " + least + " to " + most)
                    + ", but is " + value);
        }
        return value;
    }

    private void checkHeader(String name, int width, int expected) {
        if (width != expected) {
            throw damaged(name + " in its header gives a width of " + width + ", but n_audio_state is " + expected);
        }
    }

    private GgmlFileType readFileType() throws IOException {
        int value = input.readInt("the header");
        int version = value / GgmlFileType.VERSION_FACTOR;
        @Nullable GgmlFileType fileType = value < 0 ? null : GgmlFileType.ofId(value % GgmlFileType.VERSION_FACTOR);
        if (fileType == null) {
            throw damaged("ftype in its header is " + value + ", which is none of " + GgmlFileType.labels());
        }
        if (fileType.type().isQuantized()
                ? version != GgmlFileType.QUANTIZATION_VERSION
                : version > GgmlFileType.QUANTIZATION_VERSION) {
            throw damaged("its " + fileType.label() + " blocks are of version " + version
                    + ", but whisper.cpp reads version " + GgmlFileType.QUANTIZATION_VERSION);
        }
        return fileType;
    }

    /** Returns what the tensors must be; their offsets are not known yet. */
    private Map<String, StoredTensor> expectedTensors(ModelDimensions dimensions, GgmlFileType fileType) {
        Map<String, StoredTensor> expected = new LinkedHashMap<>();
        for (Map.Entry<String, List<Integer>> entry :
                TensorShapes.of(dimensions).entrySet()) {
            String name = entry.getKey();
            GgmlType type = fileType.typeOf(name, entry.getValue());
            List<Integer> sizes = GgmlFormat.sizes(name, entry.getValue());
            if (sizes.get(0) % type.blockSize() != 0) {
                throw new ModelException(file + " cannot be used: " + type.label() + " stores rows in blocks of "
                        + type.blockSize() + " weights, but the rows of tensor '" + name + "' have " + sizes.get(0)
                        + ", which whisper.cpp cannot read. Use the same model as q5_0, q8_0 or f16.");
            }
            long elements = sizes.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
            expected.put(name, new StoredTensor(name, type, sizes, 0, type.byteCount(elements)));
        }
        return expected;
    }

    private void checkSize(Map<String, StoredTensor> expected) {
        long needed = expected.values().stream().mapToLong(StoredTensor::bytes).sum();
        if (needed > input.remaining()) {
            throw new ModelException(file + " is incomplete: the tensors of such a model have " + needed
                    + " bytes, but the file has only " + input.size() + ". " + ADVICE);
        }
    }

    private void checkFilters(ModelDimensions dimensions) throws IOException {
        int bins = input.readInt("the mel filters");
        int frequencies = input.readInt("the mel filters");
        if (bins != dimensions.nMels() || frequencies != MelFilterbank.FREQUENCIES) {
            throw damaged("its mel filters should be " + dimensions.nMels() + " × " + MelFilterbank.FREQUENCIES
                    + " numbers, but are " + bins + " × " + frequencies);
        }
        for (int i = 0; i < bins * frequencies; i++) {
            float weight = input.readFloat("the mel filters");
            if (!Float.isFinite(weight)) {
                throw damaged(
                        "a mel filter has the weight " + weight + " at offset " + (input.position() - Float.BYTES));
            }
        }
    }

    /**
     * Checks the vocabulary: whisper.cpp stops the process if it has more entries than the model has tokens, or none for a single
     * space.
     */
    private int checkVocabulary(ModelDimensions dimensions) throws IOException {
        int count = input.readInt("the vocabulary");
        if (count < 1 || count > dimensions.nVocab()) {
            throw damaged(
                    "its vocabulary should have 1 to " + dimensions.nVocab() + " tokens, but is said to have " + count);
        }
        boolean hasSpace = false;
        for (int id = 0; id < count; id++) {
            int length = input.readInt("the vocabulary");
            if (length < 0 || length > GgmlFormat.MAX_TOKEN_BYTES) {
                throw damaged("token " + id + " of its vocabulary should have 0 to " + GgmlFormat.MAX_TOKEN_BYTES
                        + " bytes, but is said to have " + Integer.toUnsignedString(length));
            }
            byte[] token = input.readBytes(length, "the vocabulary");
            hasSpace |= token.length == 1 && token[0] == ' ';
            vocabulary.accept(token);
        }
        if (!hasSpace) {
            throw damaged("its vocabulary has no token \" \", which whisper.cpp requires");
        }
        return count;
    }

    private List<StoredTensor> checkTensors(Map<String, StoredTensor> expected) throws IOException {
        Map<String, StoredTensor> missing = new LinkedHashMap<>(expected);
        int longestName =
                expected.keySet().stream().mapToInt(String::length).max().orElse(0);
        List<StoredTensor> tensors = new ArrayList<>();
        while (input.remaining() > 0) {
            long start = input.position();
            int dimensionCount = input.readInt("the tensor table");
            int nameLength = input.readInt("the tensor table");
            int typeId = input.readInt("the tensor table");
            if (dimensionCount < 1 || dimensionCount > 3 || nameLength < 1 || nameLength > longestName) {
                throw damaged("at offset " + start + " a tensor should follow, but there is none (" + dimensionCount
                        + " dimensions, a name of " + Integer.toUnsignedString(nameLength) + " bytes)");
            }
            List<Integer> sizes = new ArrayList<>();
            for (int i = 0; i < dimensionCount; i++) {
                sizes.add(input.readInt("the tensor table"));
            }
            String name = printable(input.readBytes(nameLength, "the tensor table"));
            @Nullable StoredTensor wanted = missing.remove(name);
            if (wanted == null) {
                throw damaged("at offset " + start + " there is a tensor '" + name + "', "
                        + (expected.containsKey(name) ? "which is a duplicate" : "which such a model does not have"));
            }
            checkTensor(wanted, typeId, sizes);
            tensors.add(new StoredTensor(name, wanted.type(), wanted.sizes(), input.position(), wanted.bytes()));
            input.skip(wanted.bytes(), "tensor '" + name + "'");
        }
        if (!missing.isEmpty()) {
            throw new ModelException(file + " is incomplete: " + missing.size() + " of " + expected.size()
                    + " tensors are missing, the first is '"
                    + missing.keySet().iterator().next() + "'. " + ADVICE);
        }
        return tensors;
    }

    private void checkTensor(StoredTensor wanted, int typeId, List<Integer> sizes) {
        if (!sizes.equals(wanted.sizes())) {
            throw damaged(
                    "tensor '" + wanted.name() + "' should have the sizes " + wanted.sizes() + ", but has " + sizes);
        }
        if (typeId != wanted.type().id()) {
            @Nullable GgmlType type = GgmlType.ofId(typeId);
            throw damaged("tensor '" + wanted.name() + "' should be stored as "
                    + wanted.type().label() + ", but is "
                    + (type == null ? "of the unknown type " + typeId : type.label()));
        }
    }

    /** Returns a name that no terminal takes for a command; no known tensor has a byte that is replaced. */
    private static String printable(byte[] name) {
        StringBuilder text = new StringBuilder();
        for (byte letter : name) {
            text.append(letter >= ' ' && letter <= '~' ? (char) letter : '?');
        }
        return text.toString();
    }

    private ModelException damaged(String offence) {
        return new ModelException(file + " is damaged: " + offence + ". " + ADVICE);
    }
}
