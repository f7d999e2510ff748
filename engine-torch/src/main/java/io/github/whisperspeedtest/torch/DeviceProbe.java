package io.github.whisperspeedtest.torch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.whisperspeedtest.files.AtomicFiles;
import io.github.whisperspeedtest.lifecycle.SetupNotice;
import io.github.whisperspeedtest.process.ChildJvm;
import io.github.whisperspeedtest.process.ChildOutcome;
import io.github.whisperspeedtest.provenance.Hashes;
import io.github.whisperspeedtest.spi.ImplementationContext;
import io.github.whisperspeedtest.spi.LoadOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares a device with the CPU in a child JVM, because a fault of a GPU's library can end the process.
 *
 * <p>The answers are kept for the versions of PyTorch, the operating system and the program. If there was no answer, the device is tried
 * again in the next process: it may have had too little memory.
 */
final class DeviceProbe {
    private static final Logger LOG = LoggerFactory.getLogger(DeviceProbe.class);

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final Duration TIME_LIMIT = Duration.ofMinutes(2);

    private final ImplementationContext context;
    private final String engine;

    /**
     * Creates a probe that keeps its answers in the cache directory of a context.
     *
     * @param engine the version and the build of PyTorch
     */
    DeviceProbe(ImplementationContext context, String engine) {
        this.context = context;
        this.engine = engine;
    }

    /** Returns why a device cannot be used with a precision, without a full stop; empty if it works. */
    Optional<String> problem(TorchDevice device, TorchPrecision precision) {
        Path kept = context.cache().resolve("torch-devices").resolve(identity(device, precision) + ".json");
        DeviceProbeTask.Answer known = read(kept);
        if (known != null) {
            return Optional.ofNullable(known.problem());
        }
        SetupNotice.announce("comparing " + device.description() + " with the CPU (once)");
        ChildOutcome<DeviceProbeTask.Answer> outcome = ChildJvm.builder()
                .properties(context.settings().properties())
                .timeLimit(TIME_LIMIT)
                .build()
                .run(
                        DeviceProbeTask.class,
                        new DeviceProbeTask.Input(
                                device,
                                precision,
                                LoadOptions.defaultThreads(),
                                context.nativeLibraries(),
                                context.cache(),
                                context.engines()));
        if (outcome instanceof ChildOutcome.Completed<DeviceProbeTask.Answer> completed) {
            keep(kept, completed.value());
            return Optional.ofNullable(completed.value().problem());
        }
        LOG.debug("{} was not compared with the CPU: {}", device, outcome);
        return Optional.of(TorchProgram.firstSentence(outcome.describe()));
    }

    private static DeviceProbeTask.@Nullable Answer read(Path file) {
        try {
            return JSON.readValue(Files.readAllBytes(file), DeviceProbeTask.Answer.class);
        } catch (JsonProcessingException e) {
            LOG.debug("{} is damaged", file, e);
        } catch (IOException e) {
            LOG.debug("There is no {}", file, e);
        }
        return null;
    }

    private static void keep(Path file, DeviceProbeTask.Answer answer) {
        try {
            Files.createDirectories(file.getParent());
            AtomicFiles.write(file, JSON.writeValueAsBytes(answer));
        } catch (IOException e) {
            LOG.debug("Cannot keep the answer {}", file, e);
        }
    }

    /** Returns a name for everything that the answer depends on. */
    private String identity(TorchDevice device, TorchPrecision precision) {
        Stream<String> machine =
                Stream.of("os.name", "os.version", "os.arch").map(name -> name + " " + System.getProperty(name));
        Stream<String> libraries =
                TorchLibraries.ownFiles(context.settings()).stream().map(Path::toString);
        return Hashes.sha256(
                Stream.of(Stream.of(device.name(), precision.name(), engine, TorchProgram.source()), machine, libraries)
                        .flatMap(lines -> lines)
                        .collect(Collectors.joining("\n")));
    }
}
