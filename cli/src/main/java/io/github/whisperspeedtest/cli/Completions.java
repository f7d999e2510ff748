package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.format.TranscriptFormat;
import io.github.whisperspeedtest.hub.CachedRepository;
import io.github.whisperspeedtest.hub.HubCache;
import io.github.whisperspeedtest.spark.BatchFormat;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.transcription.AudioContext;
import io.github.whisperspeedtest.transcription.Language;
import io.github.whisperspeedtest.transcription.Task;
import io.github.whisperspeedtest.transcription.Timestamps;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Locale;
import java.util.stream.Stream;

/** Candidates for shell completion; picocli asks for them only while it generates the script. */
final class Completions {
    private Completions() {}

    private static Iterable<String> names(Enum<?>[] values) {
        return Arrays.stream(values)
                .map(value -> value.name().toLowerCase(Locale.ROOT))
                .toList();
    }

    /** Ids of the implementations on the class path. */
    static final class Implementations implements Iterable<String> {
        Implementations() {}

        @Override
        public Iterator<String> iterator() {
            return WhisperSpeedtest.create().implementations().stream()
                    .map(Implementation::id)
                    .iterator();
        }
    }

    /** Ids of the implementations whose engine can be built. */
    static final class EngineBuilders implements Iterable<String> {
        EngineBuilders() {}

        @Override
        public Iterator<String> iterator() {
            return WhisperSpeedtest.create().implementations().stream()
                    .filter(implementation -> implementation.engineBuilder().isPresent())
                    .map(Implementation::id)
                    .iterator();
        }
    }

    /** Names of models, and repositories in the Hugging Face cache. */
    static final class Models implements Iterable<String> {
        Models() {}

        @Override
        public Iterator<String> iterator() {
            WhisperSpeedtest library = WhisperSpeedtest.create();
            Stream<String> named = library.implementations().stream()
                    .flatMap(implementation -> library.models().catalog().allModels(implementation).stream())
                    .map(ModelInfo::name);
            Stream<String> cached = new HubCache(library.hub().cacheDirectory())
                    .scan().repositories().stream()
                            .filter(repository -> repository.type().equals("model"))
                            .map(CachedRepository::repository);
            return Stream.concat(named, cached).distinct().iterator();
        }
    }

    /** Names of transcript formats. */
    static final class Formats implements Iterable<String> {
        Formats() {}

        @Override
        public Iterator<String> iterator() {
            return Arrays.stream(TranscriptFormat.values())
                    .map(TranscriptFormat::extension)
                    .iterator();
        }
    }

    /** Names of the output formats of {@code spark}. */
    static final class BatchFormats implements Iterable<String> {
        BatchFormats() {}

        @Override
        public Iterator<String> iterator() {
            return names(BatchFormat.values()).iterator();
        }
    }

    /** {@code auto} and the codes of languages. */
    static final class Languages implements Iterable<String> {
        Languages() {}

        @Override
        public Iterator<String> iterator() {
            return Stream.concat(Stream.of(Language.auto().code()), Language.codes().stream())
                    .iterator();
        }
    }

    /** Names of tasks. */
    static final class Tasks implements Iterable<String> {
        Tasks() {}

        @Override
        public Iterator<String> iterator() {
            return names(Task.values()).iterator();
        }
    }

    /** Parts of a window to encode. */
    static final class AudioContexts implements Iterable<String> {
        AudioContexts() {}

        @Override
        public Iterator<String> iterator() {
            return names(AudioContext.values()).iterator();
        }
    }

    /** Levels of timestamps. */
    static final class Levels implements Iterable<String> {
        Levels() {}

        @Override
        public Iterator<String> iterator() {
            return names(Timestamps.values()).iterator();
        }
    }
}
