package io.github.whisperspeedtest.faster;

import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.checkpoint.DimensionLimits;
import io.github.whisperspeedtest.checkpoint.GenerationConfig;
import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import io.github.whisperspeedtest.checkpoint.PreprocessorConfig;
import io.github.whisperspeedtest.checkpoint.RepositoryFiles;
import io.github.whisperspeedtest.checkpoint.TensorShapes;
import io.github.whisperspeedtest.checkpoint.tensor.DataType;
import io.github.whisperspeedtest.checkpoint.tensor.FileRegion;
import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.error.OperationCancelledException;
import io.github.whisperspeedtest.faster.CTranslate2Layout.Entry;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.tokenizer.TokenizerData;
import io.github.whisperspeedtest.tokenizer.TokenizerFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A Whisper model in CTranslate2's format, as in the repositories {@code Systran/faster-whisper-*}.
 *
 * <p>Files: {@code model.bin}; {@code config.json}; {@code vocabulary.json} or {@code vocabulary.txt}, or else
 * {@code tokenizer.json}; {@code preprocessor_config.json}, which may be missing. Weights stay in the file, as they are
 * stored: signed bytes stay signed bytes, and fused projections are split into views of one array.
 *
 * @param checkpoint the model
 * @param weightType how the weights are stored, in CTranslate2's words, such as {@code int8_float16}
 */
record CTranslate2Checkpoint(Checkpoint checkpoint, String weightType) {
    static final String MODEL = "model.bin";
    static final String CONFIG = "config.json";
    static final String TOKENIZER = "tokenizer.json";
    static final String VOCABULARY = "vocabulary.json";

    /** The vocabulary of models that were converted before CTranslate2 3.16. */
    static final String OLD_VOCABULARY = "vocabulary.txt";

    /**
     * Tokenizer files in order of preference. A token list reads five times as fast as the full tokenizer, and the
     * merge ranks follow from it.
     */
    static final List<String> TOKENIZERS = List.of(VOCABULARY, OLD_VOCABULARY, TOKENIZER);

    /** The files required to load a model; the others are written for CTranslate2 and faster-whisper. */
    static final List<String> REQUIRED_FILES = List.of(CONFIG, MODEL, VOCABULARY);

    /**
     * The files of a repository; {@code *} stands for any part of a name. The pattern for {@code config.json} alone would leave
     * out {@code preprocessor_config.json}, which only some repositories have.
     */
    static final List<String> FILES = List.of(CONFIG, MODEL, TOKENIZER, "vocabulary.*", "*config.json");

    /**
     * Returns the model of the given files; other files are ignored.
     *
     * @throws ModelException if a file is missing, cannot be read or is damaged, or the files are not a Whisper model
     * @throws OperationCancelledException if the thread is interrupted; it still is after
     */
    static CTranslate2Checkpoint read(ModelFiles files) {
        try {
            return new Reader(files).read();
        } catch (IOException e) {
            throw RepositoryFiles.unreadable(files.model(), e);
        }
    }

    private static final class Reader {
        private final ModelFiles files;
        private final Path file;
        private final ModelBin model;
        private final Set<String> used = new HashSet<>();

        Reader(ModelFiles files) throws IOException {
            this.files = files;
            this.file = files.require(MODEL);
            this.model = ModelBin.read(file);
        }

        CTranslate2Checkpoint read() throws IOException {
            ModelDimensions dimensions = dimensions();
            Map<String, Tensor> tensors = tensors(dimensions);
            WhisperAttributes.check(model);
            checkProjection();
            checkNothingIsLeft();
            if (files.byName().containsKey(PreprocessorConfig.FILE_NAME)) {
                PreprocessorConfig.check(files.require(PreprocessorConfig.FILE_NAME), dimensions.nMels());
            }
            GenerationConfig generation = CTranslate2Config.read(files.require(CONFIG), dimensions);
            Checkpoint checkpoint = new Checkpoint(dimensions, tensors, tokenizer(dimensions), generation);
            TensorShapes.check(file.toString(), checkpoint);
            return new CTranslate2Checkpoint(checkpoint, weightType(tensors));
        }

