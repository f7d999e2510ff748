package io.github.whisperspeedtest.coreml;

import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.error.UnsupportedOptionException;
import io.github.whisperspeedtest.onnx.OnnxNetwork;
import io.github.whisperspeedtest.onnx.graph.Precision;
import io.github.whisperspeedtest.onnx.session.OnnxRuntime;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.ModelFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * The processors that CoreML may use, selected by the device option.
 *
 * <p>Values: option {@code MLComputeUnits} of ONNX Runtime's CoreML provider.
 */
enum ComputeUnits {
    /** All compute units, chosen by CoreML. */
    ALL("coreml", "ALL", "CoreML (all compute units)"),
    /** Without the Neural Engine. */
    CPU_AND_GPU("coreml-gpu", "CPUAndGPU", "CoreML (CPU and GPU)"),
    /** Without the GPU. */
    CPU_AND_NEURAL_ENGINE("coreml-ane", "CPUAndNeuralEngine", "CoreML (CPU and Neural Engine)");

    private static final String CPU = "cpu";

    /** Width of the encoder of {@code medium}. */
    private static final int WIDE = 1024;

    private final String device;
    private final String value;
    private final String description;

    ComputeUnits(String device, String value, String description) {
        this.device = device;
        this.value = value;
        this.description = description;
    }

    /** Returns the values of the device option. */
    static List<String> devices() {
        List<String> devices = new ArrayList<>(List.of(CPU));
        Arrays.stream(values()).forEach(units -> devices.add(units.device));
        return devices;
    }

    /**
     * Returns the compute units for a model if the user does not choose.
     *
     * <p>The compiler for the Neural Engine takes minutes to hours for encoders as large as that of {@code medium}, and not only once:
     * 50 minutes for {@code large} on an M1 (ggml-org/whisper.cpp#773), 3.3 hours for each run of {@code medium.en} on an M1 Max (#937),
     * 109 seconds instead of 13 on an M4 (saurabhav88/EnviousWispr#879).
     */
    static ComputeUnits automatic(ModelDimensions dimensions) {
        return dimensions.nAudioState() < WIDE ? ALL : CPU_AND_GPU;
    }

    /**
     * Returns the compute units for a device, empty for the CPU provider.
     *
     * @param device {@link LoadOptions#AUTO} or one of {@link #devices()}
     * @param hasCoreMl whether the runtime has the provider
     * @throws UnsupportedOptionException if CoreML is requested but not available
     */
    static Optional<ComputeUnits> of(String device, boolean hasCoreMl) {
        if (device.equals(LoadOptions.AUTO)) {
            return hasCoreMl ? Optional.of(ALL) : Optional.empty();
        }
        Optional<ComputeUnits> wanted = Arrays.stream(values())
                .filter(units -> units.device.equals(device))
                .findFirst();
        if (wanted.isPresent() && !hasCoreMl) {
            throw new UnsupportedOptionException(
                    CoreMlImplementation.ID,
                    "device=" + device,
                    OnnxRuntime.COREML + " requires macOS. Use device auto or cpu.");
        }
        return wanted;
    }

    /** Returns the value of the device option. */
    String device() {
        return device;
    }

    String description() {
        return description;
    }

    /** Returns the value of the provider's option. */
    String value() {
        return value;
    }

    /** Identifies everything that a compiled model depends on: weights, precision, compute units, graph and runtime version. */
    String cacheKey(ModelFiles files, Precision precision) {
        StringBuilder identity = new StringBuilder(value
                + ' '
                + precision.label()
                + ' '
                + OnnxNetwork.ENCODER_REVISION
                + ' '
                + OnnxRuntime.get().version());
        try {
            for (Path file : files.byName().values()) {
                Path real = file.toRealPath();
                identity.append(' ').append(real).append(' ').append(Files.size(real));
                identity.append(' ').append(Files.getLastModifiedTime(real).toMillis());
            }
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(identity.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest).substring(0, 32);
        } catch (IOException e) {
            throw new ModelException(
                    "Model '" + files.model() + "' cannot be read: " + e + ". Check the disk and the file permissions.",
                    e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java runtime has SHA-256", e);
        }
    }
}
