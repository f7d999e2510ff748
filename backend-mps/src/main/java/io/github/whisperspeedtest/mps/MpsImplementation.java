package io.github.whisperspeedtest.mps;

import io.github.whisperspeedtest.spi.Batching;
import io.github.whisperspeedtest.spi.Capabilities;
import io.github.whisperspeedtest.spi.FileSelection;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.spi.ModelListing;
import io.github.whisperspeedtest.spi.ModelOrigin;
import io.github.whisperspeedtest.torch.TorchDevice;
import io.github.whisperspeedtest.torch.TorchImplementation;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * OpenAI's own checkpoints, decoded window by window as in OpenAI's program; on Apple's GPU if available, otherwise on
 * the best other device, which every report states.
 */
public final class MpsImplementation extends TorchImplementation {
    static final String ID = "mps";

    /** Creates the provider; nothing native is loaded yet. */
    public MpsImplementation() {
        super(
                ID,
                Capabilities.sequentialDecoding()
                        .batching(Batching.SPEECH)
                        .reads("openai")
                        .writes("openai")
                        .modelsFrom(ModelOrigin.HUB, ModelOrigin.DOWNLOAD),
                new OpenAiFormat(),
                Set.of(TorchDevice.MPS));
    }

    @Override
    public List<ModelInfo> models(Path modelsDirectory) {
        return MpsModels.in(modelsDirectory);
    }

    @Override
    public List<ModelInfo> variants(Path modelsDirectory) {
        return MpsModels.variants(modelsDirectory);
    }

    @Override
    public Optional<FileSelection> select(ModelListing listing) {
        return OpenAiFormat.select(listing);
    }
}