        private ModelDimensions dimensions() {
            List<Integer> convolution = shape("encoder/conv1/weight", 3);
            List<Integer> audio = shape("encoder/position_encodings/encodings", 2);
            List<Integer> text = shape("decoder/position_encodings/encodings", 2);
            List<Integer> embedding = shape(CTranslate2Layout.EMBEDDING, 2);
            ModelDimensions dimensions = new ModelDimensions(
                    convolution.get(1),
                    audio.get(0),
                    audio.get(1),
                    WhisperAttributes.heads(model, "encoder"),
                    layers("encoder"),
                    embedding.get(0),
                    text.get(0),
                    text.get(1),
                    WhisperAttributes.heads(model, "decoder"),
                    layers("decoder"));
            DimensionLimits.check(file.toString(), dimensions);
            return dimensions;
        }

        /** Returns the number of consecutive layers. */
        private int layers(String scope) {
            int layers = 0;
            while (model.variables().containsKey(scope + "/layer_" + layers + "/ffn/linear_0/weight")) {
                layers++;
            }
            return layers;
        }

        private List<Integer> shape(String name, int rank) {
            List<Integer> shape = variable(name).shape();
            if (shape.size() != rank) {
                throw damaged(
                        "variable '" + name + "' should have " + rank + " dimensions, but has the shape " + shape);
            }
            return shape;
        }

        private Variable variable(String name) {
            @Nullable Variable variable = model.variables().get(name);
            if (variable == null) {
                throw new ModelException(file + " is incomplete: variable '" + name + "' is missing, "
                        + model.variables().size() + " others are present. Download the model again.");
            }
            used.add(name);
            return variable;
        }

        private Map<String, Tensor> tensors(ModelDimensions dimensions) throws IOException {
            Map<String, List<Integer>> shapes = TensorShapes.of(dimensions);
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            for (Entry entry : CTranslate2Layout.of(dimensions)) {
                Variable variable = variable(entry.variable());
                List<List<Integer>> parts = partShapes(entry, shapes);
                checkShape(entry.variable(), variable, parts);
                float[] rowScales = rowScales(entry, variable);
                int row = 0;
                for (int i = 0; i < parts.size(); i++) {
                    int rows = parts.get(i).get(0);
                    // Whisper's keys have no bias. A nonzero one would add the same value to all scores of a query,
                    // which the softmax cancels.
                    if (!entry.parts().get(i).equals(Entry.NO_BIAS)) {
                        tensors.put(entry.parts().get(i), part(variable, parts.get(i), row, rowScales));
                    }
                    row += rows;
                }
            }
            return tensors;
        }

        private static List<List<Integer>> partShapes(Entry entry, Map<String, List<Integer>> shapes) {
            List<List<Integer>> parts = new ArrayList<>();
            // A missing bias has the length of the one beside it.
            List<Integer> known = entry.parts().stream()
                    .filter(part -> !part.equals(Entry.NO_BIAS))
                    .map(part -> Objects.requireNonNull(shapes.get(part), part))
                    .findFirst()
                    .orElseThrow();
            for (String part : entry.parts()) {
                parts.add(shapes.getOrDefault(part, known));
            }
            return parts;
        }

        private void checkShape(String name, Variable variable, List<List<Integer>> parts) {
            List<Integer> expected = new ArrayList<>(parts.get(0));
            expected.set(0, parts.stream().mapToInt(part -> part.get(0)).sum());
            if (!variable.shape().equals(expected)) {
                throw damaged(
                        "variable '" + name + "' should have the shape " + expected + ", but has " + variable.shape());
            }
        }

        private float[] rowScales(Entry entry, Variable variable) throws IOException {
            if (variable.type().isFloat()) {
                return new float[0];
            }
            if (variable.type() != VariableType.INT8 || !entry.isQuantizable()) {
                throw new ModelException(file + " cannot be used: variable '" + entry.variable()
                        + "' has elements of type "
                        + variable.type().label() + ", but only float32, float16, bfloat16, and for weights int8, are"
                        + " supported. Use the model as int8 or float16.");
            }
            Variable scales = variable(entry.scale());
            List<Integer> expected = variable.shape().subList(0, 1);
            if (scales.type() != VariableType.FLOAT32 || !scales.shape().equals(expected)) {
                throw damaged("variable '" + entry.scale() + "' should be float32" + expected + ", but is "
                        + scales.type().label() + scales.shape());
            }
            float[] rowScales = scales.floats();
            for (int row = 0; row < rowScales.length; row++) {
                // The file stores the factor by which a weight was multiplied to become a byte.
                float rowScale = 1 / rowScales[row];
                if (!(rowScale > 0) || Float.isInfinite(rowScale)) {
                    throw damaged("scale " + row + " of variable '" + entry.scale()
                            + "' should be a positive number, but is " + rowScales[row]);
                }
                rowScales[row] = rowScale;
            }
            return rowScales;
        }

