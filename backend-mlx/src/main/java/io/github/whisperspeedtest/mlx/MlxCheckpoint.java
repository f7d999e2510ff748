package io.github.whisperspeedtest.mlx;

import io.github.whisperspeedtest.checkpoint.AttentionHead;
import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.checkpoint.GenerationConfig;
import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import io.github.whisperspeedtest.checkpoint.OpenAiAlignmentHeads;
import io.github.whisperspeedtest.checkpoint.RepositoryFiles;
import io.github.whisperspeedtest.checkpoint.Sinusoids;
import io.github.whisperspeedtest.checkpoint.TensorShapes;
import io.github.whisperspeedtest.checkpoint.npz.NpzReader;
import io.github.whisperspeedtest.checkpoint.safetensors.SafetensorsReader;
import io.github.whisperspeedtest.checkpoint.tensor.GroupedMatrix;
import io.github.whisperspeedtest.checkpoint.tensor.StoredArray;
import io.github.whisperspeedtest.checkpoint.tensor.StridedElements;
import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.error.OperationCancelledException;
import io.github.whisperspeedtest.spi.ModelFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A Whisper model in MLX's format, as in the repositories {@code mlx-community/whisper-*}.
 *
 * <p>Files: {@code config.json}; {@code weights.safetensors}, {@code model.safetensors} or {@code weights.npz},
 * depending on the converter. Files that such a repository lacks come from {@code openai/whisper-*}:
 * {@code tokenizer.json}, or {@code vocab.json} and {@code merges.txt}, or one of tiktoken's;
 * {@code generation_config.json}, which may be missing. Weights stay in the file as they are stored: those of a
 * quantised layer are tensors that have {@link Tensor#groups() groups}, and kernels are transposed on access.
 *
 * @param checkpoint the model
 * @param weightType how the weights of its matrices are stored, such as {@code 4-bit} or {@code float16}
 */
record MlxCheckpoint(Checkpoint checkpoint, String weightType) {
    static final String CONFIG = "config.json";

    /** Possible names of the weights file; the first that exists is read. */
    static final List<String> WEIGHTS = List.of("weights.safetensors", "model.safetensors", "weights.npz");

    private static final String NPZ = ".npz";

    /**
     * Returns the model of the given files; other files are ignored.
     *
     * @throws ModelException if a file is missing, cannot be read or is damaged, the files are not a Whisper model, or
     *     the weights are quantised in a way that is not supported
     * @throws OperationCancelledException if the thread is interrupted; it still is after
     */
    static MlxCheckpoint read(ModelFiles files) {
        try {
            return new Reader(new RepositoryFiles(files.model(), files.byName())).read();
        } catch (IOException e) {
            throw RepositoryFiles.unreadable(files.model(), e);
        }
    }

    private static final class Reader {
        private final RepositoryFiles files;
        private final MlxConfig config;
        private final ModelDimensions dimensions;
        private final Path file;

        /** Those that have not been used yet. */
        private final Map<String, StoredArray> arrays;

        private final TreeSet<String> weightTypes = new TreeSet<>();

        Reader(RepositoryFiles files) throws IOException {
            this.files = files;
            this.config = MlxConfig.read(files.require(CONFIG));
            this.dimensions = config.dimensions();
            this.file = weights();
            this.arrays = file.toString().endsWith(NPZ) ? NpzReader.arrays(file) : SafetensorsReader.arrays(file);
        }

        private Path weights() {
            String name = WEIGHTS.stream()
                    .filter(files::has)
                    .findFirst()
                    .orElseThrow(() -> new ModelException("Model '" + files.model()
                            + "' is incomplete: it should have its weights in one of " + WEIGHTS + ", but has only "
                            + files.names() + ". Download the model again."));
            return files.require(name);
        }

        MlxCheckpoint read() throws IOException {
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            TensorShapes.of(dimensions).forEach((tensor, shape) -> tensors.put(tensor, tensor(tensor, shape)));
            GenerationConfig generation = generation();
            arrays.remove(MlxNames.MASK);
            if (!arrays.isEmpty()) {
                throw new ModelException(file + " is not a Whisper model of the dimensions that " + config.file()
                        + " states: it has an array '"
                        + arrays.keySet().iterator().next()
                        + "', which no such model has. Use another model.");
            }
            Checkpoint checkpoint = new Checkpoint(
                    dimensions, tensors, files.tokenizer(config.file(), dimensions.nVocab()), generation);
            return new MlxCheckpoint(checkpoint, String.join(" and ", weightTypes));
        }

        private Tensor tensor(String tensor, List<Integer> shape) {
            String name = MlxNames.of(tensor);
            if (tensor.equals(MlxNames.POSITIONS)) {
                return positions(shape);
            }
            if (!MlxNames.isQuantizable(name, shape)) {
                return plain(name, shape);
            }
            if (arrays.containsKey(MlxNames.scales(MlxNames.layer(name)))) {
                return grouped(name, shape);
            }
            Tensor plain = plain(name, shape);
            weightTypes.add(label(plain));
            return plain;
        }

        private Tensor positions(List<Integer> shape) {
            for (String name : List.of(MlxNames.OWN_POSITIONS, MlxNames.POSITIONS)) {
                if (arrays.containsKey(name)) {
                    return plain(name, shape);
                }
            }
            return Sinusoids.tensor(shape.get(0), shape.get(1));
        }

        private Tensor plain(String name, List<Integer> shape) {
            Tensor tensor = floats(name, MlxNames.shape(shape), "");
            return MlxNames.isKernel(shape) ? transposed(tensor, shape) : tensor;
        }

        /** Returns a view of a kernel in OpenAI's layout, whose input channels come before the kernel's width. */
        private static Tensor transposed(Tensor kernel, List<Integer> shape) {
            long inputs = shape.get(1);
            long width = shape.get(2);
            return Tensor.generated(
                    kernel.type(), shape, new StridedElements(kernel, shape, List.of(width * inputs, 1L, inputs)));
        }

        private Tensor grouped(String weight, List<Integer> shape) {
            String layer = MlxNames.layer(weight);
            Grouping grouping = config.grouping(layer)
                    .orElseThrow(() -> new ModelException(file + " is not that of " + config.file() + ": its layer '"
                            + layer + "' is quantised, but no quantisation of it is stated there."
                            + " Download the model again."));
            int rows = shape.get(0);
            int columns = shape.get(1);
            if (columns % grouping.groupSize() != 0) {
                throw damaged("layer '" + layer + "' has rows of " + columns + " weights, which are no whole groups of "
                        + grouping.groupSize());
            }
            if ((long) rows * columns > Integer.MAX_VALUE) {
                throw new ModelException(file + " cannot be used: layer '" + layer + "' has " + (long) rows * columns
                        + " weights, but one layer may have at most " + Integer.MAX_VALUE + ". Use a smaller model.");
            }
            String reason = " for the " + grouping.bits() + " bits in groups of " + grouping.groupSize() + " that "
                    + config.file() + " states";
            StoredArray codes = take(weight, List.of(rows, columns / Integer.SIZE * grouping.bits()), reason);
            if (!codes.type().equals("U32")) {
                throw damaged("array '" + weight + "' of a quantised layer should have elements of type U32, but has "
                        + codes.type());
            }
            List<Integer> groups = List.of(rows, columns / grouping.groupSize());
            Tensor scales = floats(MlxNames.scales(layer), groups, reason);
            Tensor biases = floats(MlxNames.biases(layer), groups, reason);
            weightTypes.add(grouping.label());
            return Tensor.grouped(new GroupedMatrix(grouping.bits(), grouping.groupSize(), codes, scales, biases));
        }

        private Tensor floats(String name, List<Integer> shape, String reason) {
            StoredArray array = take(name, shape, reason);
            if (array.tensorType().isEmpty()) {
                throw damaged(
                        "array '" + name + "' should have elements of type F32, F16 or BF16, but has " + array.type());
            }
            return array.tensor();
        }

        /** Returns an array that has not been used yet; the reason says why it should have the shape, where that is not plain. */
        private StoredArray take(String name, List<Integer> shape, String reason) {
            @Nullable StoredArray array = arrays.remove(name);
            if (array == null) {
                throw new ModelException(
                        file + " is incomplete: array '" + name + "' is missing. Download the model" + " again.");
            }
            if (!array.shape().equals(shape)) {
                throw damaged(
                        "array '" + name + "' should have the shape " + shape + reason + ", but has " + array.shape());
            }
            return array;
        }

        private static String label(Tensor tensor) {
            return switch (tensor.type()) {
                case F16 -> "float16";
                case BF16 -> "bfloat16";
                default -> "float32";
            };
        }

        /** The weights know the heads best, since MLX uses those; the model's name tells them where nothing else does. */
        private GenerationConfig generation() throws IOException {
            GenerationConfig stated = files.generation(dimensions).orElse(GenerationConfig.NONE);
            List<AttentionHead> heads = alignmentHeads()
                    .or(() -> Optional.of(stated.alignmentHeads()).filter(others -> !others.isEmpty()))
                    .orElseGet(() -> OpenAiAlignmentHeads.of(files.model(), dimensions));
            return new GenerationConfig(stated.suppressTokens(), stated.beginSuppressTokens(), heads);
        }

        private Optional<List<AttentionHead>> alignmentHeads() {
            @Nullable StoredArray array = arrays.remove(MlxNames.ALIGNMENT_HEADS);
            if (array == null) {
                return Optional.empty();
            }
            int most = dimensions.nTextLayer() * dimensions.nTextHead();
            boolean isList = array.shape().size() == 2
                    && array.shape().get(0) <= most
                    && array.shape().get(1) == 2;
            if (!isList || !List.of("I32", "U32", "I64", "U64").contains(array.type())) {
                throw damaged("array '" + MlxNames.ALIGNMENT_HEADS + "' should have at most " + most
                        + " pairs of integers, but has " + array.type() + array.shape());
            }
            List<AttentionHead> heads = new ArrayList<>();
            ByteBuffer data = array.data();
            boolean isLong = array.type().endsWith("64");
            while (data.hasRemaining()) {
                heads.add(head(isLong ? data.getLong() : data.getInt(), isLong ? data.getLong() : data.getInt()));
            }
            return Optional.of(heads).filter(known -> !known.isEmpty()).map(List::copyOf);
        }

        private AttentionHead head(long layer, long head) {
            if (layer < 0 || layer >= dimensions.nTextLayer() || head < 0 || head >= dimensions.nTextHead()) {
                throw damaged(String.format(
                        Locale.ROOT,
                        "array '%s' should have layers below %d and heads below %d, but has %d and %d",
                        MlxNames.ALIGNMENT_HEADS,
                        dimensions.nTextLayer(),
                        dimensions.nTextHead(),
                        layer,
                        head));
            }
            return new AttentionHead((int) layer, (int) head);
        }

        private ModelException damaged(String offence) {
            return new ModelException(file + " is damaged: " + offence + ". Download the model again.");
        }
    }
}
