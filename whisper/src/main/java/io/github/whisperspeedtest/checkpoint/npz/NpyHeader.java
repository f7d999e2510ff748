package io.github.whisperspeedtest.checkpoint.npz;

import io.github.whisperspeedtest.checkpoint.zip.FileErrors;
import io.github.whisperspeedtest.error.ModelException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The header of a {@code .npy} file, a Python dictionary that describes the array.
 *
 * <p>Format: numpy/lib/format.py of numpy/numpy. Anything beyond literals, such as an expression, is rejected.
 *
 * @param descr type of the elements, such as {@code <f2}
 * @param isFortranOrder whether the first dimension varies fastest
 * @param shape size of each dimension
 */
record NpyHeader(String descr, boolean isFortranOrder, List<Integer> shape) {
    /**
     * Parses a header.
     *
     * @param array what to call the array in messages
     * @param text the whole header, its padding included
     * @throws ModelException if it has anything but these three keys, or the elements are records
     */
    static NpyHeader parse(String array, String text, FileErrors offences) {
        return new Parser(array, text, offences).parse();
    }

    private static final class Parser {
        private final String array;
        private final String text;
        private final FileErrors offences;
        private int at;

        private String descr = "";
        private boolean isFortranOrder;
        private List<Integer> shape = List.of();

        Parser(String array, String text, FileErrors offences) {
            this.array = array;
            this.text = text;
            this.offences = offences;
        }

        NpyHeader parse() {
            expect('{');
            Set<String> keys = new HashSet<>();
            while (!takes('}')) {
                String key = quoted();
                expect(':');
                if (!keys.add(key)) {
                    throw damaged();
                }
                putValue(key);
                if (!takes(',')) {
                    expect('}');
                    break;
                }
            }
            skipSpace();
            if (at != text.length() || keys.size() != 3) {
                throw damaged();
            }
            return new NpyHeader(descr, isFortranOrder, List.copyOf(shape));
        }

        private void putValue(String key) {
            switch (key) {
                case "descr" -> descr = type();
                case "fortran_order" -> isFortranOrder = flag();
                case "shape" -> shape = tuple();
                default -> throw damaged();
            }
        }

        private String type() {
            if (takes('[')) {
                throw offences.unusable(
                        array + " has records as its elements, but only numbers are supported",
                        "Save each field as a separate array.");
            }
            return quoted();
        }

        private boolean flag() {
            skipSpace();
            for (String word : List.of("True", "False")) {
                if (text.startsWith(word, at)) {
                    at += word.length();
                    return word.equals("True");
                }
            }
            throw damaged();
        }

        private List<Integer> tuple() {
            expect('(');
            List<Integer> sizes = new ArrayList<>();
            boolean isComplete = true;
            while (!takes(')')) {
                if (!isComplete) {
                    throw damaged();
                }
                sizes.add(number());
                isComplete = takes(',');
            }
            // Without the comma it would be a number in parentheses.
            if (sizes.size() == 1 && !isComplete) {
                throw damaged();
            }
            return sizes;
        }

        private int number() {
            skipSpace();
            int start = at;
            while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
                at++;
            }
            try {
                return Integer.parseInt(text, start, at, 10);
            } catch (NumberFormatException e) {
                throw offences.damaged("the shape of " + array + " should be of sizes from 0 to " + Integer.MAX_VALUE
                        + ", but its header is " + shown());
            }
        }

        private String quoted() {
            skipSpace();
            if (at < text.length() && (text.charAt(at) == '\'' || text.charAt(at) == '"')) {
                int end = text.indexOf(text.charAt(at), at + 1);
                if (end >= 0 && text.indexOf('\\', at) < 0) {
                    String content = text.substring(at + 1, end);
                    at = end + 1;
                    return content;
                }
            }
            throw damaged();
        }

        private void expect(char character) {
            if (!takes(character)) {
                throw damaged();
            }
        }

        private boolean takes(char character) {
            skipSpace();
            boolean isNext = at < text.length() && text.charAt(at) == character;
            at += isNext ? 1 : 0;
            return isNext;
        }

        private void skipSpace() {
            while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\n')) {
                at++;
            }
        }

        private ModelException damaged() {
            return offences.damaged("the header of " + array
                    + " should contain exactly 'descr', 'fortran_order' and 'shape', but is " + shown());
        }

        private String shown() {
            return FileErrors.shown(text.strip());
        }
    }
}
