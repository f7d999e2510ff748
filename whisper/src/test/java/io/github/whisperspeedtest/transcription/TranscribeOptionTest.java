package io.github.whisperspeedtest.transcription;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class TranscribeOptionTest {
    /** Values that no option has by default, by type. */
    private static final Map<Class<?>, Object> UNUSUAL = Map.ofEntries(
            Map.entry(Language.class, Language.of("de")),
            Map.entry(Task.class, Task.TRANSLATE),
            Map.entry(Timestamps.class, Timestamps.WORD),
            Map.entry(Vad.class, Vad.ON),
            Map.entry(int.class, 3),
            Map.entry(Integer.class, 3),
            Map.entry(String.class, "Good morning."),
            Map.entry(Boolean.class, true),
            Map.entry(Duration.class, Duration.ofMillis(12_500)),
            Map.entry(List.class, List.of(0.3, 0.7)),
            Map.entry(AudioContext.class, AudioContext.AUTO));

    /** Values of lists of other types, by the name of the option. */
    private static final Map<String, Object> UNUSUAL_LISTS = Map.of(
            "suppressTokens",
            List.of(-1, 7),
            "clipTimestamps",
            List.of(Duration.ofSeconds(1), Duration.ofMillis(2500)));

    static Stream<Field> fields() {
        return Arrays.stream(TranscribeOptions.class.getDeclaredFields())
                .filter(field -> !Modifier.isStatic(field.getModifiers()) && !field.isSynthetic())
                .filter(field -> field.getType() != VadOptions.class);
    }

    @ParameterizedTest
    @CsvSource({
        "VAD_THRESHOLD, 0.5, 0.6",
        "VAD_MIN_SILENCE, auto, 1000",
        "VAD_MIN_SPEECH, 0, 250",
        "VAD_MAX_SPEECH, none, 15.0",
        "VAD_PAD, 400, 30"
    })
    void everyVadOptionHasConstantThatReadsItsValue(TranscribeOption option, String usual, String unusual) {
        assertThat(option.defaultText()).isEqualTo(usual);
        VadOptions changed = new VadOptions(
                0.6, Duration.ofSeconds(1), Duration.ofMillis(250), Duration.ofSeconds(15), Duration.ofMillis(30));
        TranscribeOptions options =
                TranscribeOptions.builder().vadOptions(changed).build();
        assertThat(option.text(options)).isEqualTo(unusual);
        assertThat(option.number(options)).isEqualTo(Double.valueOf(unusual));
        assertThat(option.isBasic(options)).isFalse();
        assertThat(option.isBasic(TranscribeOptions.defaults())).isTrue();
    }

    /** An option that is added to the class and forgotten in the enum would be ignored by implementations that do not know it. */
    @ParameterizedTest
    @MethodSource("fields")
    void everyOptionHasConstantThatReadsItsValue(Field field) throws ReflectiveOperationException {
        TranscribeOption option = TranscribeOption.valueOf(
                field.getName().replaceAll("([A-Z])", "_$1").toUpperCase(Locale.ROOT));
        TranscribeOptions options = changed(field);
        assertThat(option.isBasic(TranscribeOptions.defaults())).isTrue();
        assertThat(option.isBasic(options)).isFalse();
        assertThat(option.text(options)).isNotEqualTo(option.defaultText());
        for (TranscribeOption other : TranscribeOption.values()) {
            boolean required =
                    option == TranscribeOption.HALLUCINATION_SILENCE_THRESHOLD && other == TranscribeOption.TIMESTAMPS;
            if (other != option && !required) {
                assertThat(other.isBasic(options)).as(other.name()).isTrue();
            }
        }
    }

    @Test
    void thereAreNoOtherConstants() {
        assertThat(TranscribeOption.values())
                .hasSize((int) fields().count() + VadOptions.class.getRecordComponents().length);
    }

    @ParameterizedTest
    @EnumSource
    void labelIsLowerCaseWithHyphens(TranscribeOption option) {
        assertThat(option.label()).matches("[a-z]+(-[a-z]+)*");
    }

    @Test
    void valuesAreWrittenLikeUserInput() {
        TranscribeOptions options = TranscribeOptions.builder()
                .language(Language.of("de"))
                .temperatures(List.of(0.0, 0.5))
                .noSpeechThreshold(null)
                .chunkLength(Duration.ofMillis(12_500))
                .build();
        assertThat(TranscribeOption.LANGUAGE.text(options)).isEqualTo("de");
        assertThat(TranscribeOption.TEMPERATURES.text(options)).isEqualTo("0.0,0.5");
        assertThat(TranscribeOption.NO_SPEECH_THRESHOLD.text(options)).isEqualTo("off");
        assertThat(TranscribeOption.CHUNK_LENGTH.text(options)).isEqualTo("12.5");
        assertThat(TranscribeOption.CHUNK_LENGTH.number(options)).isEqualTo(12.5);
        assertThat(TranscribeOption.LENGTH_PENALTY.text(options)).isEqualTo("mean");
        assertThat(TranscribeOption.LENGTH_PENALTY.number(options)).isNull();
        assertThat(TranscribeOption.TIMESTAMPS.text(options)).isEqualTo("segment");
    }

    @Test
    void listsAreWrittenWithCommas() {
        TranscribeOptions options = TranscribeOptions.builder()
                .clipTimestamps(List.of(Duration.ofMillis(1500), Duration.ofSeconds(4)))
                .suppressTokens(List.of(-1, 7))
                .build();
        assertThat(TranscribeOption.CLIP_TIMESTAMPS.text(options)).isEqualTo("1.5,4.0");
        assertThat(TranscribeOption.CLIP_TIMESTAMPS.defaultText()).isEqualTo("0.0");
        assertThat(TranscribeOption.SUPPRESS_TOKENS.text(options)).isEqualTo("-1,7");
        assertThat(TranscribeOption.SUPPRESS_TOKENS.text(
                        options.toBuilder().suppressTokens(List.of()).build()))
                .isEqualTo("none");
    }

    @Test
    void greedyDecodingAndNoVoiceDetectionAreBasic() {
        TranscribeOptions options = TranscribeOptions.builder()
                .temperatures(List.of(0.0))
                .vad(false)
                .build();
        assertThat(TranscribeOption.values())
                .allSatisfy(option -> assertThat(option.isBasic(options)).isTrue());
    }

    private static TranscribeOptions changed(Field field) throws ReflectiveOperationException {
        Class<?> type = field.getType();
        Object value = type == double.class || type == Double.class
                ? Double.valueOf(field.getName().startsWith("logProbability") ? -0.25 : 0.25)
                : field.getGenericType() instanceof ParameterizedType
                        ? UNUSUAL_LISTS.getOrDefault(field.getName(), UNUSUAL.get(List.class))
                        : UNUSUAL.get(type);
        Method setter = TranscribeOptions.Builder.class.getMethod(field.getName(), type);
        TranscribeOptions.Builder builder = TranscribeOptions.builder();
        setter.invoke(builder, Objects.requireNonNull(value, "no unusual value of " + type));
        if (field.getName().equals("hallucinationSilenceThreshold")) {
            builder.timestamps(Timestamps.WORD);
        }
        return builder.build();
    }
}
