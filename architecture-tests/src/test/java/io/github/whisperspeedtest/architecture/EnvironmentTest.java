package io.github.whisperspeedtest.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Only the classes named here access the environment variables and system properties of the process.
 *
 * <p>Settings reach all others as parameters, so that two instances in one JVM can differ.
 */
@AnalyzeClasses(packages = MainCode.BASE, importOptions = MainCode.class)
class EnvironmentTest {
    private static final Set<String> SETTINGS =
            Set.of("getenv", "getProperties", "setProperty", "setProperties", "clearProperty");

    private static final Set<String> MAY_ACCESS_SETTINGS = Set.of(
            // The one snapshot that programs start from.
            "settings.Settings",
            // The command line: logging and colours, before any command runs.
            "cli.Main",
            "cli.Terminal",
            // Finds a program in the search path, as the system does.
            "program.SearchPath",
            // Sets properties while it loads libraries that cannot be configured in another way.
            "model.LibraryStore");

    /** Operating system, processor, encodings, class path and directory for temporary files. */
    private static final Set<String> MAY_READ_FACTS_OF_THE_JVM = Set.of(
            "benchmark.BenchmarkEnvironment",
            "benchmark.Chip",
            "benchmark.machine.FootprintMeter",
            "cli.ClassArchive",
            "cli.IsolatedRun",
            "cli.Main",
            "cli.ResultsOpenCommand",
            "cli.Terminal",
            "coreml.CoreMlImplementation",
            "mlx.bindings.MlxLibraries",
            "model.LibraryStore",
            "onnx.session.OnnxLibraries",
            "process.ChildJvm",
            "process.ChildMain",
            "process.ChildProcess",
            "process.ExitCodes",
            "process.SystemMemoryMeter",
            "program.SearchPath",
            "registry.BrokenJars",
            "system.HostSystem",
            "torch.DeviceProbe",
            "torch.KnownStart",
            "torch.TorchDevice",
            "torch.TorchLibraries",
            "verify.Fingerprint",
            "whispercpp.WhisperCppImplementation",
            "whispercpp.bindings.BundledLibraries");

    /** The test also fails for a listed class that no longer needs access, so the list only shrinks. */
    @ArchTest
    static void onlyListedClassesAccessSettings(JavaClasses classes) {
        assertThat(callersOf(classes, SETTINGS)).containsExactlyInAnyOrderElementsOf(MAY_ACCESS_SETTINGS);
    }

    @ArchTest
    static void onlyListedClassesReadJvmProperties(JavaClasses classes) {
        assertThat(callersOf(classes, Set.of("getProperty")))
                .containsExactlyInAnyOrderElementsOf(MAY_READ_FACTS_OF_THE_JVM);
    }

    private static Set<String> callersOf(JavaClasses classes, Set<String> methods) {
        return classes.stream()
                .flatMap(type -> type.getAccessesFromSelf().stream())
                .filter(access -> access.getTargetOwner().isEquivalentTo(System.class)
                        && methods.contains(access.getTarget().getName()))
                .map(access -> MainCode.nameOf(MainCode.outermost(access.getOriginOwner())))
                .collect(Collectors.toSet());
    }
}
