package io.github.whisperspeedtest.checkpoint;

/**
 * The hyper-parameters of a Whisper model, under the names of OpenAI's {@code ModelDimensions}.
 *
 * @param nMels mel bins of the spectrogram: 80, or 128 from large-v3 on
 * @param nAudioCtx positions of the encoder: 1500
 * @param nAudioState width of the encoder
 * @param nAudioHead attention heads of an encoder layer
 * @param nAudioLayer encoder layers
 * @param nVocab tokens: 51864 English-only, 51865 multilingual, 51866 from large-v3 on
 * @param nTextCtx positions of the decoder: 448
 * @param nTextState width of the decoder
 * @param nTextHead attention heads of a decoder layer
 * @param nTextLayer decoder layers
 */
public record ModelDimensions(
        int nMels,
        int nAudioCtx,
        int nAudioState,
        int nAudioHead,
        int nAudioLayer,
        int nVocab,
        int nTextCtx,
        int nTextState,
        int nTextHead,
        int nTextLayer) {
    /** Returns a text such as {@code 32+4 layers, width 1280, 128 mel bands, 51866 tokens}; the first layers are the encoder's. */
    public String describe() {
        return nAudioLayer + "+" + nTextLayer + " layers, width " + nTextState + ", " + nMels + " mel bands, " + nVocab
                + " tokens";
    }
}
