package io.github.whisperspeedtest.tokenizer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.github.whisperspeedtest.files.AtomicFiles;
import io.github.whisperspeedtest.tokenizer.TokenizerData.Merge;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Writes a vocabulary in the forms that other implementations of Whisper read.
 *
 * <p>Both of them count tokens instead of reading ids. So an id that stands for nothing is written as a special token of its own,
 * such as {@code <|unused576|>}, which no text becomes.
 */
public final class TokenizerWriter {
    private static final JsonFactory JSON = new JsonFactory();

    private final TokenizerData data;
    private final SpecialTokens specials;
    private final List<String> spellings;

    private TokenizerWriter(TokenizerData data, int nVocab) {
        this.data = data;
        this.specials = Tokenizer.of(data, nVocab).specials();
        this.spellings = spellings(data.tokens(), specials);
    }

    /** Writes JSON. */
    private interface Content {
        void write(JsonGenerator json) throws IOException;
    }

    /**
     * Writes the {@code tokenizer.json} of Hugging Face's tokenizers library: a byte-level BPE model, and all special tokens and
     * timestamps as added tokens.
     *
     * <p>Merges that the vocabulary does not list, because its tokens rank by their ids, are worked out.
     *
     * @param data the text tokens
     * @param nVocab size of the model's vocabulary, special tokens included
     * @param file where it goes; replaced in one move
     * @throws io.github.whisperspeedtest.error.ModelException if no Whisper model has a vocabulary of that size, or if there are more text tokens than go with it
     * @throws IOException if it cannot be written
     */
    public static void writeTokenizerJson(TokenizerData data, int nVocab, Path file) throws IOException {
        write(file, new TokenizerWriter(data, nVocab)::writeTokenizer);
    }

    /**
     * Writes the {@code vocabulary.json} of a CTranslate2 model: a list of {@code nVocab} spellings.
     *
     * @param data the text tokens
     * @param nVocab size of the model's vocabulary, special tokens included
     * @param file where it goes; replaced in one move
     * @throws io.github.whisperspeedtest.error.ModelException if no Whisper model has a vocabulary of that size, or if there are more text tokens than go with it
     * @throws IOException if it cannot be written
     */
    public static void writeVocabularyJson(TokenizerData data, int nVocab, Path file) throws IOException {
        write(file, new TokenizerWriter(data, nVocab)::writeVocabulary);
    }

    private static void write(Path file, Content content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.useDefaultPrettyPrinter();
            content.write(json);
        }
        AtomicFiles.write(file, bytes.toByteArray());
    }

    private static List<String> spellings(List<byte[]> tokens, SpecialTokens specials) {
        List<String> spellings = new ArrayList<>();
        Set<String> taken = new HashSet<>();
        for (int id = 0; id < specials.vocabularySize(); id++) {
            String spelling = id < tokens.size() ? ByteLevelAlphabet.of(tokens.get(id)) : unused(id);
            if (id >= specials.endOfText()) {
                spelling = specials.spelling(id);
            } else if (!taken.add(spelling)) {
                spelling = unused(id);
            }
            spellings.add(spelling);
        }
        return spellings;
    }

    private static String unused(int id) {
        return "<|unused" + id + "|>";
    }

    private void writeVocabulary(JsonGenerator json) throws IOException {
        json.writeStartArray();
        for (String spelling : spellings) {
            json.writeString(spelling);
        }
        json.writeEndArray();
    }

    private void writeTokenizer(JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("version", "1.0");
        json.writeNullField("truncation");
        json.writeNullField("padding");
        json.writeArrayFieldStart("added_tokens");
        for (int id = specials.endOfText(); id < specials.vocabularySize(); id++) {
            writeAddedToken(json, id);
        }
        json.writeEndArray();
        json.writeNullField("normalizer");
        writeByteLevel(json, "pre_tokenizer");
        json.writeNullField("post_processor");
        writeByteLevel(json, "decoder");
        json.writeObjectFieldStart("model");
        writeModel(json);
        json.writeEndObject();
        json.writeEndObject();
    }

    private void writeAddedToken(JsonGenerator json, int id) throws IOException {
        json.writeStartObject();
        json.writeNumberField("id", id);
        json.writeStringField("content", spellings.get(id));
        for (String flag : List.of("single_word", "lstrip", "rstrip", "normalized")) {
            json.writeBooleanField(flag, false);
        }
        // As in the published files: a decoder that skips special tokens keeps the timestamps.
        json.writeBooleanField("special", !specials.isTimestamp(id));
        json.writeEndObject();
    }

    private static void writeByteLevel(JsonGenerator json, String field) throws IOException {
        json.writeObjectFieldStart(field);
        json.writeStringField("type", "ByteLevel");
        json.writeBooleanField("add_prefix_space", false);
        json.writeBooleanField("trim_offsets", true);
        json.writeBooleanField("use_regex", true);
        json.writeEndObject();
    }

    private void writeModel(JsonGenerator json) throws IOException {
        json.writeStringField("type", "BPE");
        json.writeNullField("dropout");
        json.writeNullField("unk_token");
        json.writeNullField("continuing_subword_prefix");
        json.writeNullField("end_of_word_suffix");
        json.writeBooleanField("fuse_unk", false);
        json.writeBooleanField("byte_fallback", false);
        json.writeObjectFieldStart("vocab");
        for (int id = 0; id < specials.endOfText(); id++) {
            json.writeNumberField(spellings.get(id), id);
        }
        json.writeEndObject();
        json.writeArrayFieldStart("merges");
        for (Merge merge : data.merges().isEmpty() ? RankedMerges.of(data.tokens()) : data.merges()) {
            // The one form that all versions of the library read.
            json.writeString(spellings.get(merge.left()) + ' ' + spellings.get(merge.right()));
        }
        json.writeEndArray();
    }
}
