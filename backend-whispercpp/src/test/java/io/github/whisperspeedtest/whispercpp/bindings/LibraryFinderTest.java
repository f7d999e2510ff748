package io.github.whisperspeedtest.whispercpp.bindings;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.model.EngineStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibraryFinderTest {
    @TempDir
    private Path root;

    @Test
    void findsOwnBuildsHomebrewTheSystemAndACheckout() throws IOException {
        Path built = file("data/engines/1.9.3/lib/libwhisper.so.1");
        Path brew = file("opt/homebrew/opt/whisper-cpp/lib/libwhisper.1.dylib");
        Path system = file("usr/lib/x86_64-linux-gnu/libwhisper.so");
        Path checkout = file("home/me/whisper.cpp/build/src/libwhisper.so");

        assertThat(find()).extracting(LibraryFiles::whisper).containsExactly(built, brew, system, checkout);
    }

    @Test
    void findsALinkedLibraryOnce() throws IOException {
        Path cellar = file("opt/homebrew/Cellar/whisper-cpp/1.9.3/lib/libwhisper.1.dylib");
        Files.createDirectories(root.resolve("opt/homebrew/opt"));
        Files.createSymbolicLink(
                root.resolve("opt/homebrew/opt/whisper-cpp"), cellar.getParent().getParent());
        Files.createDirectories(root.resolve("opt/homebrew/lib"));
        Files.createSymbolicLink(root.resolve("opt/homebrew/lib/libwhisper.1.dylib"), cellar);

        assertThat(find()).hasSize(1);
    }

    @Test
    void findsGgmlOfHomebrewBesideTheLinkOfWhisperCpp() throws IOException {
        file("opt/homebrew/opt/whisper-cpp/lib/libwhisper.1.dylib");
        Path base = file("opt/homebrew/opt/ggml/lib/libggml-base.0.dylib");
        Path ggml = file("opt/homebrew/opt/ggml/lib/libggml.0.dylib");
        Path module = file("opt/homebrew/opt/ggml/libexec/libggml-cpu-apple_m1.so");

        LibraryFiles found = find().get(0);
        assertThat(found.ggml()).containsExactly(base, ggml);
        assertThat(found.backendDirectories()).contains(module.getParent());
        assertThat(found.all()).contains(module);
    }

    @Test
    void findsGgmlOfABuildTree() throws IOException {
        file("home/me/whisper.cpp/build/src/libwhisper.so.1");
        Path base = file("home/me/whisper.cpp/build/ggml/src/libggml-base.so");
        Path cpu = file("home/me/whisper.cpp/build/ggml/src/libggml-cpu.so");
        Path cuda = file("home/me/whisper.cpp/build/ggml/src/ggml-cuda/libggml-cuda.so");
        Path ggml = file("home/me/whisper.cpp/build/ggml/src/libggml.so");

        assertThat(find().get(0).ggml()).containsExactly(base, cpu, cuda, ggml);
    }

    @Test
    void findsNothingWhereNothingIs() throws IOException {
        file("usr/lib/libggml.so");
        assertThat(find()).isEmpty();
        assertThat(new LibraryFinder(root, null, new EngineStore(root.resolve("none"))).find())
                .isEmpty();
    }

    private List<LibraryFiles> find() {
        return new LibraryFinder(root, root.resolve("home/me"), new EngineStore(root.resolve("data/engines"))).find();
    }

    private Path file(String name) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, "");
    }
}
