package io.github.whisperspeedtest.checkpoint;

import io.github.whisperspeedtest.transcription.Language;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/**
 * A demo recording with a reference transcript.
 *
 * @param name file name of the recording, such as {@code en_single_01.flac}
 * @param language spoken language
 * @param reference reference transcript
 * @param utterances start and end of each sentence
 * @param resource location of the recording
 */
public record SpeechSample(String name, Language language, String reference, List<Utterance> utterances, URL resource) {
    /** Copies the list. */
    public SpeechSample {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(language, "language");
        Objects.requireNonNull(reference, "reference");
        utterances = List.copyOf(utterances);
        Objects.requireNonNull(resource, "resource");
    }

    /**
     * A span of speech in a recording.
     *
     * @param start offset from the beginning of the audio
     * @param end offset from the beginning of the audio
     */
    public record Utterance(Duration start, Duration end) {
        /** Checks the order. */
        public Utterance {
            if (start.isNegative() || end.compareTo(start) < 0) {
                throw new IllegalArgumentException("An utterance cannot last from " + start + " to " + end);
            }
        }
    }

    /** Returns the recording as a stream, which the caller closes. */
    public InputStream open() throws IOException {
        return resource.openStream();
    }

    /**
     * Reads a table of samples: a heading, then lines of file name, language, text and times, separated by tabs.
     *
     * <p>Times are written {@code 0.33-2.09;2.74-4.46}, in seconds.
     *
     * @param table the table in UTF-8
     * @param locator finds a recording by its file name
     * @throws IOException if the table cannot be read
     */
    public static List<SpeechSample> readTable(InputStream table, Function<String, URL> locator) throws IOException {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(table, StandardCharsets.UTF_8))) {
            List<SpeechSample> samples = new ArrayList<>();
            for (String line : reader.lines().skip(1).toList()) {
                String[] fields = line.split("\t", -1);
                List<Utterance> utterances = Arrays.stream(fields[3].split(";"))
                        .map(SpeechSample::utterance)
                        .toList();
                samples.add(new SpeechSample(
                        fields[0], Language.of(fields[1]), fields[2], utterances, locator.apply(fields[0])));
            }
            return List.copyOf(samples);
        }
    }

    private static Utterance utterance(String times) {
        int dash = times.indexOf('-');
        return new Utterance(seconds(times.substring(0, dash)), seconds(times.substring(dash + 1)));
    }

    private static Duration seconds(String text) {
        return Duration.ofMillis(Math.round(Double.parseDouble(text) * 1000));
    }
}