        private static Tensor part(Variable variable, List<Integer> shape, int firstRow, float[] rowScales) {
            int rows = shape.get(0);
            FileRegion region = variable.rows(firstRow, rows);
            if (rowScales.length > 0) {
                return Tensor.quantizedInFile(shape, region, Arrays.copyOfRange(rowScales, firstRow, firstRow + rows));
            }
            return Tensor.inFile(Objects.requireNonNull(variable.type().dataType()), shape, region);
        }

        private void checkProjection() throws IOException {
            Variable projection = variable(CTranslate2Layout.PROJECTION);
            if (projection.type() == VariableType.INT8) {
                Variable scale = variable(CTranslate2Layout.PROJECTION + ModelBinFormat.SCALE_SUFFIX);
                if (!scale.isSame(variable(CTranslate2Layout.EMBEDDING + ModelBinFormat.SCALE_SUFFIX))) {
                    throw untied();
                }
            }
            if (!projection.isSame(variable(CTranslate2Layout.EMBEDDING))) {
                throw untied();
            }
        }

        private ModelException untied() {
            return new ModelException(
                    file + " cannot be used: its output projection should be its token embedding, but is"
                            + " a separate array. Use another model.");
        }

        /** Rejects models of another architecture, which have more variables and would be computed incorrectly. */
        private void checkNothingIsLeft() {
            model.variables().forEach((name, variable) -> {
                if (!variable.isNumber() && !used.contains(name)) {
                    throw new ModelException(file + " cannot be used: it has a variable '" + ModelBinInput.shown(name)
                            + "', which no Whisper model of " + layers("encoder") + " encoder and " + layers("decoder")
                            + " decoder layers has. Use another model.");
                }
            });
        }

        private TokenizerData tokenizer(ModelDimensions dimensions) throws IOException {
            TokenizerData tokenizer = tokenizer();
            if (tokenizer.tokens().size() > dimensions.nVocab()) {
                throw new ModelException("Model '" + files.model() + "' is damaged: its vocabulary has "
                        + tokenizer.tokens().size() + " text tokens, but " + file + " has embeddings for "
                        + dimensions.nVocab() + " tokens in all. Download the model again.");
            }
            return tokenizer;
        }

        private TokenizerData tokenizer() throws IOException {
            Map<String, Path> byName = files.byName();
            for (String name : TOKENIZERS) {
                if (byName.containsKey(name)) {
                    Path path = files.require(name);
                    try (InputStream stream = Files.newInputStream(path)) {
                        return switch (name) {
                            case TOKENIZER -> TokenizerFiles.readTokenizerJson(path.toString(), stream);
                            case VOCABULARY -> TokenizerFiles.readVocabularyJson(path.toString(), stream);
                            default -> TokenizerFiles.readVocabularyText(path.toString(), stream);
                        };
                    }
                }
            }
            throw new ModelException(
                    "Model '" + files.model() + "' has no tokenizer: it should have one of " + TOKENIZERS
                            + ", but has " + byName.keySet()
                            + ". Download the model again.");
        }

        private static String weightType(Map<String, Tensor> tensors) {
            String weights = label(tensors, "decoder.blocks.0.mlp.0.weight");
            String others = label(tensors, "decoder.blocks.0.mlp.0.bias");
            return weights.equals(others) ? weights : weights + "_" + others;
        }

        private static String label(Map<String, Tensor> tensors, String name) {
            DataType type = Objects.requireNonNull(tensors.get(name), name).type();
            return Arrays.stream(VariableType.values())
                    .filter(candidate -> candidate.dataType() == type)
                    .map(VariableType::label)
                    .findFirst()
                    .orElseThrow();
        }

        private ModelException damaged(String offence) {
            return new ModelException(file + " is damaged: " + offence + ". Download the model again.");
        }
    }
}
