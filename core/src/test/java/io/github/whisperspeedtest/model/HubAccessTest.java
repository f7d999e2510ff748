package io.github.whisperspeedtest.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.error.DownloadException;
import io.github.whisperspeedtest.error.ErrorKind;
import io.github.whisperspeedtest.error.OperationCancelledException;
import io.github.whisperspeedtest.error.UnreachableHostException;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.hub.AccessToken;
import io.github.whisperspeedtest.hub.HubCache;
import io.github.whisperspeedtest.hub.HubDownloader;
import io.github.whisperspeedtest.hub.HubSettings;
import io.github.whisperspeedtest.hub.testing.HubServer;
import io.github.whisperspeedtest.settings.Settings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HubAccessTest {
    @TempDir
    private Path directory;

    @Test
    void readsSystemProperties() {
        Properties properties = new Properties();
        properties.setProperty("whisperspeedtest.hub.endpoint", "http://127.0.0.1:8080/");
        properties.setProperty("whisperspeedtest.hub.cache", directory.toString());
        properties.setProperty("whisperspeedtest.hub.offline", "true");

        HubSettings settings = HubAccess.settings(Settings.of(Map.of("HF_ENDPOINT", "https://other"), properties));

        assertThat(settings.endpoint()).isEqualTo(URI.create("http://127.0.0.1:8080"));
        assertThat(settings.cacheDirectory()).isEqualTo(directory);
        assertThat(settings.offline()).isTrue();
    }

    @Test
    void offlineModeNamesOptionThatSetIt() {
        Properties option = cache();
        option.setProperty(HubAccess.OFFLINE_PROPERTY, "true");

        assertThatThrownBy(() ->
                        resolve(HubAccess.settings(Settings.of(Map.of("HF_HUB_OFFLINE", "1"), option)), "acme/x"))
                .isInstanceOfSatisfying(
                        DownloadException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.ENVIRONMENT))
                .hasMessageEndingWith(
                        "Remove --offline (or the system property whisperspeedtest.hub.offline) to download.");
        assertThatThrownBy(() ->
                        resolve(HubAccess.settings(Settings.of(Map.of("HF_HUB_OFFLINE", "1"), cache())), "acme/x"))
                .hasMessageEndingWith("Unset HF_HUB_OFFLINE to download.");
    }

    @Test
    void invalidNamesAndSettingsAreUsageErrors() {
        assertThatThrownBy(() -> HubAccess.call(() -> new HubCache(directory).directoryOf("../x")))
                .isExactlyInstanceOf(WhisperSpeedtestException.class)
                .satisfies(kind(ErrorKind.USER));
        assertThatThrownBy(() -> HubAccess.call(() -> AccessToken.of("")))
                .isExactlyInstanceOf(WhisperSpeedtestException.class)
                .satisfies(kind(ErrorKind.USER));
        assertThatThrownBy(() ->
                        resolve(HubAccess.settings(Settings.of(Map.of("HF_ENDPOINT", "nowhere"), cache())), "acme/x"))
                .satisfies(kind(ErrorKind.USER))
                .hasMessageContaining("(HF_ENDPOINT or whisperspeedtest.hub.endpoint)");
    }

    @Test
    void unknownHomeDirectoryIsEnvironmentError() {
        Properties unknown = new Properties();
        unknown.setProperty("user.home", "?");

        assertThatThrownBy(() -> HubAccess.settings(Settings.of(Map.of(), unknown)))
                .isExactlyInstanceOf(WhisperSpeedtestException.class)
                .satisfies(kind(ErrorKind.ENVIRONMENT))
                .hasMessage(
                        "The home directory is unknown: HOME is not set, and the system knows none for this user id."
                                + " Set HOME to the absolute path of a writable directory, or set"
                                + " WHISPER_SPEEDTEST_HOME and HF_HOME.");
    }

    @Test
    void requestFailuresKeepKindAndMessage() throws IOException {
        HubSettings settings;
        try (HubServer server = HubServer.start()) {
            settings = HubSettings.builder()
                    .cacheDirectory(directory)
                    .endpoint(server.endpoint())
                    .build();
            server.file("acme/x", "a.txt", new byte[10]).commit("acme/x");
            assertThatThrownBy(() -> resolve(settings, "acme/y"))
                    .isExactlyInstanceOf(DownloadException.class)
                    .satisfies(kind(ErrorKind.USER))
                    .hasMessageContaining("check the name");
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> resolve(settings, "acme/x")).isInstanceOf(OperationCancelledException.class);
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThatThrownBy(() -> resolve(settings, "acme/x"))
                .isInstanceOfSatisfying(
                        UnreachableHostException.class,
                        e -> assertThat(e.host()).isEqualTo("127.0.0.1"))
                .satisfies(kind(ErrorKind.ENVIRONMENT))
                .hasMessageContaining("HF_ENDPOINT names that server");
    }

    private static String resolve(HubSettings settings, String repository) {
        return HubAccess.call(() -> HubDownloader.of(settings).resolve(repository, "main"));
    }

    private static Consumer<Throwable> kind(ErrorKind kind) {
        return thrown -> assertThat(((WhisperSpeedtestException) thrown).kind()).isEqualTo(kind);
    }

    private Properties cache() {
        Properties properties = new Properties();
        properties.setProperty(HubAccess.CACHE_PROPERTY, directory.toString());
        return properties;
    }
}
