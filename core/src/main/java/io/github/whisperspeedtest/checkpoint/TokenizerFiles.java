package io.github.whisperspeedtest.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.whisperspeedtest.checkpoint.TokenizerData.Merge;
import io.github.whisperspeedtest.error.ModelException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a byte-level BPE vocabulary in GPT-2's form: {@code vocab.json} with a spelling for each id, and {@code merges.txt}
 * with two spellings a line.
 *
 * <p>A spelling has one visible character for each byte. Bytes that Latin-1 shows stand for themselves, the other 68 for the
 * characters from U+0100 on, in order; so a space is U+0120.
 */
public final class TokenizerFiles {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final int FIRST_SUBSTITUTE = 0x100;
    private static final int[] BYTE_OF_CHARACTER = byteOfCharacter();

    private TokenizerFiles() {}

    /**
     * Returns the text tokens and their merges.
     *
     * <p>Special tokens, written {@code <|…|>}, are left out: their ids follow from the model's dimensions.
     *
     * @param name what to call the vocabulary in messages
     * @param vocabulary content of {@code vocab.json}
     * @param merges content of {@code merges.txt}
     * @throws ModelException if ids have gaps, a spelling is none, or a merge names or makes an unknown token
     * @throws IOException if a stream cannot be read
     */
    public static TokenizerData read(String name, InputStream vocabulary, InputStream merges) throws IOException {
        Map<String, Integer> ids = textTokens(name, parse(name, vocabulary.readAllBytes()));
        byte[][] tokens = new byte[ids.size()][];
        for (Map.Entry<String, Integer> entry : ids.entrySet()) {
            int id = entry.getValue();
            if (id < 0 || id >= tokens.length || tokens[id] != null) {
                throw new ModelException(name + " is damaged: its " + tokens.length
                        + " text tokens should have the ids from 0 on, each once, but '" + entry.getKey() + "' has "
                        + id + ". Download the model again.");
            }
            tokens[id] = bytes(name, entry.getKey());
        }
        String text = new String(merges.readAllBytes(), StandardCharsets.UTF_8);
        return new TokenizerData(Arrays.asList(tokens), merges(name, text, ids));
    }

    private static JsonNode parse(String name, byte[] json) throws IOException {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new ModelException(
                    name + " is damaged: its vocabulary is not valid JSON: " + e.getOriginalMessage()
                            + ". Download the model again.",
                    e);
        }
    }

    private static Map<String, Integer> textTokens(String name, JsonNode vocabulary) {
        if (!vocabulary.isObject()) {
            throw new ModelException(
                    name + " is damaged: its vocabulary should be a JSON object. Download the model again.");
        }
        Map<String, Integer> ids = new HashMap<>();
        for (Map.Entry<String, JsonNode> entry : vocabulary.properties()) {
            String spelling = entry.getKey();
            if (!entry.getValue().isInt()) {
                throw new ModelException(name + " is damaged: the id of token '" + spelling
                        + "' should be a number, but is " + entry.getValue() + ". Download the model again.");
            }
            if (!(spelling.startsWith("<|") && spelling.endsWith("|>"))) {
                ids.put(spelling, entry.getValue().intValue());
            }
        }
        return ids;
    }

    private static List<Merge> merges(String name, String text, Map<String, Integer> ids) {
        List<Merge> merges = new ArrayList<>();
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            // The first line may state a version; "#" alone may begin a merge too.
            if (line.isEmpty() || number == 1 && line.startsWith("#version")) {
                continue;
            }
            int space = line.indexOf(' ');
            String left = space < 0 ? line : line.substring(0, space);
            String right = line.substring(space + 1);
            @Nullable Integer leftId = ids.get(left);
            @Nullable Integer rightId = ids.get(right);
            if (space < 0 || leftId == null || rightId == null || !ids.containsKey(left + right)) {
                throw new ModelException(name + " is damaged: line " + number
                        + " of its merges should join two known tokens to a third, but is '" + line
                        + "'. Download the model again.");
            }
            merges.add(new Merge(leftId, rightId));
        }
        return merges;
    }

    private static byte[] bytes(String name, String spelling) {
        byte[] bytes = new byte[spelling.length()];
        for (int i = 0; i < bytes.length; i++) {
            char character = spelling.charAt(i);
            int value = character < BYTE_OF_CHARACTER.length ? BYTE_OF_CHARACTER[character] : -1;
            if (value < 0) {
                throw new ModelException(name + " is damaged: token '" + spelling + "' has the character U+"
                        + String.format("%04X", (int) character)
                        + ", which stands for no byte. Download the model again.");
            }
            bytes[i] = (byte) value;
        }
        return bytes;
    }

    private static int[] byteOfCharacter() {
        int substitute = FIRST_SUBSTITUTE;
        int[] table = new int[FIRST_SUBSTITUTE + 68];
        Arrays.fill(table, -1);
        for (int value = 0; value < FIRST_SUBSTITUTE; value++) {
            if (isVisible(value)) {
                table[value] = value;
            } else {
                table[substitute++] = value;
            }
        }
        return table;
    }

    /** Tells whether Latin-1 shows a byte: the ranges are those of GPT-2's {@code bytes_to_unicode}. */
    private static boolean isVisible(int value) {
        return value >= '!' && value <= '~' || value >= 0xA1 && value <= 0xAC || value >= 0xAE;
    }
}
