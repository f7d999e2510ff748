package io.github.whisperspeedtest.tokenizer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.tokenizer.TokenizerData.Merge;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads byte-level BPE vocabularies in the file formats of published Whisper models.
 *
 * <p>All but tiktoken's spell tokens as GPT-2 does, with one visible character for each byte; there a space is U+0120.
 * Special tokens, written {@code <|…|>}, are left out: their ids follow from the model's dimensions.
 *
 * <p>Text tokens must have the ids from 0 on without a gap. No memory is allocated for sizes that a file merely states.
 * Files larger than 64 MB, about twenty times the largest in use, are rejected.
 */
public final class TokenizerFiles {
    private static final int MAX_BYTES = 64 << 20;

    /** Several times the longest token in use, a line of 128 hyphens. */
    private static final int MAX_TOKEN_BYTES = 1024;

    private static final String END_OF_TEXT = "<|endoftext|>";

    /** How tiktoken's files write the empty token, which ends OpenAI's multilingual vocabulary. */
    private static final String EMPTY_BASE64 = "=";

    /** Names of fields are the tokens: none comes twice, so that keeping a table of them would double the time. */
    private static final ObjectMapper JSON = JsonMapper.builder(new JsonFactoryBuilder()
                    .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                    .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final String name;

    private TokenizerFiles(String name) {
        this.name = name;
    }

    /**
     * Reads GPT-2's form: {@code vocab.json} with the id of each spelling, and {@code merges.txt} with two spellings a line.
     *
     * @param name what to call the vocabulary in messages
     * @param vocabulary content of {@code vocab.json}
     * @param merges content of {@code merges.txt}
     * @throws ModelException if ids have gaps, a spelling is none, or a merge names or makes an unknown token
     * @throws IOException if a stream cannot be read
     */
    public static TokenizerData read(String name, InputStream vocabulary, InputStream merges) throws IOException {
        TokenizerFiles files = new TokenizerFiles(name);
        Map<String, Integer> ids = files.textTokens(files.parse(files.bytes(vocabulary)));
        return new TokenizerData(files.tokens(ids), files.mergeLines(files.text(merges), ids));
    }

    /**
     * Reads the {@code tokenizer.json} of Hugging Face's tokenizers library.
     *
     * @param name what to call the file in messages
     * @param stream its content
     * @throws ModelException if it is no BPE vocabulary, ids have gaps, a spelling is none, a merge names or makes an unknown token,
     *     or a special token has the id of a text token
     * @throws IOException if the stream cannot be read
     */
    public static TokenizerData readTokenizerJson(String name, InputStream stream) throws IOException {
        TokenizerFiles files = new TokenizerFiles(name);
        JsonNode root = files.parse(files.bytes(stream));
        JsonNode model = root.path("model");
        JsonNode type = model.path("type");
        if (!type.isMissingNode() && !"BPE".equals(type.textValue())) {
            throw files.damaged("its model should be of type \"BPE\", but is of type " + shown(type));
        }
        Map<String, Integer> ids = files.textTokens(model.path("vocab"));
        files.checkAddedTokens(root.path("added_tokens"), ids.size());
        return new TokenizerData(files.tokens(ids), files.mergeNodes(model.path("merges"), ids));
    }

    /**
     * Reads the {@code vocabulary.json} of a CTranslate2 model: a list of spellings, the index being the id.
     *
     * <p>The text tokens end before {@code <|endoftext|>}. There are no merges in it: tokens rank by their ids.
     *
     * @param name what to call the file in messages
     * @param stream its content
     * @throws ModelException if it is no list of spellings, or a special token is among those of text
     * @throws IOException if the stream cannot be read
     */
    public static TokenizerData readVocabularyJson(String name, InputStream stream) throws IOException {
        TokenizerFiles files = new TokenizerFiles(name);
        JsonNode list = files.parse(files.bytes(stream));
        if (!list.isArray()) {
            throw files.damaged("it should be a JSON list of tokens, but is " + shown(list));
        }
        List<String> spellings = new ArrayList<>();
        for (JsonNode spelling : list) {
            if (!spelling.isTextual()) {
                throw files.damaged("token " + spellings.size() + " should be a text, but is " + shown(spelling));
            }
            spellings.add(spelling.textValue());
        }
        return files.listed(spellings);
    }

    /**
     * Reads the {@code vocabulary.txt} of an older CTranslate2 model: a spelling a line, the id being the line's number less one.
     *
     * <p>As CTranslate2 does, it takes a carriage return for a part of the token unless all lines end with one.
     *
     * @param name what to call the file in messages
     * @param stream its content
     * @throws ModelException if a line is no spelling, or a special token is among those of text
     * @throws IOException if the stream cannot be read
     */
    public static TokenizerData readVocabularyText(String name, InputStream stream) throws IOException {
        TokenizerFiles files = new TokenizerFiles(name);
        List<String> lines = lines(files.text(stream));
        boolean windows = lines.stream().allMatch(line -> line.endsWith("\r"));
        return files.listed(
                windows
                        ? lines.stream()
                                .map(line -> line.substring(0, line.length() - 1))
                                .toList()
                        : lines);
    }

    /**
     * Reads a file of tiktoken's: lines of a token's bytes in base64 and its id, which is its rank too.
     *
     * @param name what to call the file in messages
     * @param stream its content
     * @throws ModelException if a line is of another form, or ids have gaps
     * @throws IOException if the stream cannot be read
     */
    public static TokenizerData readTiktoken(String name, InputStream stream) throws IOException {
        TokenizerFiles files = new TokenizerFiles(name);
        List<String> lines = lines(files.text(stream)).stream()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
        byte[][] tokens = new byte[lines.size()][];
        for (String line : lines) {
            int space = line.indexOf(' ');
            files.put(tokens, files.rank(line, line.substring(space + 1)), files.base64(line, space), line);
        }
        files.requireTokens(tokens.length);
        return new TokenizerData(Arrays.asList(tokens), List.of());
    }

    private byte[] bytes(InputStream stream) throws IOException {
        byte[] bytes = stream.readNBytes(MAX_BYTES + 1);
        if (bytes.length > MAX_BYTES) {
            throw damaged("a vocabulary has at most " + MAX_BYTES + " bytes, but it has more");
        }
        return bytes;
    }

    private String text(InputStream stream) throws IOException {
        return new String(bytes(stream), StandardCharsets.UTF_8);
    }

    /** Returns lines as they end with a line feed and nothing else. */
    private static List<String> lines(String text) {
        List<String> lines = new ArrayList<>();
        int begin = 0;
        while (begin < text.length()) {
            int end = text.indexOf('\n', begin);
            end = end < 0 ? text.length() : end;
            lines.add(text.substring(begin, end));
            begin = end + 1;
        }
        return lines;
    }

    private JsonNode parse(byte[] json) throws IOException {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new ModelException(message("its vocabulary is not valid JSON: " + e.getOriginalMessage()), e);
        }
    }

