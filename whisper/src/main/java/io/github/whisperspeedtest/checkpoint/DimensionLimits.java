package io.github.whisperspeedtest.checkpoint;

import io.github.whisperspeedtest.error.ModelException;

/** Limits of the dimensions of a Whisper model, so that a damaged file fails early and without excessive memory. */
public final class DimensionLimits {
    // Many times the values of any published model.
    private static final int MAX_LAYERS = 256;

    private static final int MAX_WIDTH = 1 << 15;
    private static final int MAX_MELS = 1024;
    private static final int MAX_POSITIONS = 1 << 16;

    /** Output positions of the encoder's second convolution for the 3000 frames of a window, the only size in use. */
    private static final int AUDIO_POSITIONS = 1500;

    /** Channels of an attention head, in every published model. */
    private static final int HEAD_CHANNELS = 64;

    /**
     * English-only models have the fewest tokens, large-v3 and later the most. The ids of special tokens follow from
     * the number.
     */
    private static final int MIN_TOKENS = 51864;

    private static final int MAX_TOKENS = 51866;

    private DimensionLimits() {}

    /**
     * Checks dimensions.
     *
     * @param name what to call the model in messages
     * @throws ModelException naming the first dimension that no Whisper model has
     */
    public static void check(String name, ModelDimensions dimensions) {
        check(name, "mel bins", dimensions.nMels(), 1, MAX_MELS);
        check(name, "encoder positions", dimensions.nAudioCtx(), AUDIO_POSITIONS, AUDIO_POSITIONS);
        check(name, "encoder layers", dimensions.nAudioLayer(), 1, MAX_LAYERS);
        check(name, "decoder positions", dimensions.nTextCtx(), 1, MAX_POSITIONS);
        check(name, "decoder layers", dimensions.nTextLayer(), 1, MAX_LAYERS);
        check(name, "tokens", dimensions.nVocab(), MIN_TOKENS, MAX_TOKENS);
        checkWidth(name, "encoder", dimensions.nAudioState(), dimensions.nAudioHead());
        checkWidth(name, "decoder", dimensions.nTextState(), dimensions.nTextHead());
        if (dimensions.nAudioState() != dimensions.nTextState()) {
            throw new ModelException(
                    name + " is not a Whisper model: its encoder and its decoder should have one width,"
                            + " but have " + dimensions.nAudioState() + " and " + dimensions.nTextState()
                            + ". Use another model.");
        }
    }

    private static void checkWidth(String name, String part, int width, int heads) {
        check(name, "channels of the " + part, width, 1, MAX_WIDTH);
        check(name, "attention heads of the " + part, heads, 1, width);
        if (width != heads * HEAD_CHANNELS) {
            throw new ModelException(name + " is damaged, or not a Whisper model: the " + width + " channels of its "
                    + part + " should be " + HEAD_CHANNELS + " for each of its attention heads, but those are " + heads
                    + ". Download the model again.");
        }
    }

    private static void check(String name, String what, int value, int least, int most) {
        if (value < least || value > most) {
            throw new ModelException(name + " is damaged, or not a Whisper model: it should have "
                    + (least == most ? "" : "from " + least + " to ") + most + " " + what + ", but has " + value
                    + ". Download the model again.");
        }
    }
}
