package io.github.whisperspeedtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.error.DownloadException;
import io.github.whisperspeedtest.hub.DownloadListener;
import io.github.whisperspeedtest.hub.testing.HubServer;
import io.github.whisperspeedtest.model.ModelPlace;
import io.github.whisperspeedtest.model.ResolvedModel;
import io.github.whisperspeedtest.process.ChildJvm;
import io.github.whisperspeedtest.settings.Settings;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.verify.ModelVerifier;
import io.github.whisperspeedtest.verify.Scripted;
import io.github.whisperspeedtest.verify.Verdict;
import io.github.whisperspeedtest.verify.VerifyOptions;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two instances in one JVM, each with its own home and cache; one of them is offline. */
class TwoInstancesTest {
    private static final String ID = "scripted";
    private static final String MODEL = "default";

    @TempDir
    Path directory;

    private HubServer hub;
    private URLClassLoader loader;
    private WhisperSpeedtest online;
    private WhisperSpeedtest offline;

    @BeforeEach
    void create() throws IOException {
        hub = HubServer.start();
        hub.file(Scripted.REPOSITORY, "config.json", new byte[] {'{', '}'})
                .file(Scripted.REPOSITORY, "model.bin", Scripted.content("good"))
                .commit(Scripted.REPOSITORY);
        Path jar = Scripted.jar(directory.resolve("scripted.jar"));
        loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, getClass().getClassLoader());
        online = library("online", jar, Map.of());
        offline = library("offline", jar, Map.of("HF_HUB_OFFLINE", "1"));
    }

    private WhisperSpeedtest library(String name, Path jar, Map<String, String> more) {
        Path root = directory.resolve(name);
        Map<String, String> environment = new HashMap<>(more);
        environment.put("WHISPER_SPEEDTEST_HOME", root.resolve("home").toString());
        environment.put("HF_HUB_CACHE", root.resolve("hub").toString());
        environment.put("HF_ENDPOINT", hub.endpoint().toString());
        ChildJvm children = ChildJvm.builder().build();
        List<Path> classPath =
                Stream.concat(Stream.of(jar), children.classPath().stream()).toList();
        return WhisperSpeedtest.builder()
                .classLoader(loader)
                .settings(new Settings(environment, Map.of()))
                .children(children.toBuilder().classPath(classPath).build())
                .build();
    }

    @AfterEach
    void close() throws IOException {
        loader.close();
        hub.close();
    }

    @Test
    void offlineInstanceSharesNoModelsAndDownloadsNothing() throws IOException {
        install(online);
        hub.clearReceived();

        assertThat(resolve(online).foundAt()).isEqualTo(ModelPlace.HUB_CACHE);
        assertThat(resolve(offline).isPresent()).isFalse();
        assertThatThrownBy(() -> install(offline))
                .isInstanceOf(DownloadException.class)
                .hasMessageContaining("HF_HUB_OFFLINE");
        assertThat(hub.received()).isEmpty();
        assertThat(directory.resolve("offline")).doesNotExist();
    }

    @Test
    void verdictsBelongToTheirHome() {
        install(online);

        assertThat(verify(online).status()).isEqualTo(Verdict.Status.COMPLETE);
        assertThat(verify(offline).status()).isEqualTo(Verdict.Status.MISSING);
        assertThat(verify(online).cached()).isTrue();
        assertThat(online.home().data().resolve(ModelVerifier.VERDICTS_FILE)).isRegularFile();
        assertThat(Files.exists(offline.home().data())).isFalse();
    }

    @Test
    void implementationsUseDirectoriesOfTheirInstance() {
        Implementation first = online.registry().require(ID);
        Implementation second = offline.registry().require(ID);

        assertThat(first).isNotSameAs(second);
        assertThat(online.contextOf(first).nativeLibraries()).isEqualTo(directory.resolve("online/home/native"));
        assertThat(offline.contextOf(second).nativeLibraries()).isEqualTo(directory.resolve("offline/home/native"));
    }

    private static void install(WhisperSpeedtest library) {
        library.installer().install(library.registry().require(ID), MODEL, DownloadListener.SILENT);
    }

    private static ResolvedModel resolve(WhisperSpeedtest library) {
        return library.models().resolve(library.registry().require(ID), MODEL);
    }

    private static Verdict verify(WhisperSpeedtest library) {
        return library.verifier()
                .verify(library.registry().require(ID), MODEL, ModelPlace.HUB_CACHE, VerifyOptions.defaults());
    }
}
