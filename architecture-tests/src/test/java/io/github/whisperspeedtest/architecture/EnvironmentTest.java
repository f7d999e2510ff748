package io.github.whisperspeedtest.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaAccess;
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
    private static final Set<String> METHODS =
            Set.of("getenv", "getProperty", "getProperties", "setProperty", "setProperties", "clearProperty");

    private static final Set<String> ALLOWED = Set.of(
            // Read the search path and the settings of this program.
            "audio.Ffmpeg",
            "cli.Terminal",
            "files.UserPaths",
            "hub.HubSettings",
            "hub.OfflineMode",
            "model.ToolHome",
            "process.ChildMain",
            // Read facts of the machine and of the JVM: operating system, processor, encodings, class path.
            "benchmark.BenchmarkEnvironment",
            "benchmark.Chip",
            "mlx.bindings.MlxLibraries",
            "onnx.session.OnnxLibraries",
            "process.ChildJvm",
            "process.ChildProcess",
            "process.ExitCodes",
            "process.PeakMemory",
            "registry.BrokenJars",
            "torch.TorchDevice",
            "torch.TorchLibraries",
            "verify.Fingerprint",
            "whispercpp.bindings.NativeLibraries",
            // Set properties for libraries that take their settings from nowhere else.
            "cli.CommonOptions",
            "cli.Main",
            "model.LibraryStore",
            "onnx.session.OnnxRuntime",
            "torch.TorchRuntime");

    /** A class that no longer needs its line fails, too, so the list only shrinks. */
    @ArchTest
    static void onlyListedClassesAccessTheEnvironment(JavaClasses classes) {
        Set<String> found = classes.stream()
                .flatMap(type -> type.getAccessesFromSelf().stream())
                .filter(EnvironmentTest::isToTheEnvironment)
                .map(access -> outermost(access.getOriginOwner().getName()))
                .collect(Collectors.toSet());
        assertThat(found).containsExactlyInAnyOrderElementsOf(ALLOWED);
    }

    private static boolean isToTheEnvironment(JavaAccess<?> access) {
        return access.getTargetOwner().isEquivalentTo(System.class)
                && METHODS.contains(access.getTarget().getName());
    }

    private static String outermost(String type) {
        return type.substring(MainCode.BASE.length() + 1).replaceFirst("\\$.*", "");
    }
}
