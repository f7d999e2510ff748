package io.github.whisperspeedtest.whispercpp.ggml;

import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import io.github.whisperspeedtest.checkpoint.TensorShapes;
import io.github.whisperspeedtest.checkpoint.tensor.DataType;
import io.github.whisperspeedtest.checkpoint.tensor.HalfFloats;
import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.mel.MelFilterbank;
import io.github.whisperspeedtest.spi.CheckpointWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;

/**
 * Writes whisper.cpp's GGML format with the layout of its converter, quantized bit for bit like its {@code quantize}
 * tool.
 *
 * <p>Tensors are converted in slices, so the largest model needs no more memory than the smallest. Source of the
 * format: models/convert-pt-to-ggml.py and examples/quantize in ggml-org/whisper.cpp.
 */
public final class GgmlWriter implements CheckpointWriter {
    private static final List<GgmlFileType> FILE_TYPES =
            List.of(GgmlFileType.F16, GgmlFileType.Q8_0, GgmlFileType.Q5_1, GgmlFileType.Q5_0, GgmlFileType.Q4_0);

    /** A multiple of every block size. */
    private static final int SLICE_ELEMENTS = 1 << 16;

    @Override
    public List<String> quantizations() {
        return FILE_TYPES.stream().map(GgmlFileType::label).toList();
    }

    @Override
    public List<String> fileNames(String model) {
        return List.of("ggml-" + model + ".bin");
    }

    /**
     * Writes the model's one file.
     *
     * @param checkpoint what to write
     * @param quantization one of {@link #quantizations()}
     * @param directory where to write
     * @param fileNames exactly one name, of a file that does not exist
     * @throws IOException if the disk fails
     * @throws ModelException if whisper.cpp could not load such a checkpoint
     */
    @Override
    public void write(Checkpoint checkpoint, String quantization, Path directory, List<String> fileNames)
            throws IOException {
        if (fileNames.size() != 1) {
            throw new IllegalArgumentException("A GGML model is one file, but the names are " + fileNames);
        }
        write(checkpoint, fileType(quantization), directory.resolve(fileNames.get(0)));
    }

