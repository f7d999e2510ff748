package io.github.whisperspeedtest.mps;

import io.github.whisperspeedtest.spi.Capabilities;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.spi.ModelOrigin;
import io.github.whisperspeedtest.torch.TorchDevice;
import io.github.whisperspeedtest.torch.TorchImplementation;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * OpenAI's own checkpoints, window after window as in OpenAI's program; on Apple's graphics processor where there is one, and elsewhere
 * on what there is, which every report says.
 */
public final class MpsImplementation extends TorchImplementation {
    static final String ID = "mps";

    /** Creates the provider; nothing native is loaded yet. */
    public MpsImplementation() {
        super(
                ID,
                Capabilities.sequentialDecoding()
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
}
