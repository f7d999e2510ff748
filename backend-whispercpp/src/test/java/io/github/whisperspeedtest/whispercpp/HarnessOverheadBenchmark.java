package io.github.whisperspeedtest.whispercpp;

import io.github.givimad.whisperjni.WhisperContext;
import io.github.givimad.whisperjni.WhisperFullParams;
import io.github.givimad.whisperjni.WhisperJNI;
import io.github.givimad.whisperjni.WhisperSamplingStrategy;
import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.benchmark.BenchmarkInput;
import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.model.ModelStore;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.settings.Settings;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.testkit.TestContexts;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Transcriber;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * Measures the overhead over whisper-jni: the same file through {@link Transcriber} and through whisper-jni's own class, in turn, in one
 * JVM, with the same parameters and threads.
 *
 * <p>See {@code docs/benchmarks.md} for the command. Arguments: the number of pairs, and the model and the recording to use instead of
 * the embedded ones.
 */
public final class HarnessOverheadBenchmark {
    private static final int WARM_UP_PAIRS = 3;

    private HarnessOverheadBenchmark() {}

    /** Prints both medians and the median of the ratios of the pairs. */
    public static void main(String[] args) throws IOException {
        int pairs = args.length > 0 ? Integer.parseInt(args[0]) : 30;
        WhisperCppImplementation implementation = TestContexts.configured(new WhisperCppImplementation());
        Path model = args.length > 1
                ? Path.of(args[1])
                : new ModelStore(ToolHome.of(Settings.ofProcess()), Path.of("no-hub-cache"))
                        .filesOf(implementation, EmbeddedModel.NAME)
                        .single();
        Audio audio = args.length > 2
                ? BenchmarkInput.of(Path.of(args[2]), null).read()
                : BenchmarkInput.of(EmbeddedModel.demoSample()).read();
        LoadOptions load = LoadOptions.defaults().withDevice("cpu");

        WhisperJNI.loadLibrary();
        WhisperJNI.setLibraryLogger(null);
        WhisperJNI jni = new WhisperJNI();
        WhisperFullParams params = directParameters(load.threads());
        float[] samples = new float[(int) audio.sampleCount()];
        audio.read(0, samples, 0, samples.length);

        try (Transcriber transcriber = implementation.load(ModelFiles.of("model", List.of(model)), load);
                WhisperContext context = jni.init(model)) {
            Supplier<String> throughStack = () ->
                    transcriber.transcribe(audio, TranscribeOptions.defaults()).text();
            Supplier<String> direct = () -> transcribe(jni, context, params, samples);
            List<Double> stackMillis = new ArrayList<>();
            List<Double> directMillis = new ArrayList<>();
            List<Double> ratios = new ArrayList<>();
            for (int pair = -WARM_UP_PAIRS; pair < pairs; pair++) {
                // The order alternates between pairs, so that neither side always has warmer caches.
                boolean stackFirst = pair % 2 == 0;
                double first = millis(stackFirst ? throughStack : direct);
                double second = millis(stackFirst ? direct : throughStack);
                if (pair >= 0) {
                    stackMillis.add(stackFirst ? first : second);
                    directMillis.add(stackFirst ? second : first);
                    ratios.add(stackFirst ? first / second : second / first);
                }
            }
            System.out.printf("same text: %s%n", throughStack.get().equals(direct.get()));
            System.out.printf(
                    Locale.ROOT,
                    "pairs %d, whisper-jni median %.1f ms, our stack median %.1f ms, ratio of medians %.4f, median of ratios %.4f%n",
                    pairs,
                    median(directMillis),
                    median(stackMillis),
                    median(stackMillis) / median(directMillis),
                    median(ratios));
        }
    }

    private static WhisperFullParams directParameters(int threads) {
        WhisperFullParams params = new WhisperFullParams(WhisperSamplingStrategy.GREEDY);
        params.nThreads = threads;
        params.language = "auto";
        params.printProgress = false;
        params.suppressNonSpeechTokens = true;
        params.greedyBestOf = 5;
        params.temperatureInc = 0.2f;
        return params;
    }

    private static String transcribe(
            WhisperJNI jni, WhisperContext context, WhisperFullParams params, float[] samples) {
        int result = jni.full(context, params, samples, samples.length);
        if (result != 0) {
            throw new IllegalStateException("whisper-jni returned " + result);
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < jni.fullNSegments(context); i++) {
            text.append(jni.fullGetSegmentText(context, i));
        }
        return text.toString().strip();
    }

    private static double millis(Supplier<String> work) {
        long start = System.nanoTime();
        if (work.get().isEmpty()) {
            throw new IllegalStateException("nothing was transcribed");
        }
        return (System.nanoTime() - start) / 1e6;
    }

    private static double median(List<Double> values) {
        List<Double> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
