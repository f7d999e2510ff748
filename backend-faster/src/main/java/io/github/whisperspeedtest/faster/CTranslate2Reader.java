package io.github.whisperspeedtest.faster;

import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.checkpoint.PreprocessorConfig;
import io.github.whisperspeedtest.spi.CheckpointReader;
import io.github.whisperspeedtest.spi.FileSelection;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.spi.ModelListing;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads CTranslate2 models for conversion. */
final class CTranslate2Reader implements CheckpointReader {
    /** Values of {@code config.json} that CTranslate2's converter writes for Whisper only. */
    private static final List<String> WHISPER_VALUES =
            List.of("suppress_ids", "suppress_ids_begin", "lang_ids", "alignment_heads");

    @Override
    public boolean recognises(ModelFiles files) {
        return files.byName().containsKey(CTranslate2Checkpoint.MODEL);
    }

    /** Returns the files of a Whisper model in this format, or empty if there is none. */
    static Optional<FileSelection> select(ModelListing listing) {
        boolean isWhisper = WHISPER_VALUES.stream().anyMatch(listing::states);
        List<String> tokenizers = listing.existing(CTranslate2Checkpoint.TOKENIZERS);
        if (!listing.has(CTranslate2Checkpoint.MODEL) || !isWhisper || tokenizers.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(FileSelection.of(Stream.of(
                        List.of(CTranslate2Checkpoint.CONFIG, CTranslate2Checkpoint.MODEL),
                        tokenizers,
                        listing.existing(List.of(PreprocessorConfig.FILE_NAME)))
                .flatMap(List::stream)
                .toList()));
    }

    @Override
    public Checkpoint read(ModelFiles files) {
        return CTranslate2Checkpoint.read(files).checkpoint();
    }
}
