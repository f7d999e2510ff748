package io.github.whisperspeedtest.torch;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import java.util.Random;

/** Products of random rows with a linear layer of random weights, which lie in memory in every layout, to be timed. */
final class RandomProducts implements AutoCloseable {
    private final ScalarType type;
    private final int inputs;
    private final PtNDManager manager;
    private final TorchProgram program;
    private final NativeValues values = new NativeValues();
    private final Random random = new Random(1);
    private final IValue like;
    private final IValue index;
    private final IValue packed;
    private final IValue byRows;
    private final IValue byColumns;

    /** Makes the layer, {@code [outputs, inputs]}. */
    RandomProducts(TorchRuntime runtime, ScalarType type, int outputs, int inputs) {
        this.type = type;
        this.inputs = inputs;
        manager = (PtNDManager) runtime.engine().newBaseManager();
        try {
            program = TorchProgram.load(manager);
            like = values.own(IValue.from(manager.create(new Shape(1), DataType.FLOAT32)));
            index = values.of(0);
            packed = values.own(program.call("pack", values.own(IValue.listFrom(new PtNDArray[0]))));
            IValue weight = random(outputs, inputs);
            IValue bias = random(outputs);
            byRows = layer(weight, bias);
            byColumns = layer(values.own(program.call("column_major", weight)), bias);
        } catch (RuntimeException | Error e) {
            values.close();
            manager.close();
            throw e;
        }
    }

    private IValue layer(IValue weight, IValue bias) {
        return values.own(IValue.listFrom(weight.toTensor(manager), bias.toTensor(manager)));
    }

    private IValue random(long... shape) {
        Shape wanted = new Shape(shape);
        float[] elements = new float[Math.toIntExact(wanted.size())];
        for (int i = 0; i < elements.length; i++) {
            elements[i] = random.nextFloat() - 0.5f;
        }
        PtNDArray array = (PtNDArray) manager.create(elements, wanted);
        return values.own(program.call("convert", values.own(IValue.from(array)), values.of(type.code()), like));
    }

    /** Makes rows to multiply, for as many sequences with one token each. */
    IValue rows(int count) {
        return random(count, 1, inputs);
    }

    /** Multiplies rows with the weights in a layout and returns the milliseconds that one product took. */
    double millis(WeightLayout layout, IValue rows, int products) {
        IValue layer = layout == WeightLayout.ROWS ? byRows : byColumns;
        long start = System.nanoTime();
        for (int i = 0; i < products; i++) {
            program.call("linear", rows, index, layer, packed).close();
        }
        return (System.nanoTime() - start) / 1e6 / products;
    }

    @Override
    public void close() {
        values.close();
        program.close();
        manager.close();
    }
}
