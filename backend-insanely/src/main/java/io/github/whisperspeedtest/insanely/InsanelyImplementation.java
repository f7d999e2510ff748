package io.github.whisperspeedtest.insanely;

import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.decoding.ChunkedOptions;
import io.github.whisperspeedtest.model.HuggingFaceFormat;
import io.github.whisperspeedtest.model.HuggingFaceModels;
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
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * OpenAI's models from Hugging Face, with long recordings decoded in batches of overlapping chunks, as in
 * insanely-fast-whisper; on a GPU if available.
 */
public final class InsanelyImplementation implements Implementation {
    static final String ID = "insanely";

    private static final HuggingFaceFormat FORMAT = new HuggingFaceFormat();

    /** For Apple's GPU, which shares its memory with the CPU; source: {@code insanely.py} of mac-whisper-speedtest. */
    private static final Duration CHUNK_LENGTH_ON_MPS = Duration.ofSeconds(20);

    /** Creates the provider; nothing native is loaded yet. */
    public InsanelyImplementation() {}

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
        return HuggingFaceModels.in(modelsDirectory, ID);
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
        return transcribers.chunked(files, checkpoint, options, torch, chunks(torch.device()));
    }

    private static ChunkedOptions chunks(TorchDevice device) {
        ChunkedOptions defaults = ChunkedOptions.defaults();
        return device == TorchDevice.MPS ? defaults.withChunkLength(CHUNK_LENGTH_ON_MPS) : defaults;
    }

    private static TorchTranscribers transcribers() {
        return new TorchTranscribers(ID, Set.of(TorchDevice.MPS, TorchDevice.CUDA));
    }
}
