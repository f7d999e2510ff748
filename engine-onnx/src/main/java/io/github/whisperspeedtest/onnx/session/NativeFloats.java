package io.github.whisperspeedtest.onnx.session;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import io.github.whisperspeedtest.error.EngineException;
import io.github.whisperspeedtest.onnx.graph.WeightBuffers;
import java.nio.FloatBuffer;

/**
 * Native memory for 32-bit floats that the runtime reads and writes in place, viewed as tensors of any fitting shape.
 *
 * <p>It is reused, because off-heap memory is slow to allocate and is freed only by the garbage collector.
 */
public final class NativeFloats {
    private final OrtEnvironment environment;
    private FloatBuffer buffer;

    public NativeFloats(OrtEnvironment environment, long capacity) {
        this.environment = environment;
        buffer = allocate(capacity);
    }

    private static FloatBuffer allocate(long capacity) {
        return WeightBuffers.allocate(capacity * Float.BYTES).asFloatBuffer();
    }

    /** Ensures the capacity. The content is lost if the memory has to grow. */
    public void ensureCapacity(long capacity) {
        if (buffer.capacity() < capacity) {
            buffer = allocate(capacity);
        }
    }

    /** Returns the whole memory. */
    public FloatBuffer buffer() {
        return buffer;
    }

    /** Moves {@code count} floats from one index to another; they may overlap. */
    void move(int from, int to, int count) {
        buffer.put(to, buffer, from, count);
    }

    /** Returns the first floats as a tensor, to be closed by the caller. */
    public OnnxTensor tensor(long... shape) {
        return tensorAt(0, shape);
    }

    /** Returns the floats from an index on as a tensor, to be closed by the caller. */
    public OnnxTensor tensorAt(int start, long... shape) {
        int count = 1;
        for (long size : shape) {
            count = Math.multiplyExact(count, Math.toIntExact(size));
        }
        try {
            return OnnxTensor.createTensor(environment, buffer.slice(start, count), shape);
        } catch (OrtException e) {
            throw new EngineException("ONNX Runtime could not create a tensor: " + e.getMessage(), e);
        }
    }
}
