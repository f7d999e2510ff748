package io.github.whisperspeedtest.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PieceJoinerTest {
    private static final Recording RECORDING = Recording.of(0, "talk.wav").measured(1_200);

    @Test
    void timesAreThoseOfTheRecording() {
        Transcript joined = PieceJoiner.join(List.of(
                part(1, 600, 1_100, transcript("en", segment(0.5, 1.25, " second")), List.of()),
                part(0, 0, 600, transcript("en", segment(598, 601, " first")), List.of("It is cut off."))));

        assertThat(joined.segments)
                .extracting(row -> row.getDouble(0), row -> row.getDouble(1), row -> row.getString(2))
                .containsExactly(tuple(598.0, 600.0, " first"), tuple(600.5, 601.25, " second"));
        Row word = (Row) ((Object[]) joined.segments.get(1).get(3))[0];
        assertThat(word.getDouble(0)).isEqualTo(600.5);
        assertThat(word.getDouble(1)).isEqualTo(601.25);
        assertThat(joined.toTranscription().text()).isEqualTo("first second");
        assertThat(joined.duration).isEqualTo(1_100);
        assertThat(joined.seconds).isEqualTo(20);
        assertThat(joined.pieces).isEqualTo(2);
        assertThat(joined.warnings).containsExactly("It is cut off.");
        assertThat(joined.error).isNull();
    }

    @Test
    void theErrorNamesTheTimeThatIsMissing() {
        Transcript joined = PieceJoiner.join(List.of(
                part(0, 0, 600, transcript("en", segment(1, 2, " first")), List.of()),
                part(1, 600, 4_000, Transcript.failed("talk.wav", "faster", "The engine crashed."), List.of())));

        assertThat(joined.toTranscription().text()).isEqualTo("first");
        assertThat(joined.error).isEqualTo("0:10:00 to 1:06:40 is missing: The engine crashed.");
    }

    @Test
    void aRecordingThatCannotBeReadHasItsOwnError() {
        Transcript joined = PieceJoiner.join(List.of(new PieceJoiner.Part(
                Piece.unreadable(RECORDING, "Cannot read it."),
                Transcript.failed("talk.wav", "faster", "Cannot read it."))));

        assertThat(joined.error).isEqualTo("Cannot read it.");
        assertThat(joined.segments).isNull();
        assertThat(joined.duration).isNull();
    }

    @Test
    void piecesThatDoNotFollowOneAnotherAreRefused() {
        List<PieceJoiner.Part> parts = List.of(
                part(0, 0, 600, transcript("en", segment(1, 2, " first")), List.of()),
                part(1, 601, 1_100, transcript("en", segment(1, 2, " second")), List.of()));

        assertThatThrownBy(() -> PieceJoiner.join(parts))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("talk.wav")
                .hasMessageContaining("600")
                .hasMessageContaining("601");
    }

    private static PieceJoiner.Part part(int index, int start, int end, Transcript transcript, List<String> warnings) {
        return new PieceJoiner.Part(
                new Piece(RECORDING, index, start * 16_000L, end * 16_000L, new byte[0], null, warnings, null),
                transcript);
    }

    private static Transcript transcript(@Nullable String language, Row... segments) {
        return new Transcript(
                "talk.wav", language, List.of(segments), 600.0, 10.0, "faster", null, "engine", 1, List.of(), null);
    }

    private static Row segment(double start, double end, String text) {
        return RowFactory.create(start, end, text, new Object[] {RowFactory.create(start, end, text, 0.5)});
    }
}
