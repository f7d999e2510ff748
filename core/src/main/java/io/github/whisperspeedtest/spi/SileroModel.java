package io.github.whisperspeedtest.spi;

import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.error.ModelException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Silero VAD, the voice activity detector: a companion of every model.
 *
 * <p>It is stored once for all implementations, in the default Hugging Face cache.
 */
public final class SileroModel {
    /** Name of the model. */
    public static final String NAME = "silero-vad";

    /** The file inside the repository: version 5 in full precision. */
    public static final String FILE = "onnx/model.onnx";

    private static final String REPOSITORY = "onnx-community/silero-vad";

    /** As the hub lists it. */
    private static final long BYTES = 2_243_022;

    private SileroModel() {}

    /** Returns the description of the model. */
    public static ModelInfo info() {
        return new ModelInfo(
                NAME,
                List.of(new ModelSource.HubRepository(REPOSITORY, "main", List.of(FILE))),
                null,
                List.of(),
                BYTES,
                List.of());
    }

    /**
     * Returns the model's file from the files of a Whisper model, or empty if it is not installed.
     *
     * @throws ModelException if the file is no longer readable
     */
    public static Optional<Path> in(ModelFiles files) {
        return files.companion(NAME).map(companion -> companion.require(FILE));
    }

    /**
     * Returns the exception for a transcription that needs the model when it is not installed.
     *
     * @param implementation id of the implementation
     */
    public static ModelException missing(String implementation) {
        return new ModelException("The VAD model " + NAME
                + " is not installed. Download it, then load the Whisper model again. Run: "
                + "whisper-speedtest download -i " + implementation + " -m " + EmbeddedModel.NAME);
    }
}
