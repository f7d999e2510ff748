package io.github.whisperspeedtest.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
    void namesSourceOfOfflineMode() {
        Properties option = properties();
        option.setProperty("com.example.offline", "true");
        assertThat(HubSettings.fromEnvironment(Map.of("HF_HUB_OFFLINE", "1"), option::getProperty, "com.example")
                        .offlineRemedy())
                .contains("com.example.offline")
                .doesNotContain("HF_HUB_OFFLINE");
        assertThat(settings(Map.of("HF_HUB_OFFLINE", "1")).offlineRemedy()).contains("HF_HUB_OFFLINE");
        assertThat(settings(Map.of("TRANSFORMERS_OFFLINE", "yes", "HF_HUB_OFFLINE", "0"))
                        .withCacheDirectory(home)
                        .offlineRemedy())
                .contains("TRANSFORMERS_OFFLINE")
                .doesNotContain("HF_HUB_OFFLINE");
        assertThat(settings(Map.of()).withOffline(true).offlineRemedy()).doesNotContain("OFFLINE");
    }

    @Test
    void builderIgnoresEnvironment() {
        HubSettings settings = HubSettings.builder().cacheDirectory(home).build();

        assertThat(settings.cacheDirectory()).isEqualTo(home);
        assertThat(settings.endpoint()).isEqualTo(URI.create("https://huggingface.co"));
        assertThat(settings.token()).isNull();
        assertThat(settings.offline()).isFalse();
        assertThat(settings.symbolicLinks()).isTrue();
        assertThat(settings.proxies()).isEqualTo(Proxies.none());
        assertThatThrownBy(() -> HubSettings.builder().build()).hasMessageContaining("cacheDirectory");
        assertThatThrownBy(() -> HubSettings.builder().endpoint(URI.create("ftp://x")))
                .isInstanceOf(HubException.class);
    }

    @Test
    void unknownHomeDirectoryHasItsOwnReason() {
        for (Map<String, String> environment : List.of(Map.<String, String>of(), Map.of("HOME", "relative"))) {
            assertThatThrownBy(() ->
                            HubSettings.fromEnvironment(environment, name -> name.equals("user.home") ? "?" : null))
                    .isInstanceOfSatisfying(
                            HubException.class,
                            e -> assertThat(e.reason()).isEqualTo(HubException.Reason.NO_HOME_DIRECTORY))
                    .hasMessageContaining("HF_HOME");
        }
        assertThat(HubSettings.fromEnvironment(Map.of("HF_HUB_CACHE", "/c"), name -> null)
                        .token())
                .isNull();
    }

    @Test
    void defaultsMatchPython() {
        HubSettings settings = settings(Map.of());

        assertThat(settings.endpoint()).isEqualTo(URI.create("https://huggingface.co"));
        assertThat(settings.cacheDirectory()).isEqualTo(home.resolve(".cache/huggingface/hub"));
        assertThat(settings.token()).isNull();
        assertThat(settings.offline()).isFalse();
        assertThat(settings.symbolicLinks()).isTrue();
    }

    @Test
    void mostSpecificVariableSetsCache() {
        assertThat(settings(Map.of("XDG_CACHE_HOME", "/x")).cacheDirectory()).isEqualTo(Path.of("/x/huggingface/hub"));
        assertThat(settings(Map.of("XDG_CACHE_HOME", "/x", "HF_HOME", "/h")).cacheDirectory())
                .isEqualTo(Path.of("/h/hub"));
        assertThat(settings(Map.of("HF_HOME", "/h", "HUGGINGFACE_HUB_CACHE", "/old"))
                        .cacheDirectory())
                .isEqualTo(Path.of("/old"));
        assertThat(settings(Map.of("HF_HUB_CACHE", "/new", "HUGGINGFACE_HUB_CACHE", "/old"))
                        .cacheDirectory())
                .isEqualTo(Path.of("/new"));
        assertThat(settings(Map.of("HF_HUB_CACHE", "~/c", "HF_HOME", " ")).cacheDirectory())
                .isEqualTo(home.resolve("c"));
        assertThat(settings(Map.of("HF_HOME", "${BASE}/a$SUB", "BASE", "/b", "SUB", "c"))
                        .cacheDirectory())
                .isEqualTo(Path.of("/b/ac/hub"));
    }

    @Test
    void propertiesOverrideEnvironment() {
        Properties properties = properties();
        properties.setProperty("huggingface.hub.endpoint", "http://127.0.0.1:8080/hub/");
        properties.setProperty("huggingface.hub.cache", "/p");
        properties.setProperty("huggingface.hub.offline", "false");

        HubSettings settings = HubSettings.fromEnvironment(
                Map.of("HF_ENDPOINT", "https://other", "HF_HUB_CACHE", "/e", "HF_HUB_OFFLINE", "1"),
                properties::getProperty);

        assertThat(settings.endpoint()).isEqualTo(URI.create("http://127.0.0.1:8080/hub"));
        assertThat(settings.cacheDirectory()).isEqualTo(Path.of("/p"));
        assertThat(settings.offline()).isFalse();
    }

    @Test
    void homeVariableOverridesPasswordDatabase() {
        assertThat(settings(Map.of("HOME", "/mine")).cacheDirectory())
                .isEqualTo(Path.of("/mine/.cache/huggingface/hub"));
        assertThat(settings(Map.of("HOME", "/mine", "HF_HOME", "~/h")).cacheDirectory())
                .isEqualTo(Path.of("/mine/h/hub"));
        assertThat(settings(Map.of("HOME", "/mine", "XDG_CACHE_HOME", "~/x")).cacheDirectory())
                .isEqualTo(Path.of("/mine/x/huggingface/hub"));
    }

    @ParameterizedTest
    @CsvSource({"1,true", "on,true", "Yes,true", "TRUE,true", "0,false", "no,false", "'',false"})
    void readsOfflineModeLikePython(String value, boolean offline) {
        assertThat(settings(Map.of("HF_HUB_OFFLINE", value)).offline()).isEqualTo(offline);
    }

    @Test
    void readsTokenFromEnvironmentOrFile() throws IOException {
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
    void removesLineBreaksFromTokenLikePython() {
        assertThat(settings(Map.of("HF_TOKEN", "hf_very\nSecret\r\n")).token()).isEqualTo(AccessToken.of(SECRET));
    }

    @Test
    void readsTokenOnlyForRequests() throws IOException {
        Path directory = Files.createDirectory(home.resolve("directory"));
        Path binary = Files.write(home.resolve("binary"), new byte[] {'h', 'f', (byte) 0xff});

        for (Map<String, String> environment : List.of(
                Map.of("HF_TOKEN", "hf x"),
                Map.of("HF_TOKEN_PATH", directory.toString()),
                Map.of("HF_TOKEN_PATH", binary.toString()))) {
            HubSettings settings = settings(environment).withOffline(false).withCacheDirectory(home);

            assertThat(settings.cacheDirectory()).isEqualTo(home);
            assertThatThrownBy(settings::token).isInstanceOf(HubException.class).hasMessageContaining("access token");
        }
        assertThatThrownBy(() ->
                        settings(Map.of("HF_TOKEN_PATH", binary.toString())).token())
                .hasMessageContainingAll(binary.toString(), "UTF-8", "HF_TOKEN_PATH");
        assertThat(settings(Map.of("HF_ENDPOINT", "nowhere")).cacheDirectory()).isNotNull();
    }

    @Test
    void neverShowsToken() {
        HubSettings settings = settings(Map.of("HF_TOKEN", SECRET, "HTTPS_PROXY", "http://me:pass@proxy:3128"));

        assertThat(settings.toString() + settings.proxies()).doesNotContain(SECRET, "pass");
        assertThat(String.valueOf(settings.token())).doesNotContain(SECRET);
        assertThatThrownBy(() -> settings(Map.of("HF_TOKEN", SECRET + " x")).token())
                .isInstanceOf(HubException.class)
                .hasMessageNotContaining(SECRET);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"huggingface.co", "ftp://x", "https://", "https://a b", "https://user:pass@host", "http://h/?q"})
    void rejectsInvalidEndpoint(String endpoint) {
        assertThatThrownBy(() -> settings(Map.of("HF_ENDPOINT", endpoint)).endpoint())
                .isInstanceOf(HubException.class)
                .hasMessageContaining("HF_ENDPOINT")
                .hasMessageNotContaining("pass@");
    }

    @Test
    void readsProxiesAndExceptionsFromEnvironment() {
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
        return HubSettings.fromEnvironment(environment, properties()::getProperty);
    }

    private Properties properties() {
        Properties properties = new Properties();
        properties.setProperty("user.home", home.toString());
        return properties;
    }
}
