package io.github.whisperspeedtest.onnx.session;

import ai.onnxruntime.OrtEnvironment;
import io.github.whisperspeedtest.error.RuntimeUnavailableException;
import io.github.whisperspeedtest.model.LibraryStore;
import io.github.whisperspeedtest.spi.ImplementationContext;
import io.github.whisperspeedtest.system.HostSystem;
import java.io.IOException;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Finds the native libraries of ONNX Runtime: the user's own build, or those on the class path, which are unpacked
 * first.
 *
 * <p>ONNX Runtime itself would unpack them into a new temporary directory at every start, and leave them there when the
 * process is killed.
 */
final class OnnxLibraries {
    /** System property of ONNX Runtime that names a directory with the user's own libraries. */
    static final String DIRECTORY_PROPERTY = "onnxruntime.native.path";

    /** Environment variable that stops ONNX Runtime from collecting telemetry, read when its environment is created. */
    static final String NO_TELEMETRY_VARIABLE = "ORT_DISABLE_TELEMETRY";

    private static final String MAIN_LIBRARY = System.mapLibraryName("onnxruntime");

    private static final List<String> NAMES = List.of(
            MAIN_LIBRARY,
            System.mapLibraryName("onnxruntime4j_jni"),
            System.mapLibraryName("onnxruntime_providers_shared"));

    /** {@code minos} in the load commands of both libraries for macOS in the jar of 1.28.0. */
    private static final int OLDEST_MACOS = 14;

    private static final String BUILD_INFO = "ORT Build Info: ";
    private static final int MAX_BUILD_INFO = 1000;

    private OnnxLibraries() {}

    /**
     * Returns the directory of the libraries, unpacking those on the class path where that has not been done.
     *
     * @throws RuntimeUnavailableException if there are none for this platform, they cannot be unpacked, or they send telemetry
     * @throws IOException if the libraries cannot be read
     */
    static Path find(ImplementationContext context) throws IOException {
        String own = context.settings().property(DIRECTORY_PROPERTY).orElse(null);
        String version = OrtEnvironment.class.getPackage().getImplementationVersion();
        Path directory = own == null ? bundled(version, new LibraryStore(context.nativeLibraries())) : Path.of(own);
        if (!isFreeOfTelemetry(version) || own != null) {
            refuseTelemetry(
                    directory.resolve(MAIN_LIBRARY),
                    context.settings().variable(NO_TELEMETRY_VARIABLE).orElse(null));
        }
        return directory;
    }

    private static Path bundled(@Nullable String version, LibraryStore store) {
        HostSystem.current().requireMacOs("ONNX Runtime", OLDEST_MACOS);
        String platform = platform(System.getProperty("os.name"), System.getProperty("os.arch"));
        Map<String, URL> resources = new LinkedHashMap<>();
        for (String name : NAMES) {
            URL url = OrtEnvironment.class.getResource("native/" + platform + "/" + name);
            if (url != null) {
                resources.put(name, url);
            }
        }
        if (!resources.containsKey(MAIN_LIBRARY)) {
            throw new RuntimeUnavailableException(
                    "ONNX Runtime has no library for " + platform, OnnxRuntime.PLATFORMS, null);
        }
        return store.unpack(
                "ONNX Runtime",
                "onnxruntime-" + Objects.requireNonNullElse(version, "unknown") + "-" + platform,
                resources);
    }

    /** Returns whether the processor is an ARM64 one. */
    static boolean isArm64() {
        return System.getProperty("os.arch").equals("aarch64");
    }

    /** Returns how the jar of ONNX Runtime calls a platform. */
    static String platform(String osName, String osArch) {
        String os = osName.startsWith("Mac") ? "osx" : osName.startsWith("Win") ? "win" : "linux";
        String arch = osArch.equals("amd64") || osArch.equals("x86_64") ? "x64" : osArch;
        return os + "-" + arch;
    }

    /**
     * Returns whether a released version is known to have no telemetry outside Windows, where it goes no further than the system's event
     * tracing: 1.29.0 is the first that sends it over the network (microsoft/onnxruntime#27379).
     */
    static boolean isFreeOfTelemetry(@Nullable String version) {
        return version != null && version.matches("1\\.(1?\\d|2[0-8])\\..*");
    }

    /**
     * Throws if a library sends telemetry and the environment does not forbid it.
     *
     * @param setting the value of {@value #NO_TELEMETRY_VARIABLE}, or null
     */
    static void refuseTelemetry(Path library, @Nullable String setting) throws IOException {
        if (!"1".equals(setting) && positionOf(library, NO_TELEMETRY_VARIABLE) >= 0) {
            throw new RuntimeUnavailableException(
                    "This build of ONNX Runtime sends telemetry: " + library,
                    "Use com.microsoft.onnxruntime:onnxruntime:1.28.0, or start Java with the environment variable "
                            + NO_TELEMETRY_VARIABLE + "=1.",
                    null);
        }
    }

    /**
     * Returns what the library says about its build, such as {@code git-branch=HEAD, git-commit-id=da9b5e364c, build type=Release}; empty
     * if it says nothing.
     *
     * <p>ONNX Runtime's C interface returns this text, its Java interface does not. Source: {@code GetBuildInfoString} of
     * {@code onnxruntime_c_api.h}.
     */
    static String buildInfo(Path directory) throws IOException {
        Path library = directory.resolve(MAIN_LIBRARY);
        long start = positionOf(library, BUILD_INFO);
        if (start < 0) {
            return "";
        }
        try (FileChannel channel = FileChannel.open(library)) {
            ByteBuffer bytes = ByteBuffer.allocate(MAX_BUILD_INFO);
            channel.read(bytes, start + BUILD_INFO.length());
            String text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.ISO_8859_1);
            return text.replaceFirst("(?s)[^ -~].*", "").strip();
        }
    }

    /** Returns where a file has an ASCII text, -1 for nowhere (Horspool, 1980: each step skips as far as the last character allows). */
    private static long positionOf(Path file, String text) throws IOException {
        byte[] wanted = text.getBytes(StandardCharsets.US_ASCII);
        int last = wanted.length - 1;
        int[] skip = new int[256];
        Arrays.fill(skip, wanted.length);
        for (int i = 0; i < last; i++) {
            skip[wanted[i]] = last - i;
        }
        try (FileChannel channel = FileChannel.open(file)) {
            ByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
            ByteBuffer pattern = ByteBuffer.wrap(wanted);
            for (int end = last; end < bytes.limit(); end += skip[bytes.get(end) & 0xff]) {
                if (bytes.get(end) == wanted[last]
                        && bytes.slice(end - last, wanted.length).equals(pattern)) {
                    return end - last;
                }
            }
            return -1;
        }
    }
}
