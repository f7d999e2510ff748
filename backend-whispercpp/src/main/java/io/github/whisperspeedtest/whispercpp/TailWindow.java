package io.github.whisperspeedtest.whispercpp;

import com.sun.jna.Pointer;
import io.github.whisperspeedtest.whispercpp.bindings.TokenData;
import io.github.whisperspeedtest.whispercpp.bindings.WhisperLibrary;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/**
 * Decides whether the last second of a recording is decoded as a separate window, by the rule of OpenAI's program.
 *
 * <p>A single timestamp at the end of a window's text means that the window was decoded completely. Two consecutive
 * timestamps mean that another segment starts, so decoding continues there. whisper.cpp before 1.7.3 continues in either case,
 * which costs another encoder run and invites hallucinated text in silence. Its segments do not show the difference, so
 * the hypotheses are observed as they grow.
 */
final class TailWindow {
    private static final int WINDOW_FRAMES = 3000;

    /** The length of the end of a recording in which whisper.cpp before 1.7.6 never starts a window; its frames last 10 ms. */
    static final int TAIL_FRAMES = 100;

    /** Size of {@code struct whisper_token_data}, which begins with the token. */
    private static final long TOKEN_DATA_BYTES = new TokenData().size();

    private final WhisperLibrary library;
    private final Pointer context;
    private final int endOfText;
    private final int firstTimestamp;
    private final int frames;

    /** The text tokens of each hypothesis of the current window that opened another segment. */
    private final Set<List<Integer>> continued = ConcurrentHashMap.newKeySet();

    private int windowStart;
    private int nextStart;
    private int segmentsBefore;

    /**
     * Observes one slice.
     *
     * @param frames length of its audio without padding, in hundredths of a second
     */
    TailWindow(WhisperLibrary library, Pointer context, int frames) {
        this.library = library;
        this.context = context;
        this.endOfText = library.whisper_token_eot(context);
        this.firstTimestamp = library.whisper_token_beg(context);
        this.frames = frames;
    }

    /** Records that the next window starts at this frame or later. */
    void startsAtLeastAt(int frame) {
        nextStart = Math.max(nextStart, frame);
    }

    /** Observes a hypothesis before its next token; called on several threads if there are several hypotheses. */
    void observe(Pointer tokens, int count) {
        if (count >= 2 && token(tokens, count - 1) >= firstTimestamp && token(tokens, count - 2) >= firstTimestamp) {
            continued.add(IntStream.range(0, count)
                    .map(i -> token(tokens, i))
                    .filter(token -> token < endOfText)
                    .boxed()
                    .toList());
        }
    }

    /** Returns whether another window is to be decoded after the previous one. */
    boolean isWanted() {
        int segments = library.whisper_full_n_segments(context);
        boolean wanted = true;
        if (segments > segmentsBefore) {
            startsAtLeastAt((int) library.whisper_full_get_segment_t1(context, segments - 1));
            boolean reachedEnd = windowStart + WINDOW_FRAMES >= frames;
            wanted = !reachedEnd
                    || frames - nextStart >= TAIL_FRAMES
                    || continued.contains(textSince(segmentsBefore, segments));
        }
        continued.clear();
        windowStart = nextStart;
        segmentsBefore = segments;
        return wanted;
    }

    private List<Integer> textSince(int from, int to) {
        return IntStream.range(from, to)
                .flatMap(segment -> IntStream.range(0, library.whisper_full_n_tokens(context, segment))
                        .map(i -> library.whisper_full_get_token_id(context, segment, i)))
                .filter(token -> token < endOfText)
                .boxed()
                .toList();
    }

    /** Returns a token of an array of {@code whisper_token_data}. */
    static int token(Pointer tokens, int index) {
        return tokens.getInt(index * TOKEN_DATA_BYTES);
    }
}
