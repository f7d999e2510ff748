package io.github.whisperspeedtest.faster;

import io.github.whisperspeedtest.checkpoint.tensor.FileRegion;
import io.github.whisperspeedtest.checkpoint.tensor.HalfFloats;
import io.github.whisperspeedtest.error.ModelException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The variables of a {@code model.bin}, CTranslate2's file of weights.
 *
 * <p>Format, little-endian throughout: binary version, name and revision of the specification; the number of variables,
 * and of each its name, shape, type, length and elements; the number of aliases, and of each its name and that of the
 * variable. A text is its two-byte length and its bytes, including a terminating zero. All sizes are checked against
 * the file. Source: {@code _serialize} in model_spec.py and {@code Model::load} in OpenNMT/CTranslate2.
 *
 * @param file the file
 * @param revision revision of the specification
 * @param variables variables by name, in the file's order; an alias maps to its variable
 */
record ModelBin(Path file, int revision, Map<String, Variable> variables) {
    /** The largest Whisper models have some 1,500. */
    private static final int MAX_VARIABLES = 1 << 16;

    private static final int MAX_RANK = 8;

    ModelBin {
        variables = Collections.unmodifiableMap(new LinkedHashMap<>(variables));
    }

    /**
     * Reads everything but the elements of arrays.
     *
     * @throws ModelException if the file breaks the format, or has an unsupported version or architecture
     * @throws IOException if the file cannot be read
     */
    static ModelBin read(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return new Reader(file, channel).read();
        }
    }

    private static final class Reader {
        private final Path file;
        private final ModelBinInput input;
        private final Map<String, Variable> variables = new LinkedHashMap<>();

        Reader(Path file, FileChannel channel) throws IOException {
            this.file = file;
            this.input = new ModelBinInput(file, channel);
        }

        ModelBin read() throws IOException {
            long version = input.unsignedInt("binary version");
            if (version < ModelBinFormat.MIN_BINARY_VERSION || version > ModelBinFormat.BINARY_VERSION) {
                throw new ModelException(file + " cannot be used: it should be a CTranslate2 model of binary version "
                        + ModelBinFormat.MIN_BINARY_VERSION + " to " + ModelBinFormat.BINARY_VERSION + ", but has "
                        + version + ". Download the model again, or use one that CTranslate2 3 or 4 converted.");
            }
            String spec = input.text("specification");
            long revision = input.unsignedInt("revision");
            if (!spec.equals(ModelBinFormat.SPEC) || revision < 1 || revision > ModelBinFormat.REVISION) {
                throw new ModelException(file + " cannot be used: it should be a " + ModelBinFormat.SPEC
                        + " of revision 1 to " + ModelBinFormat.REVISION + ", but is a " + ModelBinInput.shown(spec)
                        + " of revision " + revision + ". Use a Whisper model that CTranslate2 3 or 4 converted.");
            }
            long count = count("variables");
            for (long i = 0; i < count; i++) {
                String name = input.text("name of a variable");
                put(name, variable(name));
            }
            readAliases();
            if (input.remaining() > 0) {
                throw input.damaged("it should end after its aliases, but " + input.remaining() + " bytes follow");
            }
            return new ModelBin(file, (int) revision, variables);
        }

        private long count(String what) throws IOException {
            long count = input.unsignedInt("number of " + what);
            if (count > MAX_VARIABLES) {
                throw input.damaged("it should have at most " + MAX_VARIABLES + " " + what + ", but states " + count);
            }
            return count;
        }

        private Variable variable(String name) throws IOException {
            int rank = input.unsignedByte("rank");
            if (rank > MAX_RANK) {
                throw input.damaged(variable(name, "at most " + MAX_RANK + " dimensions", rank));
            }
            List<Integer> shape = new ArrayList<>();
            long elements = 1;
            for (int i = 0; i < rank; i++) {
                long size = input.unsignedInt("shape");
                if (size == 0 || size > Integer.MAX_VALUE || size > input.remaining() / elements) {
                    throw input.damaged(variable(name, "a shape that fits into the file", "a size of " + size));
                }
                elements *= size;
                shape.add((int) size);
            }
            int typeId = input.unsignedByte("type");
            if (typeId >= VariableType.values().length) {
                throw input.damaged(variable(name, "a type from 0 to 5", typeId));
            }
            VariableType type = VariableType.values()[typeId];
            long length = input.unsignedInt("length");
            if (length != elements * type.bytes()) {
                throw input.damaged(
                        variable(name, elements * type.bytes() + " bytes for " + type.label() + shape, length));
            }
            if (length > input.remaining()) {
                throw input.damaged(variable(name, length + " bytes", "only " + input.remaining()));
            }
            if (length > Integer.MAX_VALUE) {
                throw new ModelException(file + " cannot be used: variable '" + ModelBinInput.shown(name) + "' has "
                        + length + " bytes, but one may have at most " + Integer.MAX_VALUE
                        + ". Use the model with float16 weights.");
            }
            FileRegion region = new FileRegion(file, input.position(), (int) length);
            if (rank == 0) {
                return new Variable(type, shape, region, number(type, input.bytes((int) length)));
            }
            input.skip(length);
            return new Variable(type, shape, region, Double.NaN);
        }

        private static double number(VariableType type, ByteBuffer bytes) {
            return switch (type) {
                case INT8 -> bytes.get();
                case INT16 -> bytes.getShort();
                case INT32 -> bytes.getInt();
                case FLOAT32 -> bytes.getFloat();
                case FLOAT16 -> HalfFloats.toFloat(bytes.getShort());
                case BFLOAT16 -> Float.intBitsToFloat(bytes.getShort() << 16);
            };
        }

        private void readAliases() throws IOException {
            long count = count("aliases");
            for (long i = 0; i < count; i++) {
                String alias = input.text("alias");
                String name = input.text("variable of an alias");
                @Nullable Variable variable = variables.get(name);
                if (variable == null) {
                    throw input.damaged("'" + ModelBinInput.shown(alias)
                            + "' should refer to a variable, but there is no '" + ModelBinInput.shown(name) + "'");
                }
                put(alias, variable);
                @Nullable Variable scale = variables.get(name + ModelBinFormat.SCALE_SUFFIX);
                if (scale != null) {
                    variables.putIfAbsent(alias + ModelBinFormat.SCALE_SUFFIX, scale);
                }
            }
        }

        private void put(String name, Variable variable) {
            if (variables.put(name, variable) != null) {
                throw input.damaged("it has the variable '" + ModelBinInput.shown(name) + "' twice");
            }
        }

        private static String variable(String name, String expected, Object found) {
            return "variable '" + ModelBinInput.shown(name) + "' should have " + expected + ", but has " + found;
        }
    }
}
