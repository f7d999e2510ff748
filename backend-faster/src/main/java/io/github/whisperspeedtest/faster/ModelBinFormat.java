package io.github.whisperspeedtest.faster;

/**
 * Constants shared by the reader and the writer of {@code model.bin}; source: model_spec.py and model.cc in
 * OpenNMT/CTranslate2.
 */
final class ModelBinFormat {
    /** The first version in which a variable states its type. */
    static final int MIN_BINARY_VERSION = 4;

    /** The version written since CTranslate2 3.0, the first release that supports Whisper. */
    static final int BINARY_VERSION = 6;

    static final String SPEC = "WhisperSpec";

    /** The layout of Whisper's variables since CTranslate2 3.5. */
    static final int REVISION = 3;

    /** Ids of the activation: the exact GELU, and the approximation before revision 3. */
    static final int GELU = 3;

    static final int GELU_BEFORE_REVISION_3 = 1;

    /** Suffix of the name of the scales that belong to an array of signed bytes. */
    static final String SCALE_SUFFIX = "_scale";

    private ModelBinFormat() {}
}
