package io.github.whisperspeedtest.onnx;

import io.github.whisperspeedtest.onnx.graph.Precision;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a network is to be loaded.
 *
 * @param precision how weights are held
 * @param threads threads to compute with on the CPU, at least 1
 * @param encoderForm form of the encoder's graph
 * @param coreMl what CoreML is to do with the encoder; null to leave it to the CPU
 * @param dumpGraph directory to write the graphs to, with all their weights; null for not
 */
public record OnnxOptions(
        Precision precision,
        int threads,
        EncoderForm encoderForm,
        @Nullable CoreMl coreMl,
        @Nullable Path dumpGraph) {
    /** Form of the encoder's graph. */
    public enum EncoderForm {
        /** The CPU provider's fused nodes, any number of windows at once. */
        FUSED,
        /** ONNX's own operators in fixed shapes, one window after the other, as CoreML wants them. */
        PLAIN
    }

    /**
     * What CoreML is to do.
     *
     * @param computeUnits value of the provider's option {@code MLComputeUnits}
     * @param cacheDirectory where compiled models are kept
     * @param cacheKey names the weights: letters and digits, at most 64
     */
    public record CoreMl(String computeUnits, Path cacheDirectory, String cacheKey) {}

    /** Checks that nothing is null that must not be. */
    public OnnxOptions {
        Objects.requireNonNull(precision, "precision");
        Objects.requireNonNull(encoderForm, "encoderForm");
        if (precision == Precision.FLOAT16 && encoderForm != EncoderForm.PLAIN) {
            throw new IllegalArgumentException("The CPU provider's fused nodes compute with 32-bit numbers only");
        }
        if (coreMl != null && encoderForm != EncoderForm.PLAIN) {
            throw new IllegalArgumentException("CoreML takes the encoder in its plain form only");
        }
    }

    /** Returns options for the CPU. */
    public static OnnxOptions cpu(Precision precision, int threads) {
        return new OnnxOptions(precision, threads, EncoderForm.FUSED, null, null);
    }

    /** Returns these options with another directory for the graphs, null for none. */
    public OnnxOptions withDumpGraph(@Nullable Path value) {
        return new OnnxOptions(precision, threads, encoderForm, coreMl, value);
    }
}
