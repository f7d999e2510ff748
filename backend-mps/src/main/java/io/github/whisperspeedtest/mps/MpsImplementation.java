package io.github.whisperspeedtest.mps;

import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.spi.Availability;
import io.github.whisperspeedtest.spi.CheckpointReader;
import io.github.whisperspeedtest.spi.CheckpointWriter;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.torch.TorchDevice;
import io.github.whisperspeedtest.torch.TorchOptions;
import io.github.whisperspeedtest.torch.TorchRuntime;
import io.github.whisperspeedtest.torch.TorchTranscribers;
import io.github.whisperspeedtest.transcription.Transcriber;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * OpenAI's own checkpoints, decoded window by window as in OpenAI's program; on Apple's GPU if available, otherwise on
 * the best other device, which every report states.
 */
public final class MpsImplementation implements Implementation {
    static final String ID = "mps";

    private static final OpenAiFormat FORMAT = new OpenAiFormat();

    /** Creates the provider; nothing native is loaded yet. */
    public MpsImplementation() {}

    @Override
    public String id() {
        return ID;
    }

    @Override
    public Availability availability() {
        return transcribers().availability();
    }

    @Override
    public List<ModelInfo> models(Path modelsDirectory) {
        return MpsModels.in(modelsDirectory);
    }

    @Override
    public Optional<CheckpointWriter> checkpointWriter() {
        return Optional.of(FORMAT);
    }

    @Override
    public Optional<CheckpointReader> checkpointReader() {
        return Optional.of(FORMAT);
    }

    @Override
    public List<Path> engineFiles() {
        return TorchRuntime.ownLibraries();
    }

    @Override
    public Transcriber load(ModelFiles files, LoadOptions options) {
        TorchTranscribers transcribers = transcribers();
        TorchOptions torch = transcribers.options(options);
        Checkpoint checkpoint = FORMAT.read(files);
        return transcribers.sequential(files, checkpoint, options, torch);
    }

    private static TorchTranscribers transcribers() {
        return new TorchTranscribers(ID, Set.of(TorchDevice.MPS));
    }
}
