package io.github.whisperspeedtest.mps;

import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import io.github.whisperspeedtest.checkpoint.TensorShapes;
import io.github.whisperspeedtest.checkpoint.tensor.DataType;
import io.github.whisperspeedtest.checkpoint.tensor.ElementWriter;
import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Writes a model in OpenAI's format: a PyTorch file with a dictionary of dimensions and weights.
 *
 * <p>Tensors are converted in slices, so the largest model needs no more memory than the smallest. The output is
 * deterministic.
 */
final class OpenAiWriter {
    /** The version of its format that PyTorch has written since 1.6. */
    private static final String FORMAT_VERSION = "3\n";

    private OpenAiWriter() {}

    /**
     * Writes a file that does not exist yet.
     *
     * @param type type of all weights in the file, {@link DataType#F16} or {@link DataType#F32}
     * @throws io.github.whisperspeedtest.error.ModelException if the checkpoint lacks tensors that its dimensions
     *     require
     * @throws IOException if the disk fails
     */
    static void write(Checkpoint checkpoint, DataType type, Path file) throws IOException {
        TensorShapes.check("The model to be written to " + file, checkpoint);
        try (TorchArchiveWriter archive = new TorchArchiveWriter(file)) {
            add(archive, "data.pkl", pickle(checkpoint, type));
            add(archive, "byteorder", "little".getBytes(StandardCharsets.US_ASCII));
            int key = 0;
            for (Tensor tensor : checkpoint.tensors().values()) {
                archive.add("data/" + key++, target -> ElementWriter.write(tensor, type, target));
            }
            add(archive, "version", FORMAT_VERSION.getBytes(StandardCharsets.US_ASCII));
            archive.finish();
        }
    }

    private static void add(TorchArchiveWriter archive, String name, byte[] content) throws IOException {
        archive.add(name, target -> {
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                target.write(bytes);
            }
        });
    }

    private static byte[] pickle(Checkpoint checkpoint, DataType type) {
        PickleWriter pickle = new PickleWriter();
        pickle.dictionary().mark().text("dims");
        putDimensions(pickle, checkpoint.dimensions());
        pickle.text("model_state_dict").orderedDictionary().mark();
        int key = 0;
        for (Map.Entry<String, Tensor> entry : checkpoint.tensors().entrySet()) {
            pickle.text(entry.getKey());
            putTensor(pickle, type, key++, entry.getValue());
        }
        return pickle.setItems().setItems().end();
    }

    private static void putDimensions(PickleWriter pickle, ModelDimensions dimensions) {
        pickle.dictionary()
                .mark()
                .text("n_mels")
                .number(dimensions.nMels())
                .text("n_vocab")
                .number(dimensions.nVocab())
                .text("n_audio_ctx")
                .number(dimensions.nAudioCtx())
                .text("n_audio_state")
                .number(dimensions.nAudioState())
                .text("n_audio_head")
                .number(dimensions.nAudioHead())
                .text("n_audio_layer")
                .number(dimensions.nAudioLayer())
                .text("n_text_ctx")
                .number(dimensions.nTextCtx())
                .text("n_text_state")
                .number(dimensions.nTextState())
                .text("n_text_head")
                .number(dimensions.nTextHead())
                .text("n_text_layer")
                .number(dimensions.nTextLayer())
                .setItems();
    }

    /** The arguments are the storage, the offset in it, sizes, strides, whether the tensor is trained, and its hooks. */
    private static void putTensor(PickleWriter pickle, DataType type, int key, Tensor tensor) {
        pickle.global("torch._utils", "_rebuild_tensor_v2").mark();
        pickle.mark()
                .text("storage")
                .global("torch", type == DataType.F16 ? "HalfStorage" : "FloatStorage")
                .text(Integer.toString(key))
                .text("cpu")
                .number(tensor.elementCount())
                .tuple()
                .persistent();
        pickle.number(0);
        pickle.mark();
        tensor.shape().forEach(pickle::number);
        pickle.tuple().mark();
        strides(tensor.shape()).forEach(pickle::number);
        pickle.tuple().no().orderedDictionary().tuple().call();
    }

    private static List<Long> strides(List<Integer> shape) {
        Long[] strides = new Long[shape.size()];
        long stride = 1;
        for (int i = strides.length - 1; i >= 0; i--) {
            strides[i] = stride;
            stride *= shape.get(i);
        }
        return List.of(strides);
    }
}
