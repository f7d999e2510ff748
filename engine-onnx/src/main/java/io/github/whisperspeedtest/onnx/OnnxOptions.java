package io.github.whisperspeedtest.onnx;

import io.github.whisperspeedtest.onnx.graph.CrossAttentionType;
import io.github.whisperspeedtest.onnx.graph.Precision;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Options for loading a network.
 *
 * @param precision storage of the weights
 * @param threads compute threads on the CPU, at least 1
 * @param encoderForm form of the encoder graph
 * @param coreMl CoreML options for the encoder; null to run it on the CPU
 * @param dumpGraph directory to write the graphs and their weights to; null to disable
 * @param portableKernels whether to turn off ONNX Runtime's special kernels for ARM64
 * @param crossAttention storage of the cross-attention's keys and values
 */
public record OnnxOptions(
        Precision precision,
        int threads,
        EncoderForm encoderForm,
        @Nullable CoreMl coreMl,
        @Nullable Path dumpGraph,
        boolean portableKernels,
        CrossAttentionType crossAttention) {
    /** Form of the encoder's graph. */
    public enum EncoderForm {
        /** The CPU provider's fused nodes, for any number of windows at once. */
        FUSED,
        /** Standard ONNX operators with fixed shapes, one window at a time, as CoreML requires. */
        PLAIN
    }

    /**
     * CoreML options.
     *
     * @param computeUnits value of the provider option {@code MLComputeUnits}
     * @param cacheDirectory directory for compiled models; null to compile the model whenever it is loaded
     * @param cacheKey identifies the weights: letters and digits, at most 64
     */
    public record CoreMl(String computeUnits, @Nullable Path cacheDirectory, String cacheKey) {}

    /** Checks required values and combinations. */
    public OnnxOptions {
        Objects.requireNonNull(precision, "precision");
        Objects.requireNonNull(encoderForm, "encoderForm");
        Objects.requireNonNull(crossAttention, "crossAttention");
        if (precision == Precision.FLOAT16 && encoderForm != EncoderForm.PLAIN) {
            throw new IllegalArgumentException("The CPU provider's fused nodes support only 32-bit floats");
        }
        if (crossAttention == CrossAttentionType.INT8 && encoderForm != EncoderForm.FUSED) {
            throw new IllegalArgumentException("Only the fused encoder form quantizes keys and values");
        }
        if (coreMl != null && encoderForm != EncoderForm.PLAIN) {
            throw new IllegalArgumentException("CoreML requires the plain encoder form");
        }
    }

    /** Creates options with the kernels that ONNX Runtime chooses and without a directory for the graphs. */
    public OnnxOptions(Precision precision, int threads, EncoderForm encoderForm, @Nullable CoreMl coreMl) {
        this(
                precision,
                threads,
                encoderForm,
                coreMl,
                null,
                false,
                encoderForm == EncoderForm.FUSED ? precision.crossAttention() : CrossAttentionType.FLOAT32);
    }

    /** Returns options for the CPU. */
    public static OnnxOptions cpu(Precision precision, int threads) {
        return new OnnxOptions(precision, threads, EncoderForm.FUSED, null);
    }

    /** Returns a copy with another directory for the graphs, null for none. */
    public OnnxOptions withDumpGraph(@Nullable Path value) {
        return new OnnxOptions(precision, threads, encoderForm, coreMl, value, portableKernels, crossAttention);
    }

    /** Returns a copy with portable kernels, or with those that ONNX Runtime chooses. */
    public OnnxOptions withPortableKernels(boolean value) {
        return new OnnxOptions(precision, threads, encoderForm, coreMl, dumpGraph, value, crossAttention);
    }

    /** Returns a copy with another storage of the cross-attention's keys and values. */
    public OnnxOptions withCrossAttention(CrossAttentionType value) {
        return new OnnxOptions(precision, threads, encoderForm, coreMl, dumpGraph, portableKernels, value);
    }
}
