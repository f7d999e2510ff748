package io.github.whisperspeedtest.spark;

import io.github.whisperspeedtest.transcription.Segment;
import io.github.whisperspeedtest.transcription.Timings;
import io.github.whisperspeedtest.transcription.Transcription;
import io.github.whisperspeedtest.transcription.Word;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/** The result for a recording or a piece of one, as a task returns it. */
final class Transcript implements Serializable {
    /** A word of a segment. */
    static final StructType WORD = new StructType(new StructField[] {
        required("start", DataTypes.DoubleType),
        required("end", DataTypes.DoubleType),
        required("text", DataTypes.StringType),
        required("probability", DataTypes.DoubleType)
    });

    /** A segment of a transcript. */
    static final StructType SEGMENT = new StructType(new StructField[] {
        required("start", DataTypes.DoubleType),
        required("end", DataTypes.DoubleType),
        required("text", DataTypes.StringType),
        required("words", DataTypes.createArrayType(WORD, false))
    });

    /** What identifies a model. */
    static final StructType MODEL = new StructType(new StructField[] {
        required("name", DataTypes.StringType),
        required("source", DataTypes.StringType),
        required("sha256", DataTypes.StringType)
    });

    /** The columns after the path, which are also those of the function for SQL. */
    static final StructType RESULT = new StructType(new StructField[] {
        optional("language", DataTypes.StringType),
        optional("text", DataTypes.StringType),
        optional("segments", DataTypes.createArrayType(SEGMENT, false)),
        optional("duration", DataTypes.DoubleType),
        optional("seconds", DataTypes.DoubleType),
        required("implementation", DataTypes.StringType),
        optional("model", MODEL),
        optional("engine", DataTypes.StringType),
        required("pieces", DataTypes.IntegerType),
        required("warnings", DataTypes.createArrayType(DataTypes.StringType, false)),
        optional("error", DataTypes.StringType)
    });

    private static final long serialVersionUID = 1L;
    private static final double NANOS = 1e9;
    private static final double MICROS = 1e6;

    /** URI of the recording, null in a row without one. */
    final @Nullable String path;

    final @Nullable String language;

    /** Rows of {@link #SEGMENT}; null if there is no result. */
    final @Nullable ArrayList<Row> segments;

    /** Length of the audio in seconds, null if it is unknown. */
    final @Nullable Double duration;

    /** Time in the engine in seconds, null if it was not used. */
    final @Nullable Double seconds;

    final String implementation;
    final @Nullable ModelIdentity model;

    /** The engine with its device, and the reason for a fallback; null if it was not used. */
    final @Nullable String engine;

    final int pieces;
    final ArrayList<String> warnings;
    final @Nullable String error;

    Transcript(
            @Nullable String path,
            @Nullable String language,
            @Nullable List<Row> segments,
            @Nullable Double duration,
            @Nullable Double seconds,
            String implementation,
            @Nullable ModelIdentity model,
            @Nullable String engine,
            int pieces,
            List<String> warnings,
            @Nullable String error) {
        this.path = path;
        this.language = language;
        this.segments = segments == null ? null : new ArrayList<>(segments);
        this.duration = duration;
        this.seconds = seconds;
        this.implementation = implementation;
        this.model = model;
        this.engine = engine;
        this.pieces = pieces;
        this.warnings = new ArrayList<>(warnings);
        this.error = error;
    }

    /** Returns the result of a recording that was transcribed in one piece. */
    static Transcript of(
            @Nullable String path, Transcription result, String implementation, ModelIdentity model, String engine) {
        return new Transcript(
                path,
                result.language(),
                result.segments().stream().map(Transcript::row).toList(),
                result.duration().toNanos() / NANOS,
                result.timings().total().toNanos() / NANOS,
                implementation,
                model,
                engine,
                1,
                result.warnings(),
                null);
    }

    /** Returns the result of a recording that cannot be transcribed. */
    static Transcript failed(@Nullable String path, String implementation, String error) {
        return new Transcript(path, null, null, null, null, implementation, null, null, 1, List.of(), error);
    }

    /** Returns the transcription, for the formats of core; empty without text. */
    Transcription toTranscription() {
        return new Transcription(
                language == null ? "" : language,
                null,
                duration(duration),
                segments == null
                        ? List.of()
                        : segments.stream().map(Transcript::segment).toList(),
                Timings.ofTotal(duration(seconds)),
                warnings);
    }

    private static Duration duration(@Nullable Double value) {
        return value == null ? Duration.ZERO : Duration.ofNanos(Math.round(value * NANOS));
    }

    /** Returns a row with the path and the columns of {@link #RESULT}. */
    Row toRow() {
        Object[] values = new Object[RESULT.length() + 1];
        values[0] = path;
        Row result = toResult();
        for (int i = 0; i < RESULT.length(); i++) {
            values[i + 1] = result.get(i);
        }
        return RowFactory.create(values);
    }

    /** Returns a row with the columns of {@link #RESULT}. */
    Row toResult() {
        return RowFactory.create(
                language,
                segments == null ? null : toTranscription().text(),
                segments == null ? null : segments.toArray(),
                duration,
                seconds,
                implementation,
                model == null ? null : RowFactory.create(model.name, model.source, model.sha256),
                engine,
                pieces,
                warnings.toArray(),
                error);
    }

    private static Row row(Segment segment) {
        return RowFactory.create(
                seconds(segment.start()),
                seconds(segment.end()),
                segment.text(),
                segment.words().stream().map(Transcript::row).toArray());
    }

    private static Row row(Word word) {
        return RowFactory.create(seconds(word.start()), seconds(word.end()), word.text(), word.probability());
    }

    private static Segment segment(Row row) {
        return new Segment(
                duration(row.getDouble(0)),
                duration(row.getDouble(1)),
                row.getString(2),
                List.of(),
                null,
                null,
                Arrays.stream((Object[]) row.get(3))
                        .map(word -> word((Row) word))
                        .toList());
    }

    private static Word word(Row row) {
        return new Word(duration(row.getDouble(0)), duration(row.getDouble(1)), row.getString(2), row.getDouble(3));
    }

    /**
     * Returns the row of a segment with later times.
     *
     * @param seconds the start of its piece in the recording
     * @param end the end of its piece, which no time exceeds
     */
    static Row shifted(Row segment, double seconds, double end) {
        return RowFactory.create(
                later(segment.getDouble(0), seconds, end),
                later(segment.getDouble(1), seconds, end),
                segment.getString(2),
                Arrays.stream((Object[]) segment.get(3))
                        .map(word -> (Row) word)
                        .map(word -> RowFactory.create(
                                later(word.getDouble(0), seconds, end),
                                later(word.getDouble(1), seconds, end),
                                word.getString(2),
                                word.get(3)))
                        .toArray());
    }

    /** Returns a later time without the noise of the sum. */
    private static double later(double time, double by, double most) {
        return Math.min(most, Math.round((time + by) * MICROS) / MICROS);
    }

    private static double seconds(Duration time) {
        return time.toNanos() / NANOS;
    }

    private static StructField required(String name, DataType type) {
        return new StructField(name, type, false, Metadata.empty());
    }

    private static StructField optional(String name, DataType type) {
        return new StructField(name, type, true, Metadata.empty());
    }
}
