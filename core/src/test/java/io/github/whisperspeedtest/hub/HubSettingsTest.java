package io.github.whisperspeedtest.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HubSettingsTest {
    private static final String SECRET = "hf_verySecret";

    @TempDir
    private Path home;

    @Test
    void whatSwitchedOfflineModeOnIsNamed() {
        Properties option = new Properties();
        option.setProperty(HubSettings.OFFLINE_PROPERTY, "true");
        assertThat(OfflineMode.remedy(Map.of("HF_HUB_OFFLINE", "1"), option))
                .contains("--offline", HubSettings.OFFLINE_PROPERTY)
                .doesNotContain("HF_HUB_OFFLINE");
        assertThat(OfflineMode.remedy(Map.of("HF_HUB_OFFLINE", "1"), new Properties()))
                .contains("HF_HUB_OFFLINE")
                .doesNotContain("--offline");
        assertThat(OfflineMode.remedy(Map.of("TRANSFORMERS_OFFLINE", "yes", "HF_HUB_OFFLINE", "0"), new Properties()))
                .contains("TRANSFORMERS_OFFLINE")
                .doesNotContain("HF_HUB_OFFLINE");
    }

    @Test
    void withoutVariablesThingsAreWherePythonHasThem() {
        HubSettings settings = settings(Map.of());

        assertThat(settings.endpoint()).isEqualTo(URI.create("https://huggingface.co"));
        assertThat(settings.cache()).isEqualTo(home.resolve(".cache/huggingface/hub"));
        assertThat(settings.token()).isNull();
        assertThat(settings.offline()).isFalse();
        assertThat(settings.symbolicLinks()).isTrue();
    }

    @Test
    void theNearestVariableMovesTheCache() {
        assertThat(settings(Map.of("XDG_CACHE_HOME", "/x")).cache()).isEqualTo(Path.of("/x/huggingface/hub"));
        assertThat(settings(Map.of("XDG_CACHE_HOME", "/x", "HF_HOME", "/h")).cache())
                .isEqualTo(Path.of("/h/hub"));
        assertThat(settings(Map.of("HF_HOME", "/h", "HUGGINGFACE_HUB_CACHE", "/old"))
                        .cache())
                .isEqualTo(Path.of("/old"));
        assertThat(settings(Map.of("HF_HUB_CACHE", "/new", "HUGGINGFACE_HUB_CACHE", "/old"))
                        .cache())
                .isEqualTo(Path.of("/new"));
        assertThat(settings(Map.of("HF_HUB_CACHE", "~/c", "HF_HOME", " ")).cache())
                .isEqualTo(home.resolve("c"));
        assertThat(settings(Map.of("HF_HOME", "${BASE}/a$SUB", "BASE", "/b", "SUB", "c"))
                        .cache())
                .isEqualTo(Path.of("/b/ac/hub"));
    }

    @Test
    void propertiesWinOverTheEnvironment() {
        Properties properties = properties();
        properties.setProperty(HubSettings.ENDPOINT_PROPERTY, "http://127.0.0.1:8080/hub/");
        properties.setProperty(HubSettings.CACHE_PROPERTY, "/p");
        properties.setProperty(HubSettings.OFFLINE_PROPERTY, "false");

        HubSettings settings = HubSettings.of(
                Map.of("HF_ENDPOINT", "https://other", "HF_HUB_CACHE", "/e", "HF_HUB_OFFLINE", "1"), properties);

        assertThat(settings.endpoint()).isEqualTo(URI.create("http://127.0.0.1:8080/hub"));
        assertThat(settings.cache()).isEqualTo(Path.of("/p"));
        assertThat(settings.offline()).isFalse();
    }

    @Test
    void homeVariableWinsOverThePasswordDatabase() {
        assertThat(settings(Map.of("HOME", "/mine")).cache()).isEqualTo(Path.of("/mine/.cache/huggingface/hub"));
        assertThat(settings(Map.of("HOME", "/mine", "HF_HOME", "~/h")).cache()).isEqualTo(Path.of("/mine/h/hub"));
        assertThat(settings(Map.of("HOME", "/mine", "XDG_CACHE_HOME", "~/x")).cache())
                .isEqualTo(Path.of("/mine/x/huggingface/hub"));
    }

    @ParameterizedTest
    @CsvSource({"1,true", "on,true", "Yes,true", "TRUE,true", "0,false", "no,false", "'',false"})
    void offlineModeIsSwitchedOnAsInPython(String value, boolean offline) {
        assertThat(settings(Map.of("HF_HUB_OFFLINE", value)).offline()).isEqualTo(offline);
    }

    @Test
    void theTokenComesFromTheEnvironmentOrItsFile() throws IOException {
        Path named = Files.writeString(home.resolve("mine"), SECRET + "\n");
        Files.createDirectories(home.resolve(".cache/huggingface"));
        Files.writeString(home.resolve(".cache/huggingface/token"), " hf_default\n");

        assertThat(settings(Map.of()).token()).isEqualTo(AccessToken.of("hf_default"));
        assertThat(settings(Map.of("HF_TOKEN_PATH", named.toString())).token()).isEqualTo(AccessToken.of(SECRET));
        assertThat(settings(Map.of("HOME", home.toString(), "HF_TOKEN_PATH", "~/mine"))
                        .token())
                .isEqualTo(AccessToken.of(SECRET));
        assertThat(settings(Map.of("HF_TOKEN", "hf_env", "HF_TOKEN_PATH", named.toString()))
                        .token())
                .isEqualTo(AccessToken.of("hf_env"));
    }

    @Test
    void lineBreaksInTheTokenAreLeftOutAsInPython() {
        assertThat(settings(Map.of("HF_TOKEN", "hf_very\nSecret\r\n")).token()).isEqualTo(AccessToken.of(SECRET));
    }

    @Test
    void whatOnlyARequestNeedsIsNotLookedAtBefore() throws IOException {
        Path directory = Files.createDirectory(home.resolve("directory"));
        Path binary = Files.write(home.resolve("binary"), new byte[] {'h', 'f', (byte) 0xff});

        for (Map<String, String> environment : List.of(
                Map.of("HF_TOKEN", "hf x"),
                Map.of("HF_TOKEN_PATH", directory.toString()),
                Map.of("HF_TOKEN_PATH", binary.toString()))) {
            HubSettings settings = settings(environment).withOffline(false).withCache(home);

            assertThat(settings.cache()).isEqualTo(home);
            assertThatThrownBy(settings::token)
                    .isInstanceOf(WhisperSpeedtestException.class)
                    .hasMessageContaining("access token");
        }
        assertThatThrownBy(() ->
                        settings(Map.of("HF_TOKEN_PATH", binary.toString())).token())
                .hasMessageContainingAll(binary.toString(), "UTF-8", "HF_TOKEN_PATH");
        assertThat(settings(Map.of("HF_ENDPOINT", "nowhere")).cache()).isNotNull();
    }

    @Test
    void noTextShowsTheToken() {
        HubSettings settings = settings(Map.of("HF_TOKEN", SECRET, "HTTPS_PROXY", "http://me:pass@proxy:3128"));

        assertThat(settings.toString() + settings.proxies()).doesNotContain(SECRET, "pass");
        assertThat(String.valueOf(settings.token())).doesNotContain(SECRET);
        assertThatThrownBy(() -> settings(Map.of("HF_TOKEN", SECRET + " x")).token())
                .isInstanceOf(WhisperSpeedtestException.class)
                .hasMessageNotContaining(SECRET);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"huggingface.co", "ftp://x", "https://", "https://a b", "https://user:pass@host", "http://h/?q"})
    void anEndpointThatIsNoneIsRefused(String endpoint) {
        assertThatThrownBy(() -> settings(Map.of("HF_ENDPOINT", endpoint)).endpoint())
                .isInstanceOf(WhisperSpeedtestException.class)
                .hasMessageContaining("HF_ENDPOINT")
                .hasMessageNotContaining("pass@");
    }

    @Test
    void proxiesAreTakenFromTheEnvironmentWithTheirExceptions() {
        Proxies proxies = settings(Map.of(
                        "https_proxy",
                        "http://secure:3128",
                        "HTTP_PROXY",
                        "plain:8080",
                        "NO_PROXY",
                        "localhost, .internal.example"))
                .proxies();

        assertThat(proxies.select(URI.create("https://huggingface.co/x"))).containsExactly(proxy("secure", 3128));
        assertThat(proxies.select(URI.create("http://huggingface.co/x"))).containsExactly(proxy("plain", 8080));
        assertThat(proxies.select(URI.create("https://localhost:1/"))).containsExactly(Proxy.NO_PROXY);
        assertThat(proxies.select(URI.create("https://a.internal.example/"))).containsExactly(Proxy.NO_PROXY);
        assertThat(Proxies.none().select(URI.create("https://huggingface.co"))).containsExactly(Proxy.NO_PROXY);
    }

    private static Proxy proxy(String host, int port) {
        return new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(host, port));
    }

    private HubSettings settings(Map<String, String> environment) {
        return HubSettings.of(environment, properties());
    }

    private Properties properties() {
        Properties properties = new Properties();
        properties.setProperty("user.home", home.toString());
        return properties;
    }
}
