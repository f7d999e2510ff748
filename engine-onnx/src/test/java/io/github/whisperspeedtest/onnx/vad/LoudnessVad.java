package io.github.whisperspeedtest.onnx.vad;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.onnx.graph.GraphBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A network with the interface of Silero VAD that classifies loud audio as speech; it replaces the real one, whose
 * weights cannot be downloaded in tests.
 *
 * <p>Its state is the mean square of the samples, averaged over the frames so far, each counting half as much as the
 * one after it.
 */
public final class LoudnessVad {
    /** Mean square of audio with a speech probability of one half: 40 dB below full scale. */
    private static final float THRESHOLD = 1e-4f;

    private LoudnessVad() {}

    /** Writes the network as an ONNX file. */
    public static Path write(Path file) throws IOException {
        GraphBuilder graph = builder("loudness");
        String square = graph.node("Mul", "square", List.of("input", "input"));
        String loudness = graph.node("ReduceMean", "loudness", List.of(square), GraphBuilder.vector("axes", 1));
        String half = graph.scalar("half", 0.5f, DataType.FLOAT);
        String past = graph.node("Mul", "past", List.of("state", half));
        String present = graph.node("Mul", "present", List.of(loudness, half));
        String layered = graph.node("Unsqueeze", "layered", List.of(present, graph.constant("first", 0)));
        String next = graph.node("Add", "stateN", List.of(past, layered));
        String level = graph.node("ReduceMean", "level", List.of(next), GraphBuilder.vector("axes", 0, 2));
        String column = graph.node("Squeeze", "column", List.of(level, graph.constant("layers", 0)));
        String above =
                graph.node("Add", "above", List.of(column, graph.scalar("threshold", THRESHOLD, DataType.FLOAT)));
        String share = graph.node("Div", "share", List.of(column, above));
        String isRate = graph.node("Equal", "is_rate", List.of("sr", graph.constant("right_rate", Audio.SAMPLE_RATE)));
        String factor =
                graph.node("Cast", "factor", List.of(isRate), GraphBuilder.attribute("to", DataType.FLOAT.getNumber()));
        graph.node("Mul", "output", List.of(share, factor));
        return write(graph, file);
    }

    /** Starts a network with the inputs and outputs of Silero VAD. The caller adds the nodes of the outputs. */
    static GraphBuilder builder(String name) {
        GraphBuilder graph = new GraphBuilder(name);
        graph.input("input", DataType.FLOAT, "batch", "samples");
        graph.input("state", DataType.FLOAT, 2, "batch", 128);
        graph.input("sr", DataType.INT64);
        graph.output("output", DataType.FLOAT, "batch", 1);
        graph.output("stateN", DataType.FLOAT, 2, "batch", 128);
        return graph;
    }

    static Path write(GraphBuilder graph, Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        return Files.write(file, graph.build().toByteArray());
    }
}
