package io.github.whisperspeedtest.model;

import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.spi.ModelSource;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Silero VAD, the voice activity detector that implementations name as a companion of their models.
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
     * Returns the model's file from the files given to an implementation, or empty if it is not installed.
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
                + ModelStore.downloadCommand(implementation, EmbeddedModel.NAME));
    }
}
