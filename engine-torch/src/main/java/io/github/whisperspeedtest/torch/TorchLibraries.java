package io.github.whisperspeedtest.torch;

import ai.djl.util.Platform;
import io.github.whisperspeedtest.error.RuntimeUnavailableException;
import io.github.whisperspeedtest.model.LibraryStore;
import io.github.whisperspeedtest.settings.Settings;
import io.github.whisperspeedtest.settings.UserPaths;
import io.github.whisperspeedtest.spi.ImplementationContext;
import io.github.whisperspeedtest.system.HostSystem;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds the native libraries of PyTorch: the user's own, or those on the class path, which are unpacked first.
 *
 * <p>DJL itself would unpack them into its own cache, which is not safe for concurrent processes, and would download
 * missing ones. Therefore everything is in place before DJL looks for it.
 *
 * @param settings system properties with which DJL finds the libraries
 * @param remedy the next step if the libraries exist but do not load
 */
record TorchLibraries(Map<String, String> settings, String remedy) {
    /** DJL's environment variable or system property for a directory with the user's own libraries. */
    static final String DIRECTORY = "PYTORCH_LIBRARY_PATH";

    /** DJL's environment variable or system property for the build variant of the libraries: {@code cpu} or {@code cu128}. */
    static final String FLAVOR = "PYTORCH_FLAVOR";

    private static final String VERSION = "PYTORCH_VERSION";

    /** {@code minos} of DJL's bridge; PyTorch's own is 11. */
    private static final int OLDEST_MACOS = 15;

    /** The newest symbol of glibc that DJL's bridge links. */
    private static final int OLDEST_GLIBC_ON_ARM64 = 32;

    private static final String CACHE = "ENGINE_CACHE_DIR";
    private static final String GROUP = "ai.djl.pytorch";

    /** The variant without any GPU. */
    static final String CPU = "cpu";

    /** What DJL reads about the libraries of PyTorch on the class path. */
    static final String NATIVE_PROPERTIES = "native/lib/pytorch.properties";

    /** What DJL reads about its bridge to PyTorch on the class path. */
    static final String JNI_PROPERTIES = "jnilib/pytorch.properties";

    private static final String LIBRARY = System.mapLibraryName("torch");
    private static final String BRIDGE = System.mapLibraryName("djl_torch");

    private static final List<String> OWN_NAMES = Stream.of("torch", "torch_cpu", "torch_cuda", "c10", "djl_torch")
            .map(System::mapLibraryName)
            .toList();

    /** Platforms with a bridge in DJL 0.35.1; libraries are published only for these. */
    private static final List<String> CLASSIFIERS =
            List.of("linux-x86_64", "linux-aarch64", "osx-aarch64", "win-x86_64");

    /**
     * Finds the libraries, unpacking those of the class path where that has not been done.
     *
     * @throws RuntimeUnavailableException if there are none for this platform, they do not fit together, or they cannot be unpacked
     * @throws IOException if the class path cannot be read
     */
    static TorchLibraries find(ImplementationContext context) throws IOException {
        HostSystem.current().requireNative();
        String classifier = classifier(System.getProperty("os.name"), System.getProperty("os.arch"), memoryMap());
        Platform platform = Platform.detectPlatform("pytorch");
        if (platform.getApiVersion() == null) {
            throw new RuntimeUnavailableException(
                    "DJL's engine for PyTorch is not on the class path",
                    "Put " + GROUP + ":pytorch-engine there, in the version of ai.djl:api.",
                    null);
        }
        String own = setting(context.settings(), DIRECTORY);
        return own == null
                ? bundled(platform, classifier, new LibraryStore(context.nativeLibraries()))
                : own(own, platform, classifier, context);
    }

