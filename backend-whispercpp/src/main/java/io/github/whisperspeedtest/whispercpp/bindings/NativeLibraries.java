package io.github.whisperspeedtest.whispercpp.bindings;

import io.github.whisperspeedtest.error.RuntimeUnavailableException;
import io.github.whisperspeedtest.model.LibraryStore;
import io.github.whisperspeedtest.settings.Settings;
import io.github.whisperspeedtest.spi.ImplementationContext;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds the native libraries of whisper.cpp: the user's own, or those in the whisper-jni jar.
 *
 * @param directory directory of the libraries
 * @param whisper file of the library with the {@code whisper_} functions
 * @param ggml file of the ggml library, or null if the system finds it
 * @param engine name for reports, such as {@code whisper.cpp 1.7.1 (whisper-jni 1.7.1)}
 * @param remedy the next step if the libraries exist but do not load
 */
public record NativeLibraries(
        Path directory, Path whisper, @Nullable Path ggml, String engine, String remedy) {
    /** System property of whisper-jni that names a directory with the user's own libraries. */
    public static final String DIRECTORY_PROPERTY = "io.github.givimad.whisperjni.libdir";

    /** Environment variable for the same. */
    public static final String DIRECTORY_VARIABLE = "WHISPER_SPEEDTEST_WHISPERCPP_LIBDIR";

    private static final String OWN_BUILD_REMEDY =
            "Build whisper.cpp 1.7.1 there with shared libraries for this machine, or unset " + DIRECTORY_VARIABLE
                    + " and the system property " + DIRECTORY_PROPERTY + ".";

    private static final String BUNDLED_REMEDY =
            "Install the GNU OpenMP runtime (Debian and Ubuntu: apt install libgomp1), or set " + DIRECTORY_VARIABLE
                    + " to a directory with your own build of whisper.cpp 1.7.1.";

    private static final List<String> WHISPER_NAMES =
            List.of("libwhisper.so.1", "libwhisper.so", "libwhisper.1.dylib", "libwhisper.dylib");
    private static final List<String> GGML_NAMES = List.of("libggml.so", "libggml.dylib");

    /**
     * Finds the libraries. Unpacks the bundled ones on the first call.
     *
     * @throws RuntimeUnavailableException if this platform is not supported or the libraries cannot be unpacked
     * @throws IOException if the whisper-jni jar cannot be read
     */
    public static NativeLibraries find(ImplementationContext context) throws IOException {
        Optional<Path> own = ownDirectory(context.settings());
        return own.isPresent() ? ofDirectory(own.get()) : bundled(new LibraryStore(context.nativeLibraries()));
    }

    /** Returns the user's own libraries, none if the bundled ones are used. */
    public static List<Path> ownFiles(Settings settings) {
        return ownDirectory(settings).stream()
                .flatMap(directory -> Stream.of(WHISPER_NAMES, GGML_NAMES)
                        .flatMap(List::stream)
                        .map(directory::resolve))
                .toList();
    }

    private static Optional<Path> ownDirectory(Settings settings) {
        return settings.path(DIRECTORY_PROPERTY, DIRECTORY_VARIABLE)
                .map(directory -> directory.toAbsolutePath().normalize());
    }

    static NativeLibraries ofDirectory(Path directory) {
        Path absolute = directory.toAbsolutePath().normalize();
        Path whisper = firstExisting(absolute, WHISPER_NAMES);
        if (whisper == null) {
            throw new RuntimeUnavailableException(
                    "There is no " + String.join(" or ", WHISPER_NAMES) + " in " + absolute, OWN_BUILD_REMEDY, null);
        }
        return new NativeLibraries(
                absolute,
                whisper,
                firstExisting(absolute, GGML_NAMES),
                "whisper.cpp, own build in " + absolute + " (layout of 1.7.1)",
                OWN_BUILD_REMEDY);
    }

    private static @Nullable Path firstExisting(Path directory, List<String> names) {
        return names.stream()
                .map(directory::resolve)
                .filter(Files::isRegularFile)
                .findFirst()
                .orElse(null);
    }

    private static NativeLibraries bundled(LibraryStore store) throws IOException {
        Bundle bundle = Bundle.of(System.getProperty("os.name"), System.getProperty("os.arch"), cpuInfo());
        String version = whisperJniVersion();
        Path directory = store.unpack(
                "whisper.cpp",
                "whisper-jni-" + version + "-" + bundle.id(),
                Map.of(
                        bundle.ggmlFile(), resource(bundle.folder() + "/" + bundle.ggml()),
                        bundle.whisper(), resource(bundle.folder() + "/" + bundle.whisper())));
        return new NativeLibraries(
                directory,
                directory.resolve(bundle.whisper()),
                directory.resolve(bundle.ggmlFile()),
                "whisper.cpp " + version + " (whisper-jni " + version + ")",
                BUNDLED_REMEDY);
    }

    /** Returns the version of the whisper-jni jar, which equals the version of whisper.cpp in it. */
    static String whisperJniVersion() throws IOException {
        Properties properties = new Properties();
        try (InputStream in = resource("META-INF/maven/io.github.givimad/whisper-jni/pom.properties")
                .openStream()) {
            properties.load(in);
        }
        return properties.getProperty("version");
    }

    private static URL resource(String name) throws IOException {
        URL url = NativeLibraries.class.getClassLoader().getResource(name);
        if (url == null) {
            throw new FileNotFoundException("no " + name + " on the class path");
        }
        return url;
    }

    private static String cpuInfo() {
        try {
            return Files.readString(Path.of("/proc/cpuinfo"));
        } catch (IOException e) {
            return "";
        }
    }

    /**
     * The files for one platform in the whisper-jni jar.
     *
     * @param folder folder of the platform in the jar
     * @param whisper name of the whisper library, in the jar and on disk
     * @param ggml name of the ggml library in the jar, chosen by the features of the CPU
     * @param ggmlFile name by which the whisper library finds it
     */
    record Bundle(String folder, String whisper, String ggml, String ggmlFile) {
        static Bundle of(String osName, String osArch, String cpuInfo) {
            String os = osName.toLowerCase(Locale.ROOT);
            String arch = osArch.toLowerCase(Locale.ROOT);
            boolean arm64 = arch.equals("aarch64") || arch.equals("arm64");
            boolean amd64 = arch.equals("amd64") || arch.equals("x86_64");
            if (os.startsWith("mac") && (arm64 || amd64)) {
                return new Bundle(
                        arm64 ? "macos-arm64" : "macos-amd64", "libwhisper.1.dylib", "libggml.dylib", "libggml.dylib");
            }
            if (os.startsWith("linux") && amd64) {
                boolean fast = List.of(cpuInfo.split("\\s+")).containsAll(List.of("avx", "avx2", "fma", "f16c"));
                return linux("debian-amd64", fast ? "libggml+mf16c+mfma+mavx+mavx2.so" : "libggml.so");
            }
            if (os.startsWith("linux") && arm64) {
                // Every 64-bit ARM processor that Linux distributions support has the CRC extension.
                return linux("debian-arm64", cpuInfo.contains("fphp") ? "libggml+fp16.so" : "libggml+crc.so");
            }
            throw new RuntimeUnavailableException(
                    "whisper-jni has no whisper.cpp for " + osName + " on " + osArch + "",
                    "Use Linux or macOS on x86-64 or ARM64, or set " + DIRECTORY_VARIABLE
                            + " to a directory with your own build of whisper.cpp 1.7.1.",
                    null);
        }

        private static Bundle linux(String folder, String ggml) {
            return new Bundle(folder, "libwhisper.so.1", ggml, "libggml.so");
        }

        /** Returns a directory name that differs between the variants of one platform. */
        String id() {
            return folder
                    + ggml.replace("libggml", "")
                            .replaceAll("\\.(so|dylib)$", "")
                            .replace('+', '-');
        }
    }
}