    private Map<String, Integer> textTokens(JsonNode vocabulary) {
        if (!vocabulary.isObject()) {
            throw damaged("its vocabulary should be a JSON object, but is " + shown(vocabulary));
        }
        Map<String, Integer> ids = new HashMap<>();
        for (Map.Entry<String, JsonNode> entry : vocabulary.properties()) {
            String spelling = entry.getKey();
            if (!entry.getValue().isInt()) {
                throw damaged("the id of token '" + shown(spelling) + "' should be a number, but is "
                        + shown(entry.getValue()));
            }
            if (!isSpecial(spelling)) {
                ids.put(spelling, entry.getValue().intValue());
            }
        }
        requireTokens(ids.size());
        return ids;
    }

    private List<byte[]> tokens(Map<String, Integer> ids) {
        byte[][] tokens = new byte[ids.size()][];
        for (Map.Entry<String, Integer> entry : ids.entrySet()) {
            put(tokens, entry.getValue(), spelled(entry.getKey()), entry.getKey());
        }
        return Arrays.asList(tokens);
    }

    /** Puts a token where its id says; as many tokens as there are ids leave no gap. */
    private void put(byte[][] tokens, int id, byte[] token, String spelling) {
        if (id < 0 || id >= tokens.length || tokens[id] != null) {
            throw damaged("its " + tokens.length + " text tokens should have the ids from 0 on, each once, but '"
                    + shown(spelling) + "' has " + id);
        }
        if (token.length > MAX_TOKEN_BYTES) {
            throw damaged(
                    "a token has at most " + MAX_TOKEN_BYTES + " bytes, but token " + id + " has " + token.length);
        }
        tokens[id] = token;
    }

    private TokenizerData listed(List<String> spellings) {
        int end = spellings.indexOf(END_OF_TEXT);
        if (end < 0) {
            throw damaged("it should have the token " + END_OF_TEXT + ", but none of its " + spellings.size()
                    + " tokens is that");
        }
        // Where a vocabulary is not full, what stands for the unused ids is written as a special token.
        int count = end;
        while (count > 0 && isSpecial(spellings.get(count - 1))) {
            count--;
        }
        requireTokens(count);
        byte[][] tokens = new byte[count][];
        for (int id = 0; id < count; id++) {
            String spelling = spellings.get(id);
            if (isSpecial(spelling)) {
                throw damaged("token " + id + " should be a text token like those after it, but is " + shown(spelling));
            }
            put(tokens, id, spelled(spelling), spelling);
        }
        return new TokenizerData(Arrays.asList(tokens), List.of());
    }

