package io.github.whisperspeedtest.whispercpp;

import io.github.whisperspeedtest.error.RuntimeUnavailableException;
import io.github.whisperspeedtest.model.EngineStore;
import io.github.whisperspeedtest.model.LibraryStore;
import io.github.whisperspeedtest.spi.EngineOption;
import io.github.whisperspeedtest.spi.ImplementationContext;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.system.HostSystem;
import io.github.whisperspeedtest.whispercpp.bindings.BundledLibraries;
import io.github.whisperspeedtest.whispercpp.bindings.LibraryFiles;
import io.github.whisperspeedtest.whispercpp.bindings.LibraryFinder;
import io.github.whisperspeedtest.whispercpp.bindings.LibraryProbe;
import io.github.whisperspeedtest.whispercpp.bindings.LibraryReport;
import io.github.whisperspeedtest.whispercpp.bindings.WhisperRelease;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Chooses the library of whisper.cpp: the one that the user names, otherwise the newest on this machine. */
final class WhisperCppLibraries {
    /** The bundled library. */
    static final String BUNDLED = "bundled";

    /** The engine option that chooses. */
    static final EngineOption OPTION = new EngineOption(
            "library",
            "whisper.cpp to use: auto (the newest found), bundled, or a directory with libwhisper",
            EngineOption.Kind.PATH,
            List.of(LoadOptions.AUTO, BUNDLED));

    private static final String OWN_REMEDY =
            "Use a release from " + WhisperRelease.OLDEST + " to " + WhisperRelease.NEWEST
                    + ", built for this processor with shared libraries (whisper-speedtest engine build whispercpp --source DIR), or"
                    + " --engine-option library=bundled.";

    private static final String DIRECTORY_REMEDY = "Build whisper.cpp there with shared libraries, or unset "
            + LibraryFinder.DIRECTORY_VARIABLE + " and the system property " + LibraryFinder.DIRECTORY_PROPERTY + ".";

    private static final String BUNDLED_REMEDY =
            "Install the GNU OpenMP runtime (Debian and Ubuntu: apt install libgomp1), or set "
                    + LibraryFinder.DIRECTORY_VARIABLE + " to a directory with your own build of whisper.cpp.";

    private final ImplementationContext context;
    private final LibraryFinder finder;
    private final HostSystem system;
    private final LibraryProbe probe;

    WhisperCppLibraries(ImplementationContext context) {
        this(
                context,
                new LibraryFinder(
                        context.settings().paths().knowsHome()
                                ? context.settings().paths().home()
                                : null,
                        new EngineStore(context.engines())),
                HostSystem.current());
    }

    WhisperCppLibraries(ImplementationContext context, LibraryFinder finder, HostSystem system) {
        this.context = context;
        this.system = system;
        this.finder = finder;
        probe = new LibraryProbe(context);
    }

    /**
     * A library that can be used here.
     *
     * @param files its files
     * @param report what it says about itself
     * @param origin where it is from, such as {@code whisper-jni 1.7.1} or a directory
     * @param remedy what to do if it cannot be loaded after all
     * @param note why newer libraries are not used; empty if there are none
     */
    record Choice(LibraryFiles files, LibraryReport report, String origin, String remedy, String note) {
        /** Returns the engine for reports, such as {@code whisper.cpp 1.7.1 (whisper-jni 1.7.1)}. */
        String engine() {
            return "whisper.cpp " + report.version() + " (" + origin + ")";
        }

        private WhisperRelease release() {
            return WhisperRelease.parse(report.version()).orElse(WhisperRelease.OLDEST);
        }
    }

    /**
     * Chooses a library.
     *
     * @param requested the value of the option {@link #OPTION}
     * @throws RuntimeUnavailableException if the requested one, or the bundled one if nothing else is here, cannot be used
     */
    Choice choose(String requested) {
        system.requireNative();
        if (requested.equals(BUNDLED)) {
            return bundled("");
        }
        if (!requested.equals(LoadOptions.AUTO)) {
            return own(context.settings().paths().expand(requested), OWN_REMEDY);
        }
        Optional<Path> directory = LibraryFinder.requested(context.settings());
        return directory.isPresent() ? own(directory.get(), DIRECTORY_REMEDY) : newest();
    }

    /** Returns the user's own libraries that may be used, none if there is only the bundled one. */
    List<Path> ownFiles() {
        List<LibraryFiles> found = LibraryFinder.requested(context.settings())
                .map(directory -> LibraryFiles.in(directory).stream().toList())
                .orElseGet(finder::find);
        return found.stream().flatMap(files -> files.all().stream()).toList();
    }

    private Choice newest() {
        List<Choice> usable = new ArrayList<>();
        List<String> unusable = new ArrayList<>();
        for (LibraryFiles files : finder.find()) {
            try {
                usable.add(own(files, OWN_REMEDY));
            } catch (RuntimeUnavailableException e) {
                unusable.add(e.reason() + ".");
            }
        }
        String note = String.join(" ", unusable);
        return usable.stream()
                .max(Comparator.comparing(Choice::release))
                .filter(choice -> choice.release().compareTo(WhisperRelease.OLDEST) > 0)
                .map(choice -> new Choice(choice.files(), choice.report(), choice.origin(), choice.remedy(), note))
                .orElseGet(() -> bundled(note));
    }

    private Choice bundled(String note) {
        LibraryFiles files = BundledLibraries.unpack(new LibraryStore(context.nativeLibraries()));
        return new Choice(files, probe.report(files, BUNDLED_REMEDY), BundledLibraries.origin(), BUNDLED_REMEDY, note);
    }

    private Choice own(Path directory, String remedy) {
        LibraryFiles files = LibraryFiles.in(directory)
                .orElseThrow(() -> new RuntimeUnavailableException(
                        "There is no " + String.join(" or ", LibraryFiles.WHISPER_NAMES) + " in "
                                + directory.toAbsolutePath(),
                        remedy,
                        null));
        return own(files, remedy);
    }

    private Choice own(LibraryFiles files, String remedy) {
        return new Choice(files, probe.report(files, remedy), files.directory().toString(), remedy, "");
    }
}
