package io.github.whisperspeedtest.faster;

/** Numbers that reader and writer of {@code model.bin} share; source: model_spec.py and model.cc in OpenNMT/CTranslate2. */
final class ModelBinFormat {
    /** From this version on, a variable states its type. */
    static final int MIN_BINARY_VERSION = 4;

    /** What CTranslate2 has written since 3.0, the first release that knows Whisper. */
    static final int BINARY_VERSION = 6;

    static final String SPEC = "WhisperSpec";

    /** The layout of Whisper's variables, which CTranslate2 has written since 3.5. */
    static final int REVISION = 3;

    /** Ids of the activation: the exact GELU, and what it was before revision 3. */
    static final int GELU = 3;

    static final int GELU_BEFORE_REVISION_3 = 1;

    /** What the name of an array of signed bytes is followed by in that of its scales. */
    static final String SCALE_SUFFIX = "_scale";

    private ModelBinFormat() {}
}