    private List<Merge> mergeLines(String text, Map<String, Integer> ids) {
        List<Merge> merges = new ArrayList<>();
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            // The first line may state a version; "#" alone may begin a merge too.
            if (line.isEmpty() || number == 1 && line.startsWith("#version")) {
                continue;
            }
            merges.add(merge("line " + number, line, ids));
        }
        return merges;
    }

    private List<Merge> mergeNodes(JsonNode list, Map<String, Integer> ids) {
        if (!list.isArray()) {
            throw damaged("its merges should be a list, but are " + shown(list));
        }
        List<Merge> merges = new ArrayList<>();
        for (JsonNode node : list) {
            String place = "entry " + (merges.size() + 1);
            if (node.isTextual()) {
                merges.add(merge(place, node.textValue(), ids));
            } else if (node.size() == 2
                    && node.path(0).isTextual()
                    && node.path(1).isTextual()) {
                merges.add(merge(place, node.path(0).textValue(), node.path(1).textValue(), ids));
            } else {
                throw damaged(place + " of its merges should be two tokens, but is " + shown(node));
            }
        }
        return merges;
    }

    private Merge merge(String place, String pair, Map<String, Integer> ids) {
        int space = pair.indexOf(' ');
        if (space < 0) {
            throw damaged(place + " of its merges should be two tokens with a space between them, but is '"
                    + shown(pair) + "'");
        }
        return merge(place, pair.substring(0, space), pair.substring(space + 1), ids);
    }

    private Merge merge(String place, String left, String right, Map<String, Integer> ids) {
        @Nullable Integer leftId = ids.get(left);
        @Nullable Integer rightId = ids.get(right);
        if (leftId == null || rightId == null || !ids.containsKey(left + right)) {
            throw damaged(place + " of its merges should join two known tokens to a third, but is '"
                    + shown(left + ' ' + right) + "'");
        }
        return new Merge(leftId, rightId);
    }

    private void checkAddedTokens(JsonNode added, int textTokens) {
        if (!added.isArray() && !added.isMissingNode() && !added.isNull()) {
            throw damaged("its added_tokens should be a list, but are " + shown(added));
        }
        for (JsonNode token : added) {
            JsonNode id = token.path("id");
            JsonNode content = token.path("content");
            if (!id.isInt() || id.intValue() < 0 || !content.isTextual()) {
                throw damaged("an added token should have an id and a content, but is " + shown(token));
            }
            if (isSpecial(content.textValue()) && id.intValue() < textTokens) {
                throw damaged("the special token '" + shown(content.textValue()) + "' has the id " + id
                        + ", but those up to " + (textTokens - 1) + " belong to text tokens");
            }
        }
    }

    private int rank(String line, String number) {
        try {
            return Integer.parseInt(number);
        } catch (NumberFormatException e) {
            throw new ModelException(message(badLine(line)), e);
        }
    }

    private byte[] base64(String line, int space) {
        String token = line.substring(0, Math.max(0, space));
        if (token.equals(EMPTY_BASE64)) {
            return new byte[0];
        }
        try {
            return Base64.getDecoder().decode(token);
        } catch (IllegalArgumentException e) {
            throw new ModelException(message(badLine(line)), e);
        }
    }

    private static String badLine(String line) {
        return "a line should be a token in base64 and its rank, but is '" + shown(line) + "'";
    }

    private byte[] spelled(String spelling) {
        try {
            return ByteLevelAlphabet.bytes(spelling);
        } catch (IllegalArgumentException e) {
            throw new ModelException(message("token '" + shown(spelling) + "' has " + e.getMessage()), e);
        }
    }

    private void requireTokens(int count) {
        if (count == 0) {
            throw damaged("it should have text tokens, but has none");
        }
    }

    private static boolean isSpecial(String spelling) {
        return spelling.length() >= 4 && spelling.startsWith("<|") && spelling.endsWith("|>");
    }

    private static String shown(JsonNode node) {
        if (node.isContainerNode()) {
            // A hostile one would make a message of many megabytes.
            return node.isObject() ? "an object" : "a list of " + node.size();
        }
        return shown(node.isMissingNode() ? "none" : node.toString());
    }

    private static String shown(String text) {
        return text.length() <= 80 ? text : text.substring(0, 80) + "…";
    }

    private ModelException damaged(String offence) {
        return new ModelException(message(offence));
    }

    private String message(String offence) {
        return name + " is damaged: " + offence + ". Download the model again.";
    }
}
