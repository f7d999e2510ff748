package io.github.whisperspeedtest.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.whisperspeedtest.error.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A JSON configuration file of a model. Values are validated on access. */
public final class ConfigFile {
    /** Many times the largest file in use, which lists mel filters or tensor locations. */
    private static final long MAX_BYTES = 8 << 20;

    /** OpenAI's placeholder for "the tokenizer's non-speech tokens" in a list of tokens. */
    private static final int DEFAULT_TOKENS = -1;

    private static final ObjectMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            // Python writes such numbers.
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    private final Path file;
    private final JsonNode root;

    private ConfigFile(Path file, JsonNode root) {
        this.file = file;
        this.root = root;
    }

    /**
     * Reads a file.
     *
     * @throws ModelException if it is larger than 8 MB or not a JSON object
     * @throws IOException if it cannot be read
     */
    public static ConfigFile read(Path file) throws IOException {
        long size = Files.size(file);
        if (size > MAX_BYTES) {
            throw new ModelException(file + " is damaged: it should have at most " + MAX_BYTES + " bytes, but has "
                    + size + ". Download the model again.");
        }
        JsonNode root;
        try {
            root = JSON.readTree(Files.readAllBytes(file));
        } catch (JsonProcessingException e) {
            throw new ModelException(
                    file + " is damaged: it is not a JSON object: " + e.getOriginalMessage()
                            + ". Download the model again.",
                    e);
        }
        if (!root.isObject()) {
            throw new ModelException(
                    file + " is damaged: it should be a JSON object, but is " + shown(root) + ". Download it again.");
        }
        return new ConfigFile(file, root);
    }

    /** Returns whether a file is a readable JSON object with a value of the given name. */
    public static boolean states(Path file, String name) {
        try {
            return read(file).has(name);
        } catch (IOException | ModelException e) {
            return false;
        }
    }

    /** Returns the names of all values, in the file's order. */
    public Set<String> names() {
        Set<String> names = new LinkedHashSet<>();
        root.fieldNames().forEachRemaining(names::add);
        return names;
    }

    /** Returns whether there is a value of the given name, other than null. */
    public boolean has(String name) {
        return root.hasNonNull(name);
    }

    /** Returns whether the value of the given name is the given text. */
    public boolean is(String name, String text) {
        return root.path(name).isTextual() && root.path(name).textValue().equals(text);
    }

    /**
     * Returns an integer.
     *
     * @throws ModelException if there is none between {@code least} and {@code most}
     */
    public int integer(String name, int least, int most) {
        JsonNode value = root.path(name);
        if (!value.isInt() || value.intValue() < least || value.intValue() > most) {
            throw damaged("'" + name + "' should be an integer from " + least + " to " + most, value);
        }
        return value.intValue();
    }

    /**
     * Returns a truth value.
     *
     * @throws ModelException if there is another value
     */
    public boolean flag(String name, boolean whereMissing) {
        JsonNode value = root.path(name);
        if (!value.isBoolean() && has(name)) {
            throw damaged("'" + name + "' should be true or false", value);
        }
        return value.asBoolean(whereMissing);
    }

    /**
     * Returns a text.
     *
     * @throws ModelException if there is another value
     */
    public String text(String name, String whereMissing) {
        JsonNode value = root.path(name);
        if (!value.isTextual() && has(name)) {
            throw damaged("'" + name + "' should be a text", value);
        }
        return value.asText(whereMissing);
    }

    /** Returns whether a value is an object. */
    public boolean isObject(String name) {
        return root.path(name).isObject();
    }

    /**
     * Returns an object.
     *
     * @throws ModelException if there is none
     */
    public ConfigFile object(String name) {
        JsonNode object = root.path(name);
        if (!object.isObject()) {
            throw damaged("'" + name + "' should be an object", object);
        }
        return new ConfigFile(file, object);
    }

    /**
     * Returns an object of texts by name, in the file's order.
     *
     * @throws ModelException if there is no object, or a value of it is not a text
     */
    public Map<String, String> texts(String name) {
        JsonNode object = object(name).root;
        Map<String, String> texts = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : object.properties()) {
            if (!entry.getValue().isTextual()) {
                throw damaged("'" + entry.getKey() + "' in '" + name + "' should be a text", entry.getValue());
            }
            texts.put(entry.getKey(), entry.getValue().textValue());
        }
        return texts;
    }

    /**
     * Returns a list of token ids, empty where there is none or it stands for the tokenizer's own list.
     *
     * @param nVocab the number of tokens
     * @throws ModelException if there is another value, or an id that no token has
     */
    public Optional<List<Integer>> tokens(String name, int nVocab) {
        JsonNode list = root.path(name);
        if (!has(name)) {
            return Optional.empty();
        }
        if (!list.isArray()) {
            throw damaged("'" + name + "' should be a list of token ids", list);
        }
        List<Integer> ids = new ArrayList<>();
        for (JsonNode id : list) {
            if (!id.isInt() || id.intValue() < DEFAULT_TOKENS || id.intValue() >= nVocab) {
                throw damaged("'" + name + "' should have token ids from 0 to " + (nVocab - 1), id);
            }
            ids.add(id.intValue());
        }
        return ids.contains(DEFAULT_TOKENS) ? Optional.empty() : Optional.of(ids);
    }

    /**
     * Returns a list of heads of the cross-attention, empty where there is none.
     *
     * <p>It is also empty if a head does not exist in the model: a distilled model may still have the list of its
     * teacher.
     *
     * @throws ModelException if there is something else than pairs of layer and head
     */
    public List<AttentionHead> heads(String name, ModelDimensions dimensions) {
        JsonNode list = root.path(name);
        if (!has(name)) {
            return List.of();
        }
        if (!list.isArray()) {
            throw damaged("'" + name + "' should be a list of pairs", list);
        }
        List<AttentionHead> heads = new ArrayList<>();
        for (JsonNode pair : list) {
            if (!pair.isArray() || pair.size() != 2 || !isNatural(pair.get(0)) || !isNatural(pair.get(1))) {
                throw damaged("'" + name + "' should have pairs of a layer and a head, each from 0 on", pair);
            }
            heads.add(new AttentionHead(pair.get(0).intValue(), pair.get(1).intValue()));
        }
        boolean isOfThisModel = heads.stream()
                .allMatch(head -> head.layer() < dimensions.nTextLayer() && head.head() < dimensions.nTextHead());
        return isOfThisModel ? List.copyOf(heads) : List.of();
    }

    private static boolean isNatural(JsonNode node) {
        return node.isInt() && node.intValue() >= 0;
    }

    private ModelException damaged(String expectation, JsonNode found) {
        return new ModelException(
                file + " is damaged: " + expectation + ", but has " + shown(found) + ". Download the model again.");
    }

    private static String shown(JsonNode node) {
        String text = node.isMissingNode() ? "none" : node.toString();
        return text.length() <= 80 ? text : text.substring(0, 80) + "…";
    }
}
