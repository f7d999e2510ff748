package io.github.whisperspeedtest.whispercpp.ggml;

import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import io.github.whisperspeedtest.error.ModelException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * A GGML file of a Whisper model, fully validated without native code.
 *
 * <p>whisper.cpp trusts its input: a wrong header, vocabulary or tensor table makes it read out of bounds or abort the
 * process. A file that passes {@link #inspect} has exactly the header, filters, vocabulary and tensors that whisper.cpp
 * 1.7.1 and later rely on. The weights are not checked; no weight, not even NaN, can make it abort.
 *
 * @param path the file
 * @param dimensions the hyper-parameters
 * @param fileType storage type of the matrices
 * @param vocabularySize number of text tokens in the file; the special tokens after them have no entries
 * @param tensors the tensors in file order
 */
public record GgmlModelFile(
        Path path, ModelDimensions dimensions, GgmlFileType fileType, int vocabularySize, List<StoredTensor> tensors) {
    /** Copies the list. */
    public GgmlModelFile {
        tensors = List.copyOf(tensors);
    }

    /**
     * One tensor of the file.
     *
     * @param name OpenAI's name of it
     * @param type how its elements are stored
     * @param sizes size of each dimension, the fastest first
     * @param offset position in the file of its first byte
     * @param bytes how many bytes it has
     */
    public record StoredTensor(String name, GgmlType type, List<Integer> sizes, long offset, long bytes) {
        /** Copies the list. */
        public StoredTensor {
            sizes = List.copyOf(sizes);
        }
    }

    /**
     * Validates a file. The weights are skipped, so it is fast and needs little memory whatever the size.
     *
     * @throws ModelException if whisper.cpp could not load the file safely; the message names the file and the
     *     violation
     */
    public static GgmlModelFile inspect(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return new GgmlInspection(file, new GgmlInput(file, channel)).run();
        } catch (NoSuchFileException e) {
            throw new ModelException(file + " does not exist. Download the model.", e);
        } catch (IOException e) {
            throw new ModelException(
                    file + " cannot be read: " + e.getMessage() + ". Check the file and its permissions.", e);
        }
    }
}
