package io.github.whisperspeedtest.checkpoint.torch;

import io.github.whisperspeedtest.checkpoint.zip.FileErrors;
import io.github.whisperspeedtest.checkpoint.zip.ZipEntry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Resolves the few names in a pickle from {@code torch.save} that create tensors. Each name maps to code in this class,
 * not to Python code.
 */
final class TorchNames implements PickleNames {
    /** Many times the rank of any weight. */
    private static final int MAX_RANK = 8;

    private final TorchArchive archive;
    private final FileErrors offences;

    TorchNames(TorchArchive archive, FileErrors offences) {
        this.archive = archive;
        this.offences = offences;
    }

    /** What may be called. */
    private enum Function {
        ORDERED_DICT("collections.OrderedDict"),
        REBUILD_TENSOR("torch._utils._rebuild_tensor_v2"),
        REBUILD_PARAMETER("torch._utils._rebuild_parameter");

        private final String label;

        Function(String label) {
            this.label = label;
        }
    }

    @Override
    public Object global(String module, String name) {
        String full = module + "." + name;
        for (Function function : Function.values()) {
            if (function.label.equals(full)) {
                return function;
            }
        }
        if (module.equals("torch")) {
            Optional<StorageType> type = StorageType.of(name);
            if (type.isPresent()) {
                return type.get();
            }
        }
        throw offences.unusable(
                "its pickle names " + FileErrors.shown(full)
                        + ", which weights do not need and which could run code; nothing was run",
                "Use a model as OpenAI publishes it, or save only its dimensions and state dictionary.");
    }

    @Override
    public Object call(Object callee, Tuple arguments) {
        if (callee instanceof Function function) {
            return switch (function) {
                case ORDERED_DICT -> orderedDictionary(arguments.items());
                case REBUILD_TENSOR -> tensor(arguments.items());
                case REBUILD_PARAMETER -> parameter(arguments.items());
            };
        }
        throw offences.damaged("its pickle calls a value that is not a function"
                + (callee instanceof StorageType type ? ": " + type.label() : ""));
    }

    private Object orderedDictionary(List<Object> arguments) {
        if (!arguments.isEmpty()) {
            throw badArguments(Function.ORDERED_DICT);
        }
        return new LinkedHashMap<Object, Object>();
    }

    /** Arguments: the tensor, whether it is trained, hooks. */
    private Object parameter(List<Object> arguments) {
        if (arguments.size() == 3
                && arguments.get(0) instanceof StoredTensor tensor
                && arguments.get(1) instanceof Boolean
                && isEmptyMap(arguments.get(2))) {
            return tensor;
        }
        throw badArguments(Function.REBUILD_PARAMETER);
    }

    /** Arguments: storage, offset, sizes, strides, whether it is trained, hooks; in some files also marks, such as "conjugated". */
    private Object tensor(List<Object> arguments) {
        boolean isPlain = arguments.size() == 6
                || arguments.size() == 7 && (arguments.get(6) == PickleNone.NONE || isEmptyMap(arguments.get(6)));
        if (isPlain
                && arguments.get(0) instanceof Storage storage
                && arguments.get(1) instanceof Long offset
                && arguments.get(2) instanceof Tuple sizes
                && arguments.get(3) instanceof Tuple strides
                && arguments.get(4) instanceof Boolean
                && isEmptyMap(arguments.get(5))) {
            @Nullable List<Long> sizeNumbers = naturals(sizes);
            @Nullable List<Long> strideNumbers = naturals(strides);
            if (offset >= 0
                    && sizeNumbers != null
                    && strideNumbers != null
                    && sizeNumbers.size() == strideNumbers.size()
                    && sizeNumbers.stream().allMatch(size -> size <= Integer.MAX_VALUE)) {
                List<Integer> shape = sizeNumbers.stream().map(Long::intValue).toList();
                return new StoredTensor(storage, offset, shape, strideNumbers);
            }
        }
        throw badArguments(Function.REBUILD_TENSOR);
    }

    private static boolean isEmptyMap(Object value) {
        return value instanceof Map<?, ?> map && map.isEmpty();
    }

    private static @Nullable List<Long> naturals(Tuple tuple) {
        if (tuple.items().size() > MAX_RANK) {
            return null;
        }
        List<Long> numbers = new ArrayList<>();
        for (Object item : tuple.items()) {
            if (!(item instanceof Long number) || number < 0) {
                return null;
            }
            numbers.add(number);
        }
        return numbers;
    }

    private RuntimeException badArguments(Function function) {
        return offences.damaged("its pickle calls " + function.label + " with invalid arguments");
    }

    /** The id is a tuple: the word "storage", the class, the key, the device that it was on, the number of elements. */
    @Override
    public Object persistent(Object id) {
        if (id instanceof Tuple tuple
                && tuple.items().size() == 5
                && "storage".equals(tuple.items().get(0))
                && tuple.items().get(1) instanceof StorageType type
                && tuple.items().get(2) instanceof String key
                && tuple.items().get(3) instanceof String
                && tuple.items().get(4) instanceof Long count) {
            return storage(type, key, count);
        }
        throw offences.damaged("its pickle refers to a persistent object that is not a storage");
    }

    private Storage storage(StorageType type, String key, long count) {
        ZipEntry entry = archive.storage(key);
        if (count < 0 || count > entry.size() / type.bytes() || count * type.bytes() != entry.size()) {
            throw offences.damaged("storage '" + FileErrors.shown(key) + "' should have " + count + " elements of "
                    + type.bytes() + " bytes, but its entry has " + entry.size() + " bytes");
        }
        return new Storage(type, count, entry);
    }
}
