package io.github.whisperspeedtest.network;

/**
 * The rules of a greedy search inside an engine.
 *
 * <p>They have the same meaning as in the search in Java: the most probable allowed token is selected until the text
 * ends. With timestamps the first token is one of those up to {@code lastInitialTimestamp}, a timestamp after text is
 * followed by another one or by the end, two are followed by text, none is earlier than one before it, and where all
 * timestamps together are more probable than any text, one of them is taken. Source: {@code ApplyTimestampRules} in
 * openai/whisper's {@code decoding.py}.
 *
 * <p>Immutable if the arrays are not modified.
 *
 * @param endOfText token that ends a text; from it on there are only special tokens and timestamps
 * @param noSpeech token whose probability after the start of transcript is the no-speech probability
 * @param firstTimestamp the first timestamp token; all from it on are timestamps
 * @param lastInitialTimestamp the last timestamp that a text may begin with
 * @param timestamps whether there are timestamps; otherwise none of them is allowed
 * @param suppressTokens tokens that are never decoded, in any order
 * @param beginSuppressTokens tokens that a text does not begin with, in any order
 * @param maxTokens the most tokens to decode, at least 1
 */
public record GreedyRules(
        int endOfText,
        int noSpeech,
        int firstTimestamp,
        int lastInitialTimestamp,
        boolean timestamps,
        int[] suppressTokens,
        int[] beginSuppressTokens,
        int maxTokens) {}
