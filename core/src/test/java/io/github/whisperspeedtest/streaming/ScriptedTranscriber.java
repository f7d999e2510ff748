package io.github.whisperspeedtest.streaming;

import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.transcription.EngineParameters;
import io.github.whisperspeedtest.transcription.Segment;
import io.github.whisperspeedtest.transcription.Timings;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Transcriber;
import io.github.whisperspeedtest.transcription.Transcription;
import io.github.whisperspeedtest.transcription.TranscriptionListener;
import io.github.whisperspeedtest.transcription.Word;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/** Hears {@link SpokenWords}, or whatever the script makes of a window. */
final class ScriptedTranscriber implements Transcriber {
    private final BiFunction<Audio, TranscribeOptions, List<Word>> script;
    final List<Duration> windows = new ArrayList<>();
    final List<TranscribeOptions> options = new ArrayList<>();

    ScriptedTranscriber(BiFunction<Audio, TranscribeOptions, List<Word>> script) {
        this.script = script;
    }

    @Override
    public Transcription transcribe(Audio audio, TranscribeOptions given, TranscriptionListener listener) {
        windows.add(audio.duration());
        options.add(given);
        List<Segment> segments = script.apply(audio, given).stream()
                .collect(Collectors.groupingBy(word -> word.start().toSeconds() / 5))
                .entrySet()
                .stream()
                .sorted(Map.Entry.comparingByKey())
                .map(entry -> segment(entry.getValue()))
                .toList();
        return new Transcription("en", 0.9, audio.duration(), segments, Timings.ofTotal(Duration.ofMillis(1)));
    }

    private static Segment segment(List<Word> words) {
        return new Segment(
                words.get(0).start(),
                words.get(words.size() - 1).end(),
                words.stream().map(Word::text).collect(Collectors.joining()),
                List.of(),
                null,
                null,
                words);
    }

    @Override
    public EngineParameters parameters() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
