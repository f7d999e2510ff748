package io.github.whisperspeedtest.checkpoint;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.whisperspeedtest.checkpoint.safetensors.SafetensorsReader;
import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import io.github.whisperspeedtest.error.ErrorKind;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.tokenizer.TokenizerFiles;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.SoftReference;
import java.net.URL;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The demo model inside this library: Whisper's architecture at width 128, trained on synthetic English and German
 * commands.
 *
 * <p>It recognizes only about 65 words of each language. {@code training/micro} in the source repository has the
 * program that trains it.
 */
public final class EmbeddedModel {
    /** Model name for users. */
    public static final String NAME = "micro";

    /**
     * Names its content, so that what was written from other weights is not taken for it: the first 12 digits of the SHA-256 of
     * tensors, dimensions, vocabulary and merges, one after the other.
     */
    public static final String VERSION = "e06dec6e5ea0";

    /**
     * The heads that follow the audio: of all subsets of its six heads, the one whose words begin and end closest to the segments of
     * the samples.
     */
    private static final List<AttentionHead> ALIGNMENT_HEADS =
            List.of(new AttentionHead(0, 0), new AttentionHead(0, 1), new AttentionHead(1, 1));

    private static final String DIRECTORY = "micro/";
    private static final ObjectMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .build();

    private static SoftReference<@Nullable Checkpoint> cache = new SoftReference<>(null);

    private EmbeddedModel() {}

    /**
     * Returns the model.
     *
     * <p>It is read on the first call and kept as long as memory allows: 17 MB on the heap.
     */
    public static synchronized Checkpoint checkpoint() {
        Checkpoint checkpoint = cache.get();
        if (checkpoint == null) {
            checkpoint = load();
            cache = new SoftReference<>(checkpoint);
        }
        return checkpoint;
    }

    /** Returns recordings that the model transcribes without errors: English, German, and one with several English sentences. */
    public static List<SpeechSample> samples() {
        try {
            return SpeechSample.readTable(open("references.tsv"), EmbeddedModel::resource);
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    /** Returns the default recording, which contains several sentences. */
    public static SpeechSample demoSample() {
        return samples().stream()
                .max(Comparator.comparingInt(sample -> sample.utterances().size()))
                .orElseThrow();
    }

    private static Checkpoint load() {
        try (InputStream dimensions = open("dims.json");
                InputStream vocabulary = open("vocab.json");
                InputStream merges = open("merges.txt");
                InputStream weights = new GZIPInputStream(open("model.safetensors.gz"), 1 << 16)) {
            Map<String, Tensor> tensors = SafetensorsReader.read("The embedded model's model.safetensors", weights);
            Checkpoint checkpoint = new Checkpoint(
                    JSON.readValue(dimensions, ModelDimensions.class),
                    tensors,
                    TokenizerFiles.read("The embedded model's vocabulary", vocabulary, merges),
                    new GenerationConfig(Optional.empty(), Optional.empty(), ALIGNMENT_HEADS));
            TensorShapes.check("The embedded model", checkpoint);
            return checkpoint;
        } catch (IOException | ModelException e) {
            throw unreadable(e);
        }
    }

    private static InputStream open(String file) throws IOException {
        return resource(file).openStream();
    }

    private static URL resource(String file) {
        URL resource = EmbeddedModel.class.getResource(DIRECTORY + file);
        if (resource == null) {
            throw unreadable(new IOException("there is no resource " + DIRECTORY + file));
        }
        return resource;
    }

    private static WhisperSpeedtestException unreadable(Exception cause) {
        return new WhisperSpeedtestException(
                ErrorKind.INTERNAL,
                "The embedded model cannot be read from the whisper-speedtest-whisper jar: " + cause.getMessage()
                        + ". Replace the jar, it is damaged.",
                cause);
    }
}
