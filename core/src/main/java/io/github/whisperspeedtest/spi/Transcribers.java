package io.github.whisperspeedtest.spi;

import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.error.UnsupportedOptionException;
import io.github.whisperspeedtest.transcription.EngineParameters;
import io.github.whisperspeedtest.transcription.TranscribeOption;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Transcriber;
import io.github.whisperspeedtest.transcription.Transcription;
import io.github.whisperspeedtest.transcription.TranscriptionListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Loads models and checks every call against the implementation's {@link Capabilities}. Core calls engines only
 * through this class.
 */
public final class Transcribers {
    private Transcribers() {}

    /**
     * Loads a model. The transcriber refuses options that the implementation does not declare, and transcribes only the speech of
     * a recording where voice activity detection is on. It is a {@link BatchTranscriber}.
     *
     * <p>The files of {@link SileroModel} are not passed to the implementation.
     *
     * @param context the context that the implementation is configured with
     * @param files the model's files, with those of {@link SileroModel} if it is installed
     * @throws UnsupportedOptionException if the implementation does not declare one of the load options, or cannot honour it here
     * @throws io.github.whisperspeedtest.error.WhisperSpeedtestException as {@link Implementation#load} does
     */
    public static Transcriber open(
            Implementation implementation, ImplementationContext context, ModelFiles files, LoadOptions options) {
        check(implementation, options);
        return new Checked(
                implementation.id(),
                implementation.capabilities(),
                fallbackReason(implementation, options),
                SpeechTranscriber.load(
                        implementation,
                        files,
                        options,
                        new SpeechDetection(
                                implementation.id(),
                                context,
                                files,
                                SpeechDetection.provider(implementation).orElse(null))));
    }

    /** Returns the reason that the default device replaces the intended one; null if it does not or the user chose the device. */
    private static @Nullable String fallbackReason(Implementation implementation, LoadOptions options) {
        return options.device().equals(LoadOptions.AUTO)
                        && implementation.availability() instanceof Availability.Available available
                ? available.fallbackReason().orElse(null)
                : null;
    }

    /**
     * Returns the names of the settings that an implementation and the voice activity detector read; its context must contain
     * them.
     */
    public static List<String> settings(Implementation implementation) {
        List<String> settings = new ArrayList<>(implementation.settings());
        SpeechDetection.provider(implementation).ifPresent(provider -> settings.addAll(provider.settings()));
        return settings;
    }

    /**
     * Checks load options without loading anything.
     *
     * @throws UnsupportedOptionException if the implementation does not declare one of them
     */
    public static void check(Implementation implementation, LoadOptions options) {
        String id = implementation.id();
        Capabilities declared = implementation.capabilities();
        checkChoice(id, "device", options.device(), declared.devices());
        checkChoice(id, "compute-type", options.computeType(), declared.computeTypes());
        if (options.threads() > declared.maxThreads()) {
            throw new UnsupportedOptionException(
                    id, "threads=" + options.threads(), "It supports at most " + declared.maxThreads() + ".");
        }
        options.engineOptions().forEach((name, value) -> checkEngineOption(id, name, value, declared.engineOptions()));
    }

    /**
     * Checks the options of a transcription.
     *
     * @throws UnsupportedOptionException if the implementation does not declare one of them
     */
    public static void check(Implementation implementation, TranscribeOptions options) {
        check(implementation.id(), implementation.capabilities(), options);
    }

    private static void check(String implementation, Capabilities declared, TranscribeOptions options) {
        for (TranscribeOption option : TranscribeOption.values()) {
            if (!declared.supports(option, options)) {
                throw new UnsupportedOptionException(
                        implementation,
                        option.label() + "=" + option.text(options),
                        declared.values(option).contains(option, options)
                                ? declared.conflict(option, options).orElseThrow()
                                : supported(option, declared.values(option)));
            }
        }
    }

    private static String supported(TranscribeOption option, SupportedValues values) {
        String others = values.describe();
        String defaultValue = option.defaultText();
        return others.isEmpty()
                ? "It supports only the default, " + defaultValue + "."
                : "It supports " + others + " and the default, " + defaultValue + ".";
    }

    private static void checkChoice(String implementation, String option, String value, Collection<String> declared) {
        LoadOptionParser.find(implementation, option, value, "It supports ", declared, Function.identity());
    }

    private static void checkEngineOption(
            String implementation, String name, String value, Map<String, EngineOption> declared) {
        EngineOption option = declared.get(name);
        if (option == null) {
            throw new UnsupportedOptionException(
                    implementation,
                    "engine-option " + name + "=" + value,
                    declared.isEmpty()
                            ? "It has no engine options."
                            : "Its engine options are: " + String.join(", ", declared.keySet()) + ".");
        }
        if (!option.accepts(value)) {
            throw new UnsupportedOptionException(
                    implementation,
                    "engine-option " + name + "=" + value,
                    "The value must be " + option.describeValues() + ".");
        }
    }

    /** Passes on only declared options. */
    private record Checked(
            String implementation,
            Capabilities declared,
            @Nullable String fallback,
            SpeechTranscriber transcriber) implements BatchTranscriber {
        @Override
        public EngineParameters parameters() {
            EngineParameters parameters = transcriber.parameters();
            return parameters.fallback() == null && fallback != null ? parameters.withFallback(fallback) : parameters;
        }

        @Override
        public TranscribeOptions resolve(TranscribeOptions options) {
            return transcriber.resolve(options);
        }

        @Override
        public Transcription transcribe(Audio audio, TranscribeOptions options, TranscriptionListener listener) {
            check(implementation, declared, options);
            return transcriber.transcribe(audio, options, listener);
        }

        @Override
        public boolean canBatch(Duration length, TranscribeOptions options) {
            return transcriber.canBatch(length, options);
        }

        @Override
        public List<Transcription> transcribeAll(List<Audio> recordings, TranscribeOptions options) {
            check(implementation, declared, options);
            return transcriber.transcribeAll(recordings, options);
        }

        @Override
        public void close() {
            transcriber.close();
        }
    }
}
