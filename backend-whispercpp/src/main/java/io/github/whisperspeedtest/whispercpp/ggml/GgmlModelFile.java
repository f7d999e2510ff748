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
 * A GGML file of a Whisper model that has been checked from end to end without native code.
 *
 * <p>whisper.cpp believes what a file says: it reads past its buffers or aborts the process where header, vocabulary or tensor
 * table are wrong. A file that passes {@link #inspect} has exactly the header, filters, vocabulary and tensors that whisper.cpp
 * 1.7.1 and later rely on; only the weights themselves are not looked at, and no weight, not even a NaN, can make it abort.
 *
 * @param path the file
 * @param dimensions the hyper-parameters
 * @param fileType what the matrices are stored as
 * @param vocabularySize text tokens in the file; the special tokens behind them have no entries
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
     * Checks a file; the weights are skipped, so it takes a moment and little memory whatever the size.
     *
     * @throws ModelException if whisper.cpp could not load the file safely; the message names the file and the offence
     */
    public static GgmlModelFile inspect(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return new GgmlInspection(file, new GgmlInput(file, channel)).run();
        } catch (NoSuchFileException e) {
            throw new ModelException(file + " does not exist. Download the model.", e);
        } catch (IOException e) {
            throw new ModelException(
                    file + " cannot be read: " + e.getMessage() + ". Check the file and who may read it.", e);
        }
    }
}
