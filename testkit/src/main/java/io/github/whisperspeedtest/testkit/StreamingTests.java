package io.github.whisperspeedtest.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.checkpoint.SpeechSample;
import io.github.whisperspeedtest.evaluation.ErrorRate;
import io.github.whisperspeedtest.streaming.StreamingEvent;
import io.github.whisperspeedtest.streaming.StreamingModel;
import io.github.whisperspeedtest.streaming.StreamingOptions;
import io.github.whisperspeedtest.streaming.StreamingSummary;
import io.github.whisperspeedtest.transcription.Segment;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Word;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Live audio, with a simulated clock on which every transcription takes the same time. */
abstract class StreamingTests extends ContractTests {
    private static final Duration COST = Duration.ofMillis(200);

    /** Two points of word error rate. */
    private static final double TOLERANCE = 0.02;

    /** The best word error rate of the long recording; with the previous text as a prompt, the demo model leaves out sentences offline. */
    private static final double GOOD = 0.04;

    StreamingTests(ImplementationContract contract) {
        super(contract);
    }

    @Test
    void liveTextIsAsGoodAsTheTranscript() {
        assumeSpeechIsRecognised();
        SpeechSample talk = longRecording();
        Audio audio = audio(talk);
        List<Word> confirmed = new ArrayList<>();
        List<Segment> utterances = new ArrayList<>();
        StreamingOptions options = StreamingOptions.defaults()
                .withTranscribe(
                        TranscribeOptions.builder().language(talk.language()).build());
        StreamingSummary summary;
        try (StreamingModel model =
                StreamingModel.open(implementation, TestContexts.of(implementation), files, loadOptions())) {
            assertThat(model.notes()).singleElement().asString().contains("level", "whisper-speedtest download");
            summary = model.simulate(
                    audio,
                    options,
                    event -> {
                        if (event instanceof StreamingEvent.Confirmed words) {
                            confirmed.addAll(words.words());
                        } else if (event instanceof StreamingEvent.UtteranceEnd end) {
                            utterances.add(end.segment());
                        }
                    },
                    measured -> COST);
        }
        String live = confirmed.stream().map(Word::text).collect(Collectors.joining());
        double offline = ErrorRate.of(talk.reference(), contract.byDefault(talk).text(), "en")
                .rate();
        assertThat(ErrorRate.of(talk.reference(), live, "en").rate())
                .as("errors of '%s'", live)
                .isLessThanOrEqualTo(Math.min(GOOD, offline) + TOLERANCE);
        assertThat(utterances.stream().flatMap(utterance -> utterance.words().stream()))
                .containsExactlyElementsOf(confirmed);
        assertThat(confirmed).isSortedAccordingTo((one, other) -> one.start().compareTo(other.start()));
        assertThat(confirmed.get(confirmed.size() - 1).end()).isLessThanOrEqualTo(audio.duration());
        assertThat(summary.skipped()).isZero();
        assertThat(summary.medianLatency()).isBetween(Duration.ofMillis(300), Duration.ofSeconds(3));
    }
}
