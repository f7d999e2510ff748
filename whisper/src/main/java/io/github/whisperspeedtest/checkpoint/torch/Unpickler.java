package io.github.whisperspeedtest.checkpoint.torch;

import io.github.whisperspeedtest.checkpoint.zip.FileErrors;
import io.github.whisperspeedtest.error.ModelException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a pickle into plain containers and runs nothing. Names are looked up in a table; unknown names are rejected.
 *
 * <p>Values are {@link Map}s with keys of text or numbers, {@link List}s, {@link Tuple}s, {@link String}s,
 * {@link Long}s, {@link Double}s, {@link Boolean}s, {@link PickleNone}, and whatever the table makes. They may contain
 * each other in a circle, so they must not be compared or printed. Of protocols 2 to 5 there are the opcodes that a
 * dictionary of tensors takes. Source: Lib/pickletools.py in python/cpython.
 */
final class Unpickler {
    /** Some ten times what the largest published model takes. */
    private static final int MAX_VALUES = 300_000;

    private static final int MAX_STACK = 1 << 16;
    private static final int MAX_MARKS = 1000;

    private static final int MIN_PROTOCOL = 2;
    private static final int MAX_PROTOCOL = 5;

    private final PickleInput input;
    private final PickleNames names;
    private final FileErrors offences;
    private final List<Object> stack = new ArrayList<>();

    /** How many values were below each open bracket. */
    private final Deque<Integer> marks = new ArrayDeque<>();

    private final Map<Integer, Object> memo = new HashMap<>();
    private int values;

    private Unpickler(PickleInput input, PickleNames names, FileErrors offences) {
        this.input = input;
        this.names = names;
        this.offences = offences;
    }

    /**
     * Returns the value that a pickle describes.
     *
     * @throws ModelException if it breaks the format, goes beyond bounds many times those of any model, or names what it must not
     */
    static Object read(byte[] pickle, PickleNames names, FileErrors offences) {
        return new Unpickler(new PickleInput(pickle, offences), names, offences).read();
    }

    private Object read() {
        int opcode = input.unsignedByte();
        while (opcode != '.') {
            if (!readContainer(opcode)) {
                readScalar(opcode);
            }
            opcode = input.unsignedByte();
        }
        Object result = pop();
        if (!stack.isEmpty() || !marks.isEmpty() || input.remaining() > 0) {
            throw offences.damaged("its pickle should end with one value, but " + stack.size() + " more values, "
                    + marks.size() + " open brackets and " + input.remaining() + " bytes are left");
        }
        return result;
    }

    /** Carries out an opcode that works on values already there, and returns whether it was one. */
    private boolean readContainer(int opcode) {
        switch (opcode) {
            case '(' -> mark();
            case '}' -> push(new LinkedHashMap<Object, Object>());
            case ']' -> push(new ArrayList<>());
            case ')' -> push(new Tuple(List.of()));
            case 't' -> push(new Tuple(popToMark()));
            case 0x85 -> push(new Tuple(pop(1)));
            case 0x86 -> push(new Tuple(pop(2)));
            case 0x87 -> push(new Tuple(pop(3)));
            case 's' -> put(pop(2));
            case 'u' -> put(popToMark());
            case 'a' -> append(pop(1));
            case 'e' -> append(popToMark());
            case 'q' -> memorise(input.unsignedByte());
            case 'r' -> memorise(input.integer());
            case 0x94 -> memorise(memo.size());
            case 'h' -> push(memorised(input.unsignedByte()));
            case 'j' -> push(memorised(input.integer()));
            case 'c' -> push(names.global(input.line(), input.line()));
            case 0x93 -> stackGlobal(pop(2));
            case 'Q' -> push(names.persistent(pop()));
            case 'R' -> call(pop(2));
            case 'b' -> build(pop());
            default -> {
                return false;
            }
        }
        return true;
    }

    private void readScalar(int opcode) {
        switch (opcode) {
            case 0x80 -> protocol(input.unsignedByte());
            case 0x95 -> frame(input.eightBytes());
            case 'N' -> push(PickleNone.NONE);
            case 0x88 -> push(true);
            case 0x89 -> push(false);
            case 'J' -> push((long) input.integer());
            case 'K' -> push((long) input.unsignedByte());
            case 'M' -> push((long) input.unsignedShort());
            case 0x8a -> push(input.integer(input.unsignedByte()));
            case 0x8b -> push(input.integer(input.integer()));
            case 'G' -> push(input.number());
            case 'X' -> push(input.text(Integer.toUnsignedLong(input.integer())));
            case 0x8c -> push(input.text(input.unsignedByte()));
            case 0x8d -> push(input.text(input.eightBytes()));
            default ->
                throw offences.unusable(
                        "its pickle has the opcode 0x" + Integer.toHexString(opcode) + " at byte "
                                + (input.position() - 1)
                                + ", which a dictionary of tensors does not need; nothing was run",
                        "Use a model in the form that OpenAI publishes.");
        }
    }

