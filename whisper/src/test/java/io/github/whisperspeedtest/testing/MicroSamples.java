package io.github.whisperspeedtest.testing;

import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.checkpoint.SpeechSample;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

/** All twelve recordings with the vocabulary of the embedded model, including those that it transcribes with errors. */
public final class MicroSamples {
    private static final String DIRECTORY = "/io/github/whisperspeedtest/micro/";

    private MicroSamples() {}

    /** Returns eight single sentences, three recordings of several, and one of 76 s. */
    public static List<SpeechSample> all() {
        Map<String, URL> bundled =
                EmbeddedModel.samples().stream().collect(Collectors.toMap(SpeechSample::name, SpeechSample::resource));
        Function<String, URL> locator = name -> bundled.containsKey(name) ? bundled.get(name) : resource(name);
        try (InputStream table = resource("references.tsv").openStream()) {
            return SpeechSample.readTable(table, locator);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the recording of the given file name, such as {@code de_single_01.flac}. */
    public static SpeechSample named(String name) {
        return all().stream()
                .filter(sample -> sample.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("There is no sample " + name));
    }

    private static URL resource(String name) {
        return Objects.requireNonNull(MicroSamples.class.getResource(DIRECTORY + name), name);
    }
}
