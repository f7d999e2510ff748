package io.github.whisperspeedtest.benchmark;

import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Vad;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An implementation with a model and options: what one row of a benchmark measures.
 *
 * @param name a short name, such as {@code faster/base/int8 t2 b5}
 * @param implementation id of the implementation
 * @param model name of the model, or the path of a model file
 * @param load how to load the model
 * @param transcribe how to transcribe, null in reports of early versions
 */
public record Candidate(
        String name,
        String implementation,
        String model,
        LoadOptions load,
        @Nullable TranscribeOptions transcribe) {
    /** Checks that only the options of the transcription are null. */
    public Candidate {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(implementation, "implementation");
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(load, "load");
    }

    /**
     * Creates a candidate and its name.
     *
     * <p>The name has the implementation, the model, and what differs from the defaults of the options that a sweep varies: the compute
     * type, {@code t} threads, {@code b} beam size, {@code vad}, {@code batch} size, the engine's own options. It does not depend on
     * other candidates, so the results of several benchmarks can be matched by it.
     */
    public static Candidate of(
            String implementation, String model, LoadOptions load, @Nullable TranscribeOptions transcribe) {
        return new Candidate(nameOf(implementation, model, load, transcribe), implementation, model, load, transcribe);
    }

    private static String nameOf(
            String implementation, String model, LoadOptions load, @Nullable TranscribeOptions transcribe) {
        StringBuilder name = new StringBuilder(implementation).append('/').append(model);
        if (!load.computeType().equals(LoadOptions.AUTO)) {
            name.append('/').append(load.computeType());
        }
        if (load.threads() != LoadOptions.defaultThreads()) {
            name.append(" t").append(load.threads());
        }
        if (transcribe != null) {
            appendOptions(name, transcribe);
        }
        load.engineOptions()
                .forEach((option, value) ->
                        name.append(' ').append(option).append('=').append(value));
        return name.toString();
    }

    private static void appendOptions(StringBuilder name, TranscribeOptions options) {
        if (options.beamSize() != TranscribeOptions.defaults().beamSize()) {
            name.append(" b").append(options.beamSize());
        }
        if (options.vad() != Vad.AUTO) {
            name.append(options.vad() == Vad.ON ? " vad" : " no-vad");
        }
        Integer batchSize = options.batchSize();
        if (batchSize != null) {
            name.append(" batch").append(batchSize);
        }
    }

    /** Returns the options of the transcription, which only reports of early versions lack. */
    TranscribeOptions options() {
        return Objects.requireNonNull(transcribe, "transcribe");
    }
}
