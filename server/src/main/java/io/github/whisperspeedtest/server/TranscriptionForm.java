package io.github.whisperspeedtest.server;

import io.github.whisperspeedtest.error.UnknownNameException;
import io.github.whisperspeedtest.error.UnsupportedOptionException;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.transcription.Language;
import io.github.whisperspeedtest.transcription.Task;
import io.github.whisperspeedtest.transcription.Timestamps;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.worker.ServedModel;
import io.github.whisperspeedtest.worker.TranscriptionService;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.eclipse.jetty.http.MultiPart;
import org.eclipse.jetty.http.MultiPartFormData;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a request to transcribe or translate. Fields without a meaning here are ignored.
 *
 * @param model the model to use
 * @param options what is asked of it
 * @param format form of the response
 * @param segments whether a detailed response lists segments
 * @param words whether a detailed response lists words
 * @param stream whether segments are sent as they are finished
 */
record TranscriptionForm(
        ServedModel model,
        TranscribeOptions options,
        ResponseFormat format,
        boolean segments,
        boolean words,
        boolean stream) {
    private static final String FILE = "file";
    private static final String GRANULARITIES = "timestamp_granularities";

    /** Returns the recording in a form. */
    static MultiPart.Part recording(MultiPartFormData.Parts parts) {
        for (MultiPart.Part part : parts) {
            if (FILE.equals(part.getName())) {
                if (part.getLength() == 0) {
                    throw ApiException.invalid(FILE, "The recording is empty. Send the content of an audio file.");
                }
                return part;
            }
        }
        throw ApiException.invalid(FILE, "The field 'file' is missing. Send a recording in it.");
    }

    /** Reads the fields of a form and checks them. */
    static TranscriptionForm parse(MultiPartFormData.Parts parts, Task task, TranscriptionService service) {
        ResponseFormat format = ResponseFormat.parse(field(parts, "response_format", "json"));
        boolean stream = flag("stream", field(parts, "stream", "false"));
        if (stream && (format == ResponseFormat.SRT || format == ResponseFormat.VTT)) {
            throw ApiException.invalid(
                    "stream", "Only the response formats json, text and verbose_json can be streamed.");
        }
        List<String> granularities = new ArrayList<>(fields(parts, GRANULARITIES));
        granularities.addAll(fields(parts, GRANULARITIES + "[]"));
        for (String granularity : granularities) {
            if (!granularity.equals("segment") && !granularity.equals("word")) {
                throw ApiException.invalid(
                        GRANULARITIES,
                        "Unknown timestamp granularity '" + granularity + "'. Use 'segment', 'word' or both.");
            }
        }
        if (!granularities.isEmpty() && format != ResponseFormat.VERBOSE_JSON) {
            throw ApiException.invalid(GRANULARITIES, GRANULARITIES + " require response_format=verbose_json.");
        }
        boolean words = granularities.contains("word");
        TranscribeOptions.Builder options =
                TranscribeOptions.builder().task(task).timestamps(words ? Timestamps.WORD : Timestamps.SEGMENT);
        if (task == Task.TRANSCRIBE) {
            options.language(language(field(parts, "language", "auto")));
        }
        String prompt = field(parts, "prompt", "");
        if (!prompt.isBlank()) {
            options.prompt(prompt);
        }
        double temperature = temperature(field(parts, "temperature", "0"));
        if (temperature > 0) {
            options.temperatures(List.of(temperature));
        }
        ServedModel model = model(service, field(parts, "model", TranscriptionService.DEFAULT_MODEL));
        TranscribeOptions checked = options.build();
        check(service, model, checked);
        return new TranscriptionForm(
                model, checked, format, !words || granularities.contains("segment"), words, stream);
    }

    /** Returns a model that is served. */
    static ServedModel model(TranscriptionService service, String name) {
        try {
            return service.require(name);
        } catch (UnknownNameException e) {
            throw ApiException.modelNotFound(String.valueOf(e.getMessage()));
        }
    }

    /** Checks that a model supports options. */
    static void check(TranscriptionService service, ServedModel model, TranscribeOptions options) {
        try {
            service.check(model, options);
        } catch (UnsupportedOptionException e) {
            throw ApiException.invalid(null, String.valueOf(e.getMessage()));
        }
    }

    /** Returns the language of a code or name, or that it is to be detected. */
    static Language language(String value) {
        try {
            return value.isBlank() ? Language.auto() : Language.parse(value);
        } catch (WhisperSpeedtestException e) {
            throw ApiException.invalid("language", String.valueOf(e.getMessage()));
        }
    }

    private static double temperature(String value) {
        double temperature;
        try {
            temperature = Double.parseDouble(value);
        } catch (NumberFormatException e) {
            temperature = Double.NaN;
        }
        if (!(temperature >= 0 && temperature <= 1)) {
            throw ApiException.invalid("temperature", "temperature must be a number from 0 to 1.");
        }
        return temperature;
    }

    private static boolean flag(String name, String value) {
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "true", "1" -> true;
            case "false", "0" -> false;
            default -> throw ApiException.invalid(name, name + " must be true or false.");
        };
    }

    /** Returns the first value that is not empty. */
    private static String field(MultiPartFormData.Parts parts, String name, String fallback) {
        List<String> values = fields(parts, name);
        return values.isEmpty() ? fallback : values.get(0);
    }

    private static List<String> fields(MultiPartFormData.Parts parts, String name) {
        List<String> values = new ArrayList<>();
        for (MultiPart.Part part : parts) {
            if (name.equals(part.getName())) {
                String value = text(part, name).strip();
                if (!value.isEmpty()) {
                    values.add(value);
                }
            }
        }
        return values;
    }

    private static String text(MultiPart.Part part, String name) {
        if (part instanceof MultiPart.PathPart) {
            throw ApiException.invalid(name, "The field '" + name + "' is too long.");
        }
        @Nullable String text;
        try {
            text = part.getContentAsString(StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw ApiException.invalid(name, "The field '" + name + "' has an unknown character set.");
        }
        return text;
    }
}
