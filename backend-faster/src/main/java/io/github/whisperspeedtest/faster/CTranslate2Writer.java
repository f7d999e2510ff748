package io.github.whisperspeedtest.faster;

import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import io.github.whisperspeedtest.checkpoint.PreprocessorConfig;
import io.github.whisperspeedtest.checkpoint.TensorShapes;
import io.github.whisperspeedtest.checkpoint.tensor.DataType;
import io.github.whisperspeedtest.checkpoint.tensor.ElementWriter;
import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.faster.CTranslate2Layout.Entry;
import io.github.whisperspeedtest.spi.CheckpointWriter;
import io.github.whisperspeedtest.tokenizer.TokenizerWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Writes CTranslate2's format, bit for bit like its converter.
 *
 * <p>Weights that are already signed bytes are kept. Tensors are converted row by row, so the largest model needs no
 * more memory than the smallest.
 */
final class CTranslate2Writer implements CheckpointWriter {
    static final List<String> FILE_NAMES = List.of(
            CTranslate2Checkpoint.CONFIG,
            CTranslate2Checkpoint.MODEL,
            CTranslate2Checkpoint.TOKENIZER,
            CTranslate2Checkpoint.VOCABULARY,
            PreprocessorConfig.FILE_NAME);

    @Override
    public List<String> quantizations() {
        return Quantization.labels();
    }

    @Override
    public List<String> fileNames(String model) {
        return FILE_NAMES;
    }

    /**
     * Writes the model's files.
     *
     * @param checkpoint what to write
     * @param quantization one of {@link #quantizations()}
     * @param directory where to write
     * @param fileNames empty, or the names that the format fixes
     * @throws IOException if the disk fails
     * @throws ModelException if CTranslate2 could not load such a checkpoint
     */
    @Override
    public void write(Checkpoint checkpoint, String quantization, Path directory, List<String> fileNames)
            throws IOException {
        if (!FILE_NAMES.containsAll(fileNames)) {
            throw new IllegalArgumentException(
                    "A CTranslate2 model has the files " + FILE_NAMES + ", but the names are " + fileNames);
        }
        TensorShapes.check("The model to be written to " + directory, checkpoint);
        ModelDimensions dimensions = checkpoint.dimensions();
        modelBin(checkpoint, Quantization.of(quantization)).write(directory.resolve(CTranslate2Checkpoint.MODEL));
        CTranslate2Config.write(directory.resolve(CTranslate2Checkpoint.CONFIG), dimensions, checkpoint.generation());
        TokenizerWriter.writeTokenizerJson(
                checkpoint.tokenizer(), dimensions.nVocab(), directory.resolve(CTranslate2Checkpoint.TOKENIZER));
        TokenizerWriter.writeVocabularyJson(
                checkpoint.tokenizer(), dimensions.nVocab(), directory.resolve(CTranslate2Checkpoint.VOCABULARY));
        PreprocessorConfig.write(directory, dimensions.nMels());
    }

    private static ModelBinWriter modelBin(Checkpoint checkpoint, Quantization quantization) {
        ModelBinWriter writer = new ModelBinWriter();
        addAttributes(writer, checkpoint.dimensions());
        for (Entry entry : CTranslate2Layout.of(checkpoint.dimensions())) {
            if (quantization.isInt8() && entry.isQuantizable()) {
                addBytes(writer, entry, checkpoint.tensors());
            } else {
                addFloats(writer, entry, checkpoint.tensors(), quantization.floats());
            }
        }
        writer.addAlias(CTranslate2Layout.PROJECTION, CTranslate2Layout.EMBEDDING);
        return writer;
    }

    private static void addAttributes(ModelBinWriter writer, ModelDimensions dimensions) {
        writer.addShort("encoder/num_heads", dimensions.nAudioHead());
        writer.addShort("decoder/num_heads", dimensions.nTextHead());
        writer.addByte("decoder/activation", ModelBinFormat.GELU);
        writer.addShort("decoder/alignment_heads", 1);
        writer.addShort("decoder/alignment_layer", -1);
        writer.addByte("decoder/pre_norm", 1);
        for (String flag : List.of(
                "alibi",
                "alibi_use_positive_positions",
                "scale_alibi",
                "scale_embeddings",
                "start_from_zero_embedding")) {
            writer.addByte("decoder/" + flag, 0);
        }
    }

    private static void addBytes(ModelBinWriter writer, Entry entry, Map<String, Tensor> tensors) {
        List<Integer> shape = shape(entry, tensors);
        ByteBuffer scales = ByteBuffer.allocate(shape.get(0) * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        writer.addArray(entry.variable(), VariableType.INT8, shape, stream -> {
            for (String part : entry.parts()) {
                Int8Rows.write(part, tensor(tensors, part), stream, scales::putFloat);
            }
        });
        // The scale's name sorts after the variable's, so the scales are known by then.
        writer.addArray(
                entry.scale(), VariableType.FLOAT32, shape.subList(0, 1), stream -> stream.write(scales.array()));
    }

    private static void addFloats(ModelBinWriter writer, Entry entry, Map<String, Tensor> tensors, DataType type) {
        VariableType variableType = type == DataType.F32 ? VariableType.FLOAT32 : VariableType.FLOAT16;
        writer.addArray(entry.variable(), variableType, shape(entry, tensors), stream -> {
            WritableByteChannel channel = Channels.newChannel(stream);
            for (String part : entry.parts()) {
                if (part.equals(Entry.NO_BIAS)) {
                    writeZeros(known(entry, tensors), type, stream);
                } else {
                    ElementWriter.write(tensor(tensors, part), type, channel);
                }
            }
        });
    }

    private static void writeZeros(Tensor like, DataType type, OutputStream stream) throws IOException {
        stream.write(new byte[Math.toIntExact(like.elementCount() * type.bytes())]);
    }

    private static List<Integer> shape(Entry entry, Map<String, Tensor> tensors) {
        List<Integer> shape = new ArrayList<>(known(entry, tensors).shape());
        shape.set(0, shape.get(0) * entry.parts().size());
        return shape;
    }

    private static Tensor known(Entry entry, Map<String, Tensor> tensors) {
        return entry.parts().stream()
                .filter(part -> !part.equals(Entry.NO_BIAS))
                .map(part -> tensor(tensors, part))
                .findFirst()
                .orElseThrow();
    }

    private static Tensor tensor(Map<String, Tensor> tensors, String name) {
        return Objects.requireNonNull(tensors.get(name), name);
    }
}
