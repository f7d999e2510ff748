package io.github.whisperspeedtest.spark;

import java.util.Arrays;
import java.util.List;

/** A program for {@code spark-submit} that transcribes into lines of JSON with the demo model. */
public final class ClusterDriver {
    private ClusterDriver() {}

    /**
     * Transcribes.
     *
     * @param arguments tool home, output, inputs
     */
    public static void main(String[] arguments) {
        List<String> inputs = Arrays.asList(arguments).subList(2, arguments.length);
        SparkOptions options =
                SparkOptions.builder("faster", "micro").home(arguments[0]).build();
        SparkBatch.run(new SparkBatch.Request(inputs, arguments[1], BatchFormat.JSONL, options), state -> {});
    }
}
