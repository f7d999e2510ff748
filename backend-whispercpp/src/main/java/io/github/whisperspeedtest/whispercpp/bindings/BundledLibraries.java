package io.github.whisperspeedtest.whispercpp.bindings;

import io.github.whisperspeedtest.error.RuntimeUnavailableException;
import io.github.whisperspeedtest.model.LibraryStore;
import io.github.whisperspeedtest.system.HostSystem;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;

/** The libraries of whisper.cpp in the whisper-jni jar, which are unpacked on first use. */
public final class BundledLibraries {
    private BundledLibraries() {}

    /**
     * Returns the libraries for this machine. Unpacks them on the first call.
     *
     * @throws RuntimeUnavailableException if there are none for this platform, or they cannot be unpacked
     */
    public static LibraryFiles unpack(LibraryStore store) {
        Bundle bundle = Bundle.of(
                System.getProperty("os.name"),
                System.getProperty("os.arch"),
                HostSystem.current().processorFeatures());
        try {
            Path directory = store.unpack(
                    "whisper.cpp",
                    "whisper-jni-" + version() + "-" + bundle.id(),
                    Map.of(
                            bundle.ggmlFile(), resource(bundle.folder() + "/" + bundle.ggml()),
                            bundle.whisper(), resource(bundle.folder() + "/" + bundle.whisper())));
            return new LibraryFiles(
                    directory.resolve(bundle.whisper()), List.of(directory.resolve(bundle.ggmlFile())), List.of());
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    /** Returns the origin for reports, such as {@code whisper-jni 1.7.1}. */
    public static String origin() {
        return "whisper-jni " + version();
    }

    private static String version() {
        try {
            return whisperJniVersion();
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private static RuntimeUnavailableException unreadable(IOException e) {
        return new RuntimeUnavailableException(
                "Cannot read the whisper-jni jar, which contains whisper.cpp: " + e.getMessage(),
                "Put io.github.givimad:whisper-jni on the class path, whole and unchanged.",
                e);
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
        URL url = BundledLibraries.class.getClassLoader().getResource(name);
        if (url == null) {
            throw new FileNotFoundException("no " + name + " on the class path");
        }
        return url;
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
        /** What the library for Macs with Intel processors uses without asking, in the names of {@code machdep.cpu}. */
        private static final List<String> NEEDED_ON_INTEL_MACS = List.of("AVX1.0", "AVX2", "FMA", "F16C");

        /**
         * Chooses the files.
         *
         * @param features the features of the processor as the system lists them; empty if unknown
         * @throws RuntimeUnavailableException if there are none for this platform, or the processor lacks what they need
         */
        static Bundle of(String osName, String osArch, String features) {
            String os = osName.toLowerCase(Locale.ROOT);
            String arch = osArch.toLowerCase(Locale.ROOT);
            boolean arm64 = arch.equals("aarch64") || arch.equals("arm64");
            boolean amd64 = arch.equals("amd64") || arch.equals("x86_64");
            if (os.startsWith("mac") && amd64) {
                requireForIntelMacs(words(features));
            }
            if (os.startsWith("mac") && (arm64 || amd64)) {
                return new Bundle(
                        arm64 ? "macos-arm64" : "macos-amd64", "libwhisper.1.dylib", "libggml.dylib", "libggml.dylib");
            }
            if (os.startsWith("linux") && amd64) {
                boolean fast = words(features).containsAll(List.of("avx", "avx2", "fma", "f16c"));
                return linux("debian-amd64", fast ? "libggml+mf16c+mfma+mavx+mavx2.so" : "libggml.so");
            }
            if (os.startsWith("linux") && arm64) {
                // Every 64-bit ARM processor that Linux distributions support has the CRC extension.
                return linux("debian-arm64", features.contains("fphp") ? "libggml+fp16.so" : "libggml+crc.so");
            }
            throw new RuntimeUnavailableException(
                    "whisper-jni has no whisper.cpp for " + osName + " on " + osArch,
                    "Use Linux or macOS on x86-64 or ARM64, or set " + LibraryFinder.DIRECTORY_VARIABLE
                            + " to a directory with your own build of whisper.cpp.",
                    null);
        }

        private static List<String> words(String features) {
            return features.isBlank() ? List.of() : List.of(features.strip().split("\\s+"));
        }

        /** An instruction that the processor does not have would end the process. */
        private static void requireForIntelMacs(List<String> features) {
            List<String> missing = NEEDED_ON_INTEL_MACS.stream()
                    .filter(feature -> !features.contains(feature))
                    .toList();
            if (!features.isEmpty() && !missing.isEmpty()) {
                throw new RuntimeUnavailableException(
                        "The whisper.cpp of whisper-jni for Macs with Intel processors needs AVX, AVX2, FMA and F16C, and this processor lacks "
                                + String.join(", ", missing),
                        "Set " + LibraryFinder.DIRECTORY_VARIABLE
                                + " to a directory with your own build of whisper.cpp.",
                        null);
            }
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
