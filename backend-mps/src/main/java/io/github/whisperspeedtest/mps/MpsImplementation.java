package io.github.whisperspeedtest.mps;

import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.spi.Availability;
import io.github.whisperspeedtest.spi.CheckpointReader;
import io.github.whisperspeedtest.spi.CheckpointWriter;
import io.github.whisperspeedtest.spi.ConfiguredImplementation;
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
 * OpenAI's own checkpoints, window after window as in OpenAI's program; on Apple's graphics processor where there is one, and elsewhere
 * on what there is, which every report says.
 */
public final class MpsImplementation extends ConfiguredImplementation {
    static final String ID = "mps";

    private static final OpenAiFormat FORMAT = new OpenAiFormat();

    /** Creates the provider; nothing native is loaded yet. */
    public MpsImplementation() {}

    @Override
    public String id() {
        return ID;
    }

    @Override
    public List<String> settings() {
        return TorchRuntime.settings();
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
        return TorchRuntime.ownLibraries(context());
    }

    @Override
    public Transcriber load(ModelFiles files, LoadOptions options) {
        TorchTranscribers transcribers = transcribers();
        TorchOptions torch = transcribers.options(options);
        Checkpoint checkpoint = FORMAT.read(files);
        return transcribers.sequential(files, checkpoint, options, torch);
    }

    private TorchTranscribers transcribers() {
        return new TorchTranscribers(ID, Set.of(TorchDevice.MPS), context());
    }
}
