package io.github.whisperspeedtest.format;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.cfg.EnumFeature;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;

/**
 * The options of a transcription as one JSON object, complete and exact, so that a run can be repeated.
 *
 * <p>The keys are the options' names with underscores, such as {@code beam_size}. Null is the value of an option that is off or left to
 * the implementation. Constants are in lower case, durations in seconds.
 */
public final class OptionsJson {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(EnumFeature.WRITE_ENUMS_TO_LOWERCASE)
            .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .addModule(new SimpleModule()
                    .addSerializer(Duration.class, new DurationWriter())
                    .addDeserializer(Duration.class, new DurationReader()))
            .build();

    private OptionsJson() {}

    /** Returns the options as an object. */
    public static JsonNode write(TranscribeOptions options) {
        return MAPPER.valueToTree(options);
    }

    /**
     * Reads options. An absent option has its default.
     *
     * @throws IllegalArgumentException if a value is invalid, or an option is unknown, as one of a later version is
     */
    public static TranscribeOptions read(JsonNode node) {
        try {
            return MAPPER.treeToValue(node, TranscribeOptions.class);
        } catch (UnrecognizedPropertyException e) {
            throw new IllegalArgumentException(
                    "it has the option '" + e.getPropertyName()
                            + "', which this version of the tool does not know; a later version may",
                    e);
        } catch (InvalidFormatException e) {
            throw new IllegalArgumentException("'" + name(e) + "' cannot be '" + e.getValue() + "'", e);
        } catch (JsonProcessingException e) {
            Throwable cause = e.getCause();
            throw new IllegalArgumentException(
                    cause == null ? e.getOriginalMessage() : String.valueOf(cause.getMessage()), e);
        }
    }

    private static String name(InvalidFormatException e) {
        return e.getPath().isEmpty() ? "transcribe" : e.getPath().get(0).getFieldName();
    }

    private static final class DurationWriter extends StdSerializer<Duration> {
        private static final long serialVersionUID = 1L;

        private DurationWriter() {
            super(Duration.class);
        }

        @Override
        public void serialize(Duration value, JsonGenerator out, SerializerProvider provider) throws IOException {
            out.writeNumber(Seconds.of(value));
        }
    }

    private static final class DurationReader extends StdDeserializer<Duration> {
        private static final long serialVersionUID = 1L;

        private DurationReader() {
            super(Duration.class);
        }

        @Override
        public Duration deserialize(JsonParser in, DeserializationContext context) throws IOException {
            BigDecimal seconds = in.getDecimalValue();
            try {
                return Seconds.toDuration(seconds);
            } catch (ArithmeticException e) {
                throw new IllegalArgumentException("a duration is too large or more precise than nanoseconds", e);
            }
        }
    }
}