    private GgmlFileType fileType(String quantization) {
        return FILE_TYPES.stream()
                .filter(fileType -> fileType.label().equals(quantization))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "Unknown quantization '" + quantization + "', use one of " + quantizations()));
    }

    private static void write(Checkpoint checkpoint, GgmlFileType fileType, Path file) throws IOException {
        TensorShapes.check("The model to be written to " + file, checkpoint);
        checkBlocks(checkpoint, fileType, file);
        byte[][] vocabulary = vocabulary(checkpoint, file);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
            Output output = new Output(channel);
            output.putInt(GgmlFormat.MAGIC);
            for (int number : GgmlFormat.header(checkpoint.dimensions(), fileType)) {
                output.putInt(number);
            }
            writeFilters(checkpoint.dimensions(), output);
            output.putInt(vocabulary.length);
            for (byte[] token : vocabulary) {
                output.putInt(token.length);
                output.putBytes(token);
            }
            for (Map.Entry<String, Tensor> entry : checkpoint.tensors().entrySet()) {
                writeTensor(entry.getKey(), entry.getValue(), fileType, output);
            }
            output.flush();
        }
    }

    private static void checkBlocks(Checkpoint checkpoint, GgmlFileType fileType, Path file) {
        for (Map.Entry<String, Tensor> entry : checkpoint.tensors().entrySet()) {
            List<Integer> shape = entry.getValue().shape();
            GgmlType type = fileType.typeOf(entry.getKey(), shape);
            int row = shape.get(shape.size() - 1);
            if (row % type.blockSize() != 0) {
                throw new ModelException(file + " cannot be written: " + type.label() + " needs rows of a multiple of "
                        + type.blockSize() + " elements, but tensor '" + entry.getKey() + "' has rows of " + row
                        + ". Write the model as f16.");
            }
        }
    }

    /**
     * Returns the text tokens, padded with empty ones up to the first special token.
     *
     * <p>whisper.cpp names the remaining ids itself, and would print "[_extra_token_600]" for an id that a small
     * vocabulary lacks.
     */
    private static byte[][] vocabulary(Checkpoint checkpoint, Path file) {
        List<byte[]> tokens = checkpoint.tokenizer().tokens();
        byte[][] vocabulary =
                new byte[GgmlFormat.endOfText(checkpoint.dimensions().nVocab())][0];
        if (tokens.size() > vocabulary.length) {
            throw new ModelException(file + " cannot be written: its vocabulary has " + tokens.size()
                    + " text tokens, but special tokens begin at " + vocabulary.length
                    + ". Use the vocabulary that belongs to the model.");
        }
        boolean hasSpace = false;
        for (int id = 0; id < tokens.size(); id++) {
            byte[] token = tokens.get(id);
            if (token.length > GgmlFormat.MAX_TOKEN_BYTES) {
                throw new ModelException(file + " cannot be written: token " + id + " of its vocabulary has "
                        + token.length + " bytes, but whisper.cpp takes at most " + GgmlFormat.MAX_TOKEN_BYTES
                        + ". Use the vocabulary that belongs to the model.");
            }
            vocabulary[id] = token;
            hasSpace |= token.length == 1 && token[0] == ' ';
        }
        if (!hasSpace) {
            throw new ModelException(file + " cannot be written: its vocabulary has no token \" \", which whisper.cpp"
                    + " needs. Use the vocabulary that belongs to the model.");
        }
        return vocabulary;
    }

    private static void writeFilters(ModelDimensions dimensions, Output output) throws IOException {
        MelFilterbank filters = MelFilterbank.of(dimensions.nMels());
        output.putInt(filters.bins());
        output.putInt(MelFilterbank.FREQUENCIES);
        ByteBuffer bytes = littleEndian(filters.bins() * MelFilterbank.FREQUENCIES * Float.BYTES);
        bytes.asFloatBuffer().put(filters.weights());
        output.put(bytes);
    }

    private static void writeTensor(String name, Tensor tensor, GgmlFileType fileType, Output output)
            throws IOException {
        GgmlType type = fileType.typeOf(name, tensor.shape());
        List<Integer> sizes = GgmlFormat.sizes(name, tensor.shape());
        byte[] nameBytes = name.getBytes(StandardCharsets.UTF_8);
        output.putInt(sizes.size());
        output.putInt(nameBytes.length);
        output.putInt(type.id());
        for (int size : sizes) {
            output.putInt(size);
        }
        output.putBytes(nameBytes);
        if (stores(tensor.type(), type) && !tensor.isGenerated()) {
            output.put(tensor.data());
        } else {
            convert(tensor, type, output);
        }
    }

    private static boolean stores(DataType from, GgmlType to) {
        return from == DataType.F32 && to == GgmlType.F32 || from == DataType.F16 && to == GgmlType.F16;
    }

    private static void convert(Tensor tensor, GgmlType type, Output output) throws IOException {
        int count = Math.toIntExact(tensor.elementCount());
        ByteBuffer converted = littleEndian(Math.toIntExact(type.byteCount(SLICE_ELEMENTS)));
        float[] slice = new float[Math.min(count, SLICE_ELEMENTS)];
        for (int start = 0; start < count; start += slice.length) {
            if (count - start < slice.length) {
                slice = new float[count - start];
            }
            tensor.copyTo(start, slice);
            put(slice, type, converted);
            output.put(converted.flip());
            converted.clear();
        }
    }

    private static void put(float[] values, GgmlType type, ByteBuffer target) {
        switch (type) {
            case F32 -> {
                for (float value : values) {
                    target.putFloat(value);
                }
            }
            case F16 -> {
                for (float value : values) {
                    target.putShort(HalfFloats.fromFloat(value));
                }
            }
            default -> BlockQuantizer.quantize(type, values, target);
        }
    }

    private static ByteBuffer littleEndian(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Gathers small writes. */
    private static final class Output {
        private final FileChannel channel;
        private final ByteBuffer buffer = littleEndian(1 << 16);

        Output(FileChannel channel) {
            this.channel = channel;
        }

        void putInt(int value) throws IOException {
            if (buffer.remaining() < Integer.BYTES) {
                flush();
            }
            buffer.putInt(value);
        }

        void putBytes(byte[] bytes) throws IOException {
            put(ByteBuffer.wrap(bytes));
        }

        void put(ByteBuffer bytes) throws IOException {
            if (bytes.remaining() <= buffer.remaining()) {
                buffer.put(bytes);
                return;
            }
            flush();
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }

        void flush() throws IOException {
            buffer.flip();
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            buffer.clear();
        }
    }
}
