package io.github.whisperspeedtest.insanely;

import io.github.whisperspeedtest.decoding.ChunkedOptions;
import io.github.whisperspeedtest.decoding.NetworkTranscriber;
import io.github.whisperspeedtest.model.HuggingFaceFormat;
import io.github.whisperspeedtest.model.HuggingFaceModels;
import io.github.whisperspeedtest.spi.Capabilities;
import io.github.whisperspeedtest.spi.FileSelection;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.spi.ModelListing;
import io.github.whisperspeedtest.spi.ModelOrigin;
import io.github.whisperspeedtest.torch.TorchDevice;
import io.github.whisperspeedtest.torch.TorchImplementation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * OpenAI's models from Hugging Face, with long recordings decoded in batches of overlapping chunks, as in
 * insanely-fast-whisper; on a GPU if available.
 */
public final class InsanelyImplementation extends TorchImplementation {
    static final String ID = "insanely";

    /** For Apple's GPU, which shares its memory with the CPU; source: {@code insanely.py} of mac-whisper-speedtest. */
    private static final Duration CHUNK_LENGTH_ON_MPS = Duration.ofSeconds(20);

    /** Creates the provider; nothing native is loaded yet. */
    public InsanelyImplementation() {
        super(
                ID,
                Capabilities.chunkedDecoding()
                        .reads("huggingface")
                        .writes("huggingface")
                        .modelsFrom(ModelOrigin.HUB),
                new HuggingFaceFormat(),
                Set.of(TorchDevice.MPS, TorchDevice.CUDA));
    }

    @Override
    public List<ModelInfo> models(Path modelsDirectory) {
        return HuggingFaceModels.in(modelsDirectory, ID);
    }

    @Override
    public List<ModelInfo> variants(Path modelsDirectory) {
        return HuggingFaceModels.variants();
    }

    @Override
    public Optional<FileSelection> select(ModelListing listing) {
        return HuggingFaceFormat.select(listing);
    }

    @Override
    protected void complete(NetworkTranscriber.Builder transcriber, TorchDevice device) {
        ChunkedOptions defaults = ChunkedOptions.defaults();
        transcriber.chunks(device == TorchDevice.MPS ? defaults.withChunkLength(CHUNK_LENGTH_ON_MPS) : defaults);
    }
}