    /** Uses the libraries on the class path. If there are several, DJL prefers those for CUDA if a device is present. */
    private static TorchLibraries bundled(Platform platform, String classifier, LibraryStore store) throws IOException {
        requireSystem(classifier, HostSystem.current());
        String version = platform.getVersion();
        String flavor = platform.getFlavor();
        if (platform.isPlaceholder()) {
            throw new RuntimeUnavailableException(
                    "The libraries of PyTorch for " + classifier + " are not on the class path",
                    "Put " + GROUP + ":pytorch-native-cpu:" + release(version) + ":" + classifier + " there.",
                    null);
        }
        Map<String, URL> resources = new LinkedHashMap<>();
        for (String library : platform.getLibraries()) {
            String name = "pytorch/" + flavor + "/" + classifier + "/" + library;
            URL url = resource(name);
            if (url == null) {
                throw new RuntimeUnavailableException(
                        "There is no " + name + " on the class path, which its " + NATIVE_PROPERTIES + " lists",
                        "Put " + GROUP + ":pytorch-native-" + flavor + ":" + release(version) + ":" + classifier
                                + " there, whole and unchanged.",
                        null);
            }
            resources.put(library, url);
        }
        resources.put(BRIDGE, bridge(platform, version, flavor, classifier));
        Path directory = store.unpack(
                "PyTorch",
                "pytorch-" + version + "-" + flavor + "-" + classifier + "-djl-" + platform.getApiVersion(),
                resources);
        return new TorchLibraries(Map.of(DIRECTORY, directory.toString(), FLAVOR, flavor), remedyOf(classifier));
    }

    private static TorchLibraries own(String path, Platform platform, String classifier, ImplementationContext context)
            throws IOException {
        Settings settings = context.settings();
        String remedy =
                "Put the libraries of PyTorch " + release(platform.getVersion()) + " there, and " + BRIDGE + " of "
                        + bridgeArtifact(platform, platform.getVersion()) + " beside them, or unset " + DIRECTORY + ".";
        if (path.equals(settings.variable(DIRECTORY).orElse(null)) && path.startsWith("~")) {
            throw new RuntimeUnavailableException(
                    DIRECTORY + " is '" + path + "', which DJL reads too and does not understand",
                    "Write the whole path in place of the ~.",
                    null);
        }
        Path directory = directories(path, settings.paths())
                .filter(entry -> Files.isRegularFile(entry.resolve(LIBRARY)))
                .findFirst()
                .orElseThrow(() -> new RuntimeUnavailableException(
                        "There is no " + LIBRARY + " in '" + path + "', to which " + DIRECTORY + " is set",
                        remedy,
                        null));
        String flavor = setting(settings, FLAVOR, CPU);
        if (!Files.exists(directory.resolve(platform.getApiVersion() + "-" + BRIDGE))
                && !Files.exists(directory.resolve(BRIDGE))) {
            String version = setting(settings, VERSION, platform.getVersion());
            bridge(platform, version, flavor, classifier);
        }
        return new TorchLibraries(
                Map.of(
                        DIRECTORY, directory.toString(),
                        FLAVOR, flavor,
                        CACHE, context.nativeLibraries().toString()),
                remedy);
    }

    /** Splits a path as DJL does: each entry is a directory or PyTorch's main library in it. */
    private static Stream<Path> directories(String path, UserPaths paths) {
        return Arrays.stream(path.split(File.pathSeparator))
                .map(paths::expand)
                .map(entry -> entry.endsWith(LIBRARY) ? entry.toAbsolutePath().getParent() : entry);
    }

    /** Returns the user's own libraries, none if those on the class path are used. */
    static List<Path> ownFiles(Settings settings) {
        String own = setting(settings, DIRECTORY);
        return own == null
                ? List.of()
                : directories(own, settings.paths())
                        .flatMap(directory -> OWN_NAMES.stream().map(directory::resolve))
                        .toList();
    }

    /** Returns whether settings choose other libraries than those of the class path. */
    static boolean areChosenByUser(Settings settings) {
        return Stream.of(DIRECTORY, FLAVOR, VERSION).anyMatch(name -> setting(settings, name) != null);
    }

    /** DJL's order: the environment first. */
    private static @Nullable String setting(Settings settings, String name) {
        return settings.variable(name).or(() -> settings.property(name)).orElse(null);
    }

    private static String setting(Settings settings, String name, String preset) {
        String value = setting(settings, name);
        return value == null || value.isEmpty() ? preset : value;
    }

