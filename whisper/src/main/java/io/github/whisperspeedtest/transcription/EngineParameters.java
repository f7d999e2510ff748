package io.github.whisperspeedtest.transcription;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The parameters that a loaded model actually runs with.
 *
 * @param model name or description of the model as the engine sees it
 * @param architecture layers, width, mel bands and vocabulary of the model, such as {@code 32+4 layers, width 1280, 128 mel bands,
 *     51866 tokens}; empty if unknown
 * @param runtime the engine with its version, such as {@code whisper.cpp 1.7.1}
 * @param build features that the engine was built with, in its own words; empty if it does not report them
 * @param requestedDevice the requested device
 * @param device the device in use
 * @param fallback the reason that device or engine replace those that the implementation is made for, such as {@code no CoreML here};
 *     null if they do not, or if the user requested them
 * @param storedType type of the weights in the model's files, such as {@code q5_1} or {@code float16}; empty if unknown
 * @param computeType type of the weights or of the arithmetic, such as {@code f16} or {@code int8}
 * @param threads number of compute threads
 * @param notes further notes for readers of its results, as sentences or phrases, such as
 *     {@code VAD off: its model is not on this machine}
 */
public record EngineParameters(
        String model,
        String architecture,
        String runtime,
        String build,
        String requestedDevice,
        String device,
        @Nullable String fallback,
        String storedType,
        String computeType,
        int threads,
        List<String> notes) {
    /** Copies the list and checks that only {@code fallback} is null. */
    public EngineParameters {
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(architecture, "architecture");
        Objects.requireNonNull(runtime, "runtime");
        Objects.requireNonNull(build, "build");
        Objects.requireNonNull(requestedDevice, "requestedDevice");
        Objects.requireNonNull(device, "device");
        Objects.requireNonNull(storedType, "storedType");
        Objects.requireNonNull(computeType, "computeType");
        notes = List.copyOf(notes);
    }

    /** Creates parameters without notes; the facts that have methods of their own are unknown. */
    public EngineParameters(
            String model, String runtime, String requestedDevice, String device, String computeType, int threads) {
        this(model, "", runtime, "", requestedDevice, device, null, "", computeType, threads, List.of());
    }

    /** Returns these parameters with one more note. */
    public EngineParameters withNote(String note) {
        List<String> more = new ArrayList<>(notes);
        more.add(note);
        return with(architecture, build, fallback, storedType, more);
    }

    /** Returns these parameters with the architecture of the model. */
    public EngineParameters withArchitecture(String value) {
        return with(value, build, fallback, storedType, notes);
    }

    /** Returns these parameters with the features of the engine's build. */
    public EngineParameters withBuild(String value) {
        return with(architecture, value, fallback, storedType, notes);
    }

    /** Returns these parameters with the reason for another device or engine than the intended one. */
    public EngineParameters withFallback(String reason) {
        return with(architecture, build, reason, storedType, notes);
    }

    /** Returns these parameters with the type of the stored weights. */
    public EngineParameters withStoredType(String value) {
        return with(architecture, build, fallback, value, notes);
    }

    private EngineParameters with(
            String ofModel, String ofEngine, @Nullable String reason, String stored, List<String> more) {
        return new EngineParameters(
                model, ofModel, runtime, ofEngine, requestedDevice, device, reason, stored, computeType, threads, more);
    }
}
