package io.github.whisperspeedtest.checkpoint.torch;

import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import io.github.whisperspeedtest.checkpoint.zip.FileBytes;
import io.github.whisperspeedtest.checkpoint.zip.FileErrors;
import io.github.whisperspeedtest.error.ModelException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A dictionary in a file written by PyTorch's {@code torch.save}. Values are validated on access.
 *
 * <p>Such a file is a pickle, a program that can run arbitrary code when loaded by Python. This reader runs nothing: it
 * reads the file as data and rejects anything but dictionaries and tensors. Sizes are checked against the file, so a
 * damaged or hostile file costs little memory.
 */
public final class TorchDictionary {
    private static final int SHOWN_NAMES = 5;

    private final String name;
    private final Map<?, ?> values;
    private final TorchArchive archive;
    private final FileErrors offences;

    private TorchDictionary(String name, Map<?, ?> values, TorchArchive archive, FileErrors offences) {
        this.name = name;
        this.values = values;
        this.archive = archive;
        this.offences = offences;
    }

    /**
     * Reads the dictionary that a file holds.
     *
     * <p>Tensors stay in the file and are mapped while they are used, so it must not be changed or shortened meanwhile. Views whose
     * elements are not in the order of their shape, such as transposed tensors, are gathered on access.
     *
     * @throws ModelException if the file breaks the format, names what weights are not made of, or holds something else
     * @throws IOException if the file cannot be read
     */
    public static TorchDictionary read(Path file) throws IOException {
        FileErrors offences = new FileErrors(file);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            TorchArchive archive = TorchArchive.open(new FileBytes(channel, offences), offences);
            Object value = Unpickler.read(archive.pickle(), new TorchNames(archive, offences), offences);
            if (!(value instanceof Map<?, ?> values)) {
                throw offences.unusable(
                        "it should hold a dictionary, but holds something else",
                        "Use a checkpoint in the form that OpenAI publishes.");
            }
            return new TorchDictionary("its dictionary", values, archive, offences);
        }
    }

    /**
     * Returns a dictionary in this one.
     *
     * @throws ModelException if there is none of that name
     */
    public TorchDictionary dictionary(String key) {
        if (values.get(key) instanceof Map<?, ?> inner) {
            return new TorchDictionary("'" + key + "'", inner, archive, offences);
        }
        throw offences.unusable(
                name + " should have a dictionary '" + key + "', but has " + keys(),
                "Use a checkpoint in the form that OpenAI publishes.");
    }

    /**
     * Returns an integer.
     *
     * @throws ModelException if there is none between {@code least} and {@code most}
     */
    public int integer(String key, int least, int most) {
        @Nullable Object value = values.get(key);
        if (value instanceof Long number && number >= least && number <= most) {
            return number.intValue();
        }
        throw offences.damaged(name + " should have an integer '" + key + "' from " + least + " to " + most
                + ", but has " + (value instanceof Long ? value : value == null ? "none" : "another value"));
    }

    /**
     * Returns all values, which are tensors, by name in the file's order.
     *
     * @throws ModelException if one is no tensor, is not all in the file, has more than 2 GB, or has elements that are neither F32, F16
     *     nor BF16
     */
    public Map<String, Tensor> tensors() {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Map.Entry<?, ?> entry : values.entrySet()) {
            if (!(entry.getKey() instanceof String key) || !(entry.getValue() instanceof StoredTensor tensor)) {
                throw offences.unusable(
                        name + " should have nothing but tensors, but '"
                                + FileErrors.shown(entry.getKey().toString()) + "' is none",
                        "Use a checkpoint in the form that OpenAI publishes.");
            }
            tensors.put(key, tensor.tensor(key, archive, offences));
        }
        return tensors;
    }

    private String keys() {
        String shown = values.keySet().stream()
                .limit(SHOWN_NAMES)
                .map(key -> "'" + FileErrors.shown(key.toString()) + "'")
                .collect(Collectors.joining(", "));
        return values.size() + " other values" + (shown.isEmpty() ? "" : ": " + shown)
                + (values.size() > SHOWN_NAMES ? " and so on" : "");
    }
}