    /** Returns the JNI library between DJL and PyTorch, which must match both. */
    private static URL bridge(Platform platform, String version, String flavor, String classifier) throws IOException {
        String wanted = release(version) + "-" + platform.getApiVersion();
        String remedy = "Put " + bridgeArtifact(platform, version) + " on the class path, and no other version.";
        URL properties = resource(JNI_PROPERTIES);
        if (properties == null) {
            throw new RuntimeUnavailableException(
                    "The library between DJL and PyTorch is not on the class path", remedy, null);
        }
        String actual = load(properties).getProperty("jni_version", "one without a version");
        String name = "jnilib/" + classifier + "/" + flavor + "/" + BRIDGE;
        URL url = resource(name);
        if (!actual.startsWith(wanted) || url == null) {
            throw new RuntimeUnavailableException(
                    "The library between DJL and PyTorch has to be " + wanted + " with " + name
                            + ", but on the class path is " + actual + (url == null ? " without that file" : ""),
                    remedy,
                    null);
        }
        return url;
    }

    /** Reads properties of the class path. */
    static Properties load(URL properties) throws IOException {
        Properties found = new Properties();
        try (InputStream in = properties.openStream()) {
            found.load(in);
        }
        return found;
    }

    private static String bridgeArtifact(Platform platform, String version) {
        return GROUP + ":pytorch-jni:" + release(version) + "-" + platform.getApiVersion();
    }

    /**
     * Returns DJL's name of a platform.
     *
     * @param memoryMap the memory map of this process on Linux
     * @throws RuntimeUnavailableException if PyTorch is not published for it
     */
    static String classifier(String osName, String osArch, String memoryMap) {
        String os =
                osName.startsWith("Win") ? "win" : osName.startsWith("Mac") ? "osx" : osName.toLowerCase(Locale.ROOT);
        String classifier = os + "-" + (osArch.equals("amd64") ? "x86_64" : osArch);
        boolean musl = memoryMap.contains("/ld-musl-");
        if (!CLASSIFIERS.contains(classifier) || musl) {
            throw new RuntimeUnavailableException(
                    "PyTorch is not published for " + osName + " on " + osArch
                            + (musl ? " with musl, the C library of this JVM" : ""),
                    "Use Linux with glibc (x86-64, ARM64), macOS on Apple silicon, or Windows on x86-64.",
                    null);
        }
        return classifier;
    }

    private static String memoryMap() {
        try {
            return Files.readString(Path.of("/proc/self/maps"));
        } catch (IOException e) {
            return "";
        }
    }

    /** Checks what DJL's bridge requires, which is newer than what PyTorch itself requires. */
    static void requireSystem(String classifier, HostSystem system) {
        system.requireMacOs("PyTorch", OLDEST_MACOS);
        if (classifier.equals("linux-aarch64")) {
            system.requireGlibc("PyTorch", OLDEST_GLIBC_ON_ARM64);
        }
    }

    /**
     * Returns the requirements of the files. On Linux the versions are those of the symbols that they link; the C library of ARM64 is
     * the bridge's. The version of macOS is the one that the bridge is built for ({@code minos} in {@code LC_BUILD_VERSION}); PyTorch
     * itself is built for macOS 11.
     */
    static String remedyOf(String classifier) {
        String needs = switch (classifier) {
            case "linux-x86_64" -> "They need glibc 2.29 and libstdc++ 3.4.26 (GCC 9) or later. Update the system";
            case "linux-aarch64" -> "They need glibc 2.32 and libstdc++ 3.4.26 (GCC 9) or later. Update the system";
            case "osx-aarch64" -> "They need macOS 15 or later. Update the system";
            default -> "They need the Visual C++ runtime of 2015 or later. Install it";
        };
        return needs + ", or set " + DIRECTORY + " to a directory with libraries that fit.";
    }

    /** Returns a version without the date of the build, so {@code 2.7.1} for {@code 2.7.1-20250812}. */
    static String release(String version) {
        return version.replaceFirst("-.*", "");
    }

    private static @Nullable URL resource(String name) {
        return TorchLibraries.class.getClassLoader().getResource(name);
    }
}
