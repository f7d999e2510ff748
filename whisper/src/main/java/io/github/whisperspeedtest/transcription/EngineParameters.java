package io.github.whisperspeedtest.transcription;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The parameters that a loaded model actually runs with.
 *
 * @param model name or description of the model as the engine sees it
 * @param runtime the engine with its version, such as {@code whisper.cpp 1.7.1}
 * @param requestedDevice the requested device
 * @param device the device in use
 * @param computeType type of the weights or of the arithmetic, such as {@code f16} or {@code int8}
 * @param threads number of compute threads
 * @param notes further notes for readers of its results, as sentences or phrases, such as
 *     {@code VAD off: its model is not on this machine}
 */
public record EngineParameters(
        String model,
        String runtime,
        String requestedDevice,
        String device,
        String computeType,
        int threads,
        List<String> notes) {
    /** Copies the list and checks that nothing is null. */
    public EngineParameters {
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(runtime, "runtime");
        Objects.requireNonNull(requestedDevice, "requestedDevice");
        Objects.requireNonNull(device, "device");
        Objects.requireNonNull(computeType, "computeType");
        notes = List.copyOf(notes);
    }

    /** Creates parameters without notes. */
    public EngineParameters(
            String model, String runtime, String requestedDevice, String device, String computeType, int threads) {
        this(model, runtime, requestedDevice, device, computeType, threads, List.of());
    }

    /** Returns these parameters with one more note. */
    public EngineParameters withNote(String note) {
        List<String> more = new ArrayList<>(notes);
        more.add(note);
        return new EngineParameters(model, runtime, requestedDevice, device, computeType, threads, more);
    }
}
