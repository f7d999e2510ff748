package io.github.whisperspeedtest.torch;

import ai.djl.engine.Engine;
import ai.djl.pytorch.engine.PtEngine;
import io.github.whisperspeedtest.model.LibraryReports;
import io.github.whisperspeedtest.spi.ImplementationContext;
import io.github.whisperspeedtest.system.HostSystem;
import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is known from an earlier start of PyTorch with the same libraries on the same system. A start takes half a second, which is most of
 * the time to list the implementations.
 *
 * <p>Only the libraries for the CPU alone, from the class path, say enough: with others, a device may have come or gone since.
 */
final class KnownStart {
    private static final Logger LOG = LoggerFactory.getLogger(KnownStart.class);

    private static final List<String> RESOURCES =
            List.of(TorchLibraries.NATIVE_PROPERTIES, TorchLibraries.JNI_PROPERTIES);

    private final LibraryReports<Answer> answers;
    private final Optional<String> identity;

    /** Reads what identifies the libraries; loads none of them. */
    KnownStart(ImplementationContext context) {
        answers = new LibraryReports<>(context.cache(), Answer.class);
        identity = identity(context);
    }

    /**
     * What the engine said of itself.
     *
     * @param version as {@link TorchRuntime#version} returns it
     */
    record Answer(String version) {}

    /** Returns the version that started; empty if none is known to have. */
    Optional<String> version() {
        return identity.flatMap(answers::find).map(Answer::version);
    }

    /** Keeps the version of an engine that started. */
    void keep(String version) {
        identity.ifPresent(found -> answers.keep(found, new Answer(version)));
    }

    private static Optional<String> identity(ImplementationContext context) {
        // A container may share the directory of the answers and have another C library.
        Optional<Path> cLibrary = HostSystem.current().cLibrary();
        if (System.getProperty("os.name").startsWith("Mac")
                || isLinux() && cLibrary.isEmpty()
                || TorchLibraries.areChosenByUser(context.settings())) {
            return Optional.empty();
        }
        try {
            List<Path> files = new ArrayList<>(cLibrary.stream().toList());
            for (Class<?> type : List.of(Engine.class, PtEngine.class)) {
                files.add(Path.of(
                        type.getProtectionDomain().getCodeSource().getLocation().toURI()));
            }
            for (String resource : RESOURCES) {
                List<URL> found =
                        Collections.list(KnownStart.class.getClassLoader().getResources(resource));
                if (found.size() != 1 || !(found.get(0).openConnection() instanceof JarURLConnection connection)) {
                    return Optional.empty();
                }
                if (resource.equals(TorchLibraries.NATIVE_PROPERTIES) && !isForCpu(found.get(0))) {
                    return Optional.empty();
                }
                files.add(Path.of(connection.getJarFileURL().toURI()));
            }
            return Optional.of(Stream.concat(
                            Stream.of("os.name", "os.version", "os.arch").map(System::getProperty),
                            Stream.of("start", LibraryReports.identity(files)))
                    .collect(Collectors.joining("\n")));
        } catch (IOException | URISyntaxException | RuntimeException | LinkageError e) {
            // A jar within a jar, as Spring Boot packs it, has no path, and other loaders name no source at all.
            LOG.debug("The libraries of PyTorch cannot be identified", e);
            return Optional.empty();
        }
    }

    private static boolean isLinux() {
        return System.getProperty("os.name").startsWith("Linux");
    }

    private static boolean isForCpu(URL properties) throws IOException {
        return TorchLibraries.CPU.equals(TorchLibraries.load(properties).getProperty("flavor"));
    }
}
