package io.github.whisperspeedtest.torch;

import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.decoding.NetworkTranscriber;
import io.github.whisperspeedtest.spi.AbstractImplementation;
import io.github.whisperspeedtest.spi.Availability;
import io.github.whisperspeedtest.spi.Capabilities;
import io.github.whisperspeedtest.spi.CheckpointReader;
import io.github.whisperspeedtest.spi.CheckpointWriter;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.transcription.Transcriber;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Base for implementations on this engine, which differ in their models and in how they decode. */
public abstract class TorchImplementation extends AbstractImplementation {
    private final CheckpointReader reader;
    private final Set<TorchDevice> meantFor;

    /**
     * Creates an implementation; loads nothing native.
     *
     * @param decoding the supported transcription options and model formats; devices and compute types are added here
     * @param meantFor the devices that the implementation is for; results from another device carry a note
     */
    protected <F extends CheckpointReader & CheckpointWriter> TorchImplementation(
            String id, Capabilities.Builder decoding, F format, Set<TorchDevice> meantFor) {
        super(
                id,
                decoding.devices(Arrays.stream(TorchDevice.values())
                                .map(TorchDevice::option)
                                .toList())
                        .computeTypes(Arrays.stream(TorchPrecision.values())
                                .map(TorchPrecision::label)
                                .toList())
                        .build(),
                format,
                format);
        reader = format;
        this.meantFor = Set.copyOf(meantFor);
    }

    @Override
    public final List<String> settings() {
        return TorchRuntime.settings();
    }

    @Override
    public final Availability availability() {
        return TorchRuntime.availability(context(), meantFor);
    }

    @Override
    public final List<Path> engineFiles() {
        return TorchRuntime.ownLibraries(context());
    }

    @Override
    public final Transcriber load(ModelFiles files, LoadOptions options) {
        TorchTranscribers transcribers = new TorchTranscribers(id(), meantFor, context());
        TorchOptions torch = transcribers.options(options);
        Checkpoint checkpoint = reader.read(files);
        NetworkTranscriber.Builder transcriber = transcribers.transcriber(files, checkpoint, options, torch);
        complete(transcriber, torch.device());
        return transcriber.build();
    }

    /** Completes the transcriber, which otherwise decodes window by window. */
    protected void complete(NetworkTranscriber.Builder transcriber, TorchDevice device) {}
}
