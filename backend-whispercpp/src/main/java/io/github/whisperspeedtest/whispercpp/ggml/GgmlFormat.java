package io.github.whisperspeedtest.whispercpp.ggml;

import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Constants shared by the reader and the writer of the GGML format. */
final class GgmlFormat {
    /** The letters "ggml" as a number. */
    static final int MAGIC = 0x67676d6c;

    /** Token buffer size of whisper.cpp's {@code quantize} tool; no Whisper vocabulary has a longer token. */
    static final int MAX_TOKEN_BYTES = 128;

    /** Models with fewer tokens are English-only and have their special tokens one id earlier. */
    private static final int MULTILINGUAL_VOCABULARY = 51865;

    private GgmlFormat() {}

    /** Returns the id of the first special token, the end of text; all text tokens precede it. */
    static int endOfText(int vocabularySize) {
        return vocabularySize < MULTILINGUAL_VOCABULARY ? 50256 : 50257;
    }

    /**
     * Returns the sizes that stand in the file: the fastest dimension first, and the biases of the convolutions as matrices of one
     * column.
     */
    static List<Integer> sizes(String tensor, List<Integer> shape) {
        List<Integer> sizes = new ArrayList<>(shape);
        if (tensor.equals("encoder.conv1.bias") || tensor.equals("encoder.conv2.bias")) {
            sizes.add(1);
        }
        Collections.reverse(sizes);
        return List.copyOf(sizes);
    }

    /** Returns the header's numbers behind the magic, in their order. */
    static int[] header(ModelDimensions dimensions, GgmlFileType fileType) {
        return new int[] {
            dimensions.nVocab(),
            dimensions.nAudioCtx(),
            dimensions.nAudioState(),
            dimensions.nAudioHead(),
            dimensions.nAudioLayer(),
            dimensions.nTextCtx(),
            dimensions.nTextState(),
            dimensions.nTextHead(),
            dimensions.nTextLayer(),
            dimensions.nMels(),
            fileType.headerValue()
        };
    }
}
