package io.github.whisperspeedtest.whispercpp.ggml;

import io.github.whisperspeedtest.checkpoint.AttentionHead;
import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.checkpoint.GenerationConfig;
import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import io.github.whisperspeedtest.checkpoint.OpenAiAlignmentHeads;
import io.github.whisperspeedtest.checkpoint.TensorShapes;
import io.github.whisperspeedtest.checkpoint.tensor.DataType;
import io.github.whisperspeedtest.checkpoint.tensor.FileRegion;
import io.github.whisperspeedtest.checkpoint.tensor.StoredArray;
import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.tokenizer.TokenizerData;
import io.github.whisperspeedtest.whispercpp.ggml.GgmlModelFile.StoredTensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a Whisper model from a GGML file.
 *
 * <p>Only the header, the vocabulary and the list of tensors are read in advance. Weights stay in the file: those of 32 and 16 bits
 * as they are, the quantised ones {@linkplain Tensor#dequantizedFrom() dequantised} on access.
 *
 * <p>The file states neither merges nor decoding settings. Tokens rank by their ids, as in tiktoken's files. The heads for word
 * timestamps are OpenAI's for a model of the file's name.
 */
public final class GgmlCheckpoint {
    /** The names that whisper.cpp's scripts give, such as {@code ggml-base.en-q5_1.bin}; the group is OpenAI's name. */
    private static final Pattern FILE_NAME = Pattern.compile(
            "(?:.*ggml-)?(?:model-)?(?:whisper-)?(.+?)(?:-(?:" + String.join("|", GgmlFileType.labels()) + "))?\\.bin",
            Pattern.CASE_INSENSITIVE);

    /** Number of different bytes. */
    private static final int BYTES = 256;

    private GgmlCheckpoint() {}

    /**
     * Returns the model in a file.
     *
     * @throws ModelException if the file cannot be read, or is not a complete GGML file of a Whisper model, or lacks a
     *     part of the vocabulary
     */
    public static Checkpoint read(Path file) {
        List<byte[]> tokens = new ArrayList<>();
        GgmlModelFile model = GgmlModelFile.inspect(file, tokens::add);
        ModelDimensions dimensions = model.dimensions();
        checkBytes(file, tokens);
        return new Checkpoint(
                dimensions,
                tensors(model),
                new TokenizerData(textTokens(tokens, dimensions), List.of()),
                new GenerationConfig(Optional.empty(), Optional.empty(), alignmentHeads(file, dimensions)));
    }

    /**
     * Returns the tokens without special tokens, which follow from the size of the vocabulary, and without the empty ones that fill
     * the ids of a small vocabulary.
     */
    private static List<byte[]> textTokens(List<byte[]> tokens, ModelDimensions dimensions) {
        List<byte[]> text = tokens.subList(0, Math.min(tokens.size(), GgmlFormat.endOfText(dimensions.nVocab())));
        int count = text.size();
        while (count > 0 && text.get(count - 1).length == 0) {
            count--;
        }
        // OpenAI's multilingual vocabulary ends with one empty token.
        return text.size() - count > 1 ? text.subList(0, count) : text;
    }

    /**
     * Checks that each byte is a token, as in every byte-level vocabulary.
     *
     * <p>An early script of whisper.cpp replaced the tokens that are not whole characters of UTF-8. whisper.cpp runs such files, but
     * writes most languages with gaps, and a conversion would make that permanent.
     */
    private static void checkBytes(Path file, List<byte[]> tokens) {
        BitSet bytes = new BitSet(BYTES);
        tokens.stream().filter(token -> token.length == 1).forEach(token -> bytes.set(Byte.toUnsignedInt(token[0])));
        int missing = bytes.nextClearBit(0);
        if (missing < BYTES) {
            throw new ModelException(file + " cannot be converted: its vocabulary has no token for the byte 0x"
                    + Integer.toHexString(missing) + ". An early script of whisper.cpp lost such tokens. "
                    + GgmlInspection.ADVICE);
        }
    }

    private static List<AttentionHead> alignmentHeads(Path file, ModelDimensions dimensions) {
        Matcher name = FILE_NAME.matcher(String.valueOf(file.getFileName()));
        return name.matches() ? OpenAiAlignmentHeads.of(name.group(1), dimensions) : List.of();
    }

    private static Map<String, Tensor> tensors(GgmlModelFile model) {
        Map<String, List<Integer>> shapes = TensorShapes.of(model.dimensions());
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (StoredTensor stored : model.tensors()) {
            List<Integer> shape = shapes.get(stored.name());
            FileRegion region = new FileRegion(model.path(), stored.offset(), Math.toIntExact(stored.bytes()));
            tensors.put(stored.name(), tensor(stored.type(), shape, region));
        }
        return tensors;
    }

    private static Tensor tensor(GgmlType type, List<Integer> shape, FileRegion region) {
        return switch (type) {
            case F32 -> Tensor.inFile(DataType.F32, shape, region);
            case F16 -> Tensor.inFile(DataType.F16, shape, region);
            default -> {
                StoredArray blocks = StoredArray.inFile("U8", List.of(region.length()), region);
                yield Tensor.dequantized(type.label(), shape, new DequantizedBlocks(type, blocks));
            }
        };
    }
}
