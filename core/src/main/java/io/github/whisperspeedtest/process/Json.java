package io.github.whisperspeedtest.process;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.AnnotatedClass;
import com.fasterxml.jackson.databind.introspect.AnnotatedMethod;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import com.fasterxml.jackson.databind.jsontype.TypeResolverBuilder;
import com.fasterxml.jackson.databind.jsontype.impl.StdTypeResolverBuilder;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The JSON that parent and child exchange.
 *
 * <p>A {@link Duration} is a decimal number of seconds, exact to the nanosecond. A {@link Path} is a string, or a URI if the string
 * would lose information. Values of a sealed interface carry the simple name of their class in {@code @type}, unless the interface
 * declares its JSON form with {@link com.fasterxml.jackson.annotation.JsonValue}.
 */
final class Json {
    private static final String FILE_SCHEME = "file:";

    /** Replaces bytes that cannot be decoded. */
    private static final char REPLACEMENT = '\uFFFD';

    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .annotationIntrospector(new SealedTypes())
            .addModule(new SimpleModule()
                    .addSerializer(Duration.class, new DurationWriter())
                    .addDeserializer(Duration.class, new DurationReader())
                    .addSerializer(Path.class, new TextWriter<>(Path.class, Json::textOf))
                    .addDeserializer(Path.class, new TextReader<>(Path.class, Json::pathOf)))
            .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
            // Methods of a record that look like getters are written too. Their values are derived, so reading skips
            // them.
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    static {
        // The sender is this library, so a long string is not an attack.
        MAPPER.getFactory()
                .setStreamReadConstraints(StreamReadConstraints.builder()
                        .maxStringLength(Integer.MAX_VALUE)
                        .build());
    }

    private Json() {}

    /** Returns the Jackson type of a class. */
    static JavaType type(Class<?> type) {
        return MAPPER.constructType(type);
    }

    /** Returns the three type arguments of a task's {@link ChildTask}. */
    static JavaType[] typesOf(Class<?> task) {
        JavaType[] types = MAPPER.getTypeFactory().findTypeParameters(type(task), ChildTask.class);
        if (types == null || types.length != 3) {
            throw new IllegalArgumentException(
                    task.getName() + " does not implement " + ChildTask.class.getName() + " with concrete types.");
        }
        return types;
    }

    /** Returns a value as one line of JSON. */
    static String write(JavaType type, Object value) {
        try {
            return MAPPER.writerFor(type).writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "Cannot write a value of " + type.getRawClass().getName() + " as JSON: " + e.getOriginalMessage(),
                    e);
        }
    }

    /** Parses a value. */
    static <T> T read(JavaType type, String text) {
        try {
            return MAPPER.readerFor(type).readValue(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "Cannot read a value of " + type.getRawClass().getName() + " from JSON: " + e.getOriginalMessage(),
                    e);
        }
    }

    /** Returns the path, or its URI if bytes of its name cannot be decoded in this locale. */
    private static String textOf(Path path) {
        String text = path.toString();
        return text.startsWith(FILE_SCHEME) || text.indexOf(REPLACEMENT) >= 0
                ? path.toUri().toString()
                : text;
    }

    private static Path pathOf(String text) {
        return text.startsWith(FILE_SCHEME) ? Path.of(URI.create(text)) : Path.of(text);
    }

    /** Adds the name of the class to values of a sealed interface. */
    private static final class SealedTypes extends JacksonAnnotationIntrospector {
        private static final long serialVersionUID = 1L;

        @Override
        public TypeResolverBuilder<?> findTypeResolver(
                MapperConfig<?> config, AnnotatedClass annotated, JavaType baseType) {
            if (!isPolymorphic(annotated)) {
                return super.findTypeResolver(config, annotated, baseType);
            }
            // Not from a JsonTypeInfo.Value, whose factory method changes between releases of Jackson; Spark brings its
            // own.
            return new StdTypeResolverBuilder()
                    .init(JsonTypeInfo.Id.NAME, null)
                    .inclusion(JsonTypeInfo.As.PROPERTY)
                    .typeProperty("@type");
        }

        @Override
        public List<NamedType> findSubtypes(Annotated annotated) {
            Class<?> type = annotated.getRawType();
            return type.isInterface() && annotated instanceof AnnotatedClass known && isPolymorphic(known)
                    ? leaves(type).toList()
                    : super.findSubtypes(annotated);
        }

        private boolean isPolymorphic(AnnotatedClass annotated) {
            Class<?> type = annotated.getRawType();
            boolean sealed = type.isInterface() && type.isSealed()
                    || type.isRecord() && Arrays.stream(type.getInterfaces()).anyMatch(Class::isSealed);
            return sealed && !hasValue(annotated);
        }

        private boolean hasValue(AnnotatedClass annotated) {
            for (AnnotatedMethod method : annotated.memberMethods()) {
                if (Boolean.TRUE.equals(hasAsValue(method))) {
                    return true;
                }
            }
            return false;
        }

        private static Stream<NamedType> leaves(Class<?> type) {
            return Arrays.stream(type.getPermittedSubclasses())
                    .flatMap(permitted -> permitted.isSealed()
                            ? leaves(permitted)
                            : Stream.of(new NamedType(permitted, permitted.getSimpleName())));
        }
    }

    private static final class DurationWriter extends StdSerializer<Duration> {
        private static final long serialVersionUID = 1L;

        private DurationWriter() {
            super(Duration.class);
        }

        @Override
        public void serialize(Duration value, JsonGenerator out, SerializerProvider provider) throws IOException {
            BigDecimal seconds = BigDecimal.valueOf(value.getSeconds()).add(BigDecimal.valueOf(value.getNano(), 9));
            out.writeNumber(seconds.stripTrailingZeros().toPlainString());
        }
    }

    private static final class DurationReader extends StdDeserializer<Duration> {
        private static final long serialVersionUID = 1L;

        private DurationReader() {
            super(Duration.class);
        }

        @Override
        public Duration deserialize(JsonParser in, DeserializationContext context) throws IOException {
            BigInteger[] parts = in.getDecimalValue()
                    .scaleByPowerOfTen(9)
                    .toBigInteger()
                    .divideAndRemainder(BigInteger.valueOf(1_000_000_000));
            return Duration.ofSeconds(parts[0].longValueExact(), parts[1].longValueExact());
        }
    }

    /** Writes a value as a string. */
    private static final class TextWriter<T> extends StdSerializer<T> {
        private static final long serialVersionUID = 1L;

        private final transient Function<T, String> text;

        private TextWriter(Class<T> type, Function<T, String> text) {
            super(type);
            this.text = text;
        }

        @Override
        public void serialize(T value, JsonGenerator out, SerializerProvider provider) throws IOException {
            out.writeString(text.apply(value));
        }
    }

    /** Reads a value that {@link TextWriter} wrote. */
    private static final class TextReader<T> extends StdDeserializer<T> {
        private static final long serialVersionUID = 1L;

        private final transient Function<String, T> value;

        private TextReader(Class<T> type, Function<String, T> value) {
            super(type);
            this.value = value;
        }

        @Override
        public T deserialize(JsonParser in, DeserializationContext context) throws IOException {
            return value.apply(in.getText());
        }
    }
}