    private void protocol(int version) {
        if (version < MIN_PROTOCOL || version > MAX_PROTOCOL) {
            throw offences.damaged("its pickle should use a protocol from " + MIN_PROTOCOL + " to " + MAX_PROTOCOL
                    + ", but uses " + version);
        }
    }

    private void frame(long length) {
        if (length < 0 || length > input.remaining()) {
            throw offences.damaged("its pickle announces " + Long.toUnsignedString(length) + " bytes, but only "
                    + input.remaining() + " follow");
        }
    }

    private void mark() {
        if (marks.size() == MAX_MARKS) {
            throw offences.damaged("its pickle should open at most " + MAX_MARKS + " brackets at once, but opens more");
        }
        marks.push(stack.size());
    }

    private void push(Object value) {
        values++;
        if (values > MAX_VALUES || stack.size() == MAX_STACK) {
            throw offences.damaged("its pickle should have at most " + MAX_VALUES + " values, and " + MAX_STACK
                    + " at once, but has more");
        }
        stack.add(value);
    }

    private Object pop() {
        Object value = top();
        stack.remove(stack.size() - 1);
        return value;
    }

    private List<Object> pop(int count) {
        if (stack.size() - bottom() < count) {
            throw missing();
        }
        return cut(stack.size() - count);
    }

    private List<Object> popToMark() {
        if (marks.isEmpty()) {
            throw missing();
        }
        return cut(marks.pop());
    }

    private List<Object> cut(int from) {
        List<Object> tail = stack.subList(from, stack.size());
        List<Object> cut = new ArrayList<>(tail);
        tail.clear();
        return cut;
    }

    private Object top() {
        if (stack.size() == bottom()) {
            throw missing();
        }
        return stack.get(stack.size() - 1);
    }

    /** Returns how many values are out of reach, being outside of the bracket that was opened last. */
    private int bottom() {
        return marks.isEmpty() ? 0 : marks.peek();
    }

    private ModelException missing() {
        return offences.damaged("its pickle takes a value at byte " + (input.position() - 1) + " where there is none");
    }

    private void memorise(int index) {
        memo.put(index, top());
        if (memo.size() > MAX_VALUES) {
            throw offences.damaged("its pickle should refer to at most " + MAX_VALUES + " values, but refers to more");
        }
    }

    private Object memorised(int index) {
        @Nullable Object value = memo.get(index);
        if (value == null) {
            throw offences.damaged(
                    "its pickle refers to value " + Integer.toUnsignedString(index) + ", which does not exist");
        }
        return value;
    }

    private void put(List<Object> pairs) {
        if (!(top() instanceof Map<?, ?>) || pairs.size() % 2 != 0) {
            throw offences.damaged("its pickle puts " + pairs.size()
                    + " keys and values in a value that is not a dictionary, at byte " + (input.position() - 1));
        }
        @SuppressWarnings("unchecked")
        Map<Object, Object> map = (Map<Object, Object>) top();
        for (int i = 0; i < pairs.size(); i += 2) {
            Object key = pairs.get(i);
            if (!(key instanceof String || key instanceof Long || key instanceof Boolean)) {
                throw offences.damaged("its pickle has a dictionary key that is neither text nor a number");
            }
            if (map.put(key, pairs.get(i + 1)) != null) {
                throw offences.damaged(
                        "its pickle has a dictionary with two values for '" + FileErrors.shown(key.toString()) + "'");
            }
        }
    }

    private void append(List<Object> items) {
        if (!(top() instanceof List<?>)) {
            throw offences.damaged(
                    "its pickle appends to a value that is not a list, at byte " + (input.position() - 1));
        }
        @SuppressWarnings("unchecked")
        List<Object> list = (List<Object>) top();
        list.addAll(items);
    }

    private void stackGlobal(List<Object> moduleAndName) {
        if (!(moduleAndName.get(0) instanceof String module) || !(moduleAndName.get(1) instanceof String name)) {
            throw offences.damaged("its pickle has a name that is not text, at byte " + (input.position() - 1));
        }
        push(names.global(module, name));
    }

    private void call(List<Object> calleeAndArguments) {
        if (!(calleeAndArguments.get(1) instanceof Tuple arguments)) {
            throw offences.damaged("its pickle has a call without arguments, at byte " + (input.position() - 1));
        }
        push(names.call(calleeAndArguments.get(0), arguments));
    }

    /** Leaves out what an ordered dictionary has beside its content: the versions of a network's modules. */
    private void build(Object state) {
        if (!(top() instanceof Map<?, ?>) || !(state instanceof Map<?, ?>)) {
            throw offences.damaged(
                    "its pickle sets the state of a value that is not a dictionary, at byte " + (input.position() - 1));
        }
    }
}
