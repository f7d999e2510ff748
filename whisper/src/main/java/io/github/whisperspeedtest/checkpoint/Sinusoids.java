package io.github.whisperspeedtest.checkpoint;

import io.github.whisperspeedtest.checkpoint.tensor.DataType;
import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The encoder's sinusoidal position embeddings: for each position, sines and then cosines at frequencies from 1 down to
 * 1/10000.
 *
 * <p>Source: {@code sinusoids} in whisper/model.py of openai/whisper.
 */
public final class Sinusoids implements Tensor.Generator {
    private static final double MAX_TIMESCALE = 10_000;

    private final int width;
    private final double[] frequencies;

    private Sinusoids(int width) {
        this.width = width;
        this.frequencies = new double[width / 2];
        double step = Math.log(MAX_TIMESCALE) / (frequencies.length - 1);
        for (int i = 0; i < frequencies.length; i++) {
            frequencies[i] = Math.exp(-step * i);
        }
    }

    /**
     * Returns the positions as 32-bit floats, {@code [positions, width]}.
     *
     * @param width an even number from 4 on
     */
    public static Tensor tensor(int positions, int width) {
        return Tensor.generated(DataType.F32, List.of(positions, width), new Sinusoids(width));
    }

    @Override
    public void generate(long start, ByteBuffer target) {
        for (long index = start; target.hasRemaining(); index++) {
            int channel = (int) (index % width);
            long position = index / width;
            double angle = position * frequencies[channel % frequencies.length];
            target.putFloat((float) (channel < frequencies.length ? Math.sin(angle) : Math.cos(angle)));
        }
    }
}
