package io.github.whisperspeedtest.torch;

import io.github.whisperspeedtest.lifecycle.SetupNotice;
import io.github.whisperspeedtest.model.LibraryReports;
import io.github.whisperspeedtest.process.ChildJvm;
import io.github.whisperspeedtest.process.ChildOutcome;
import io.github.whisperspeedtest.spi.ImplementationContext;
import io.github.whisperspeedtest.spi.LoadOptions;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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

    private static final Duration TIME_LIMIT = Duration.ofMinutes(2);

    private final ImplementationContext context;
    private final String engine;
    private final LibraryReports<DeviceProbeTask.Answer> answers;

    /**
     * Creates a probe that keeps its answers in the cache directory of a context.
     *
     * @param engine the version and the build of PyTorch
     */
    DeviceProbe(ImplementationContext context, String engine) {
        this.context = context;
        this.engine = engine;
        answers = new LibraryReports<>(context.cache(), DeviceProbeTask.Answer.class);
    }

    /** Returns why a device cannot be used with a precision, without a full stop; empty if it works. */
    Optional<String> problem(TorchDevice device, TorchPrecision precision) {
        String identity = identity(device, precision);
        Optional<DeviceProbeTask.Answer> known = answers.find(identity);
        if (known.isPresent()) {
            return Optional.ofNullable(known.get().problem());
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
            answers.keep(identity, completed.value());
            return Optional.ofNullable(completed.value().problem());
        }
        LOG.debug("{} was not compared with the CPU: {}", device, outcome);
        return Optional.of(TorchProgram.firstSentence(outcome.describe()));
    }

    /** Returns a name for everything that the answer depends on. */
    private String identity(TorchDevice device, TorchPrecision precision) {
        Stream<String> machine =
                Stream.of("os.name", "os.version", "os.arch").map(name -> name + " " + System.getProperty(name));
        String libraries = LibraryReports.identity(TorchLibraries.ownFiles(context.settings()));
        return Stream.of(Stream.of(device.name(), precision.name(), engine, TorchProgram.source(), libraries), machine)
                .flatMap(lines -> lines)
                .collect(Collectors.joining("\n"));
    }
}
