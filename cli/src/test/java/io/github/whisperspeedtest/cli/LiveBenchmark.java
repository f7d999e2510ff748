package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.evaluation.ErrorRate;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.settings.Settings;
import io.github.whisperspeedtest.streaming.StreamingEvent;
import io.github.whisperspeedtest.streaming.StreamingModel;
import io.github.whisperspeedtest.streaming.StreamingOptions;
import io.github.whisperspeedtest.streaming.StreamingSummary;
import io.github.whisperspeedtest.transcription.Language;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.UnaryOperator;

/**
 * Compares live text with the transcript of the whole recording by independent windows, on a simulated clock: word errors, and the time to confirmation.
 *
 * <p>The recording is made of the English recordings of the demo model, joined with pauses of one second, in turn until it is long enough.
 * Arguments: its length in minutes, the intended latency in seconds, the directory for the models, and the candidates as
 * {@code implementation/model}.
 */
final class LiveBenchmark {
    private LiveBenchmark() {}

    /** Runs it. */
    public static void main(String[] arguments) throws IOException {
        Duration length = Duration.ofMinutes(Integer.parseInt(arguments[0]));
        StreamingOptions options = StreamingOptions.defaults()
                .withLatency(Duration.ofMillis(Math.round(Double.parseDouble(arguments[1]) * 1000)))
                .withTranscribe(
                        TranscribeOptions.builder().language(Language.of("en")).build());
        WhisperSpeedtest whisper = WhisperSpeedtest.builder()
                .settings(Settings.ofProcess())
                .home(ToolHome.at(Path.of(arguments[2])))
                .build();
        JoinedRecordings joined = JoinedRecordings.of(length);
        Audio audio = joined.audio();
        String reference = joined.reference();
        System.out.printf("%.1f s of speech and pauses%n", audio.duration().toMillis() / 1e3);
        System.out.printf(
                "%-18s %9s %9s %9s %9s %9s %8s %6s %8s%n",
                "", "offline", "live", "between", "median s", "95 % s", "decodes", "RTF", "skipped");
        for (String candidate : Arrays.asList(arguments).subList(3, arguments.length)) {
            String[] parts = candidate.split("/");
            StringBuilder live = new StringBuilder();
            try (StreamingModel model = whisper.openStreaming(parts[0], parts[1])) {
                String offline = model.transcriber()
                        .transcribe(
                                audio,
                                options.transcribe().toBuilder()
                                        .conditionOnPreviousText(false)
                                        .build())
                        .text();
                StreamingSummary summary = model.simulate(
                        audio,
                        options,
                        event -> {
                            if (event instanceof StreamingEvent.Confirmed words) {
                                words.words().forEach(word -> live.append(word.text()));
                            }
                        },
                        UnaryOperator.identity());
                System.out.printf(
                        "%-18s %8.1f%% %8.1f%% %8.1f%% %9.2f %9.2f %8d %6.2f %7.1fs%n",
                        candidate,
                        100 * ErrorRate.of(reference, offline, "en").rate(),
                        100 * ErrorRate.of(reference, live.toString(), "en").rate(),
                        100 * ErrorRate.of(offline, live.toString(), "en").rate(),
                        seconds(summary.medianLatency()),
                        seconds(summary.latency95()),
                        summary.decodes(),
                        summary.realTimeFactor(),
                        seconds(summary.skipped()));
            }
        }
    }

    private static double seconds(Duration time) {
        return time == null ? Double.NaN : time.toMillis() / 1e3;
    }
}
