package io.github.whisperspeedtest.hub;

import io.github.whisperspeedtest.error.ErrorKind;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where the hub is, where its cache is, and how to get there; understood as {@code huggingface_hub} does.
 *
 * @param endpoint address of the hub, without a slash at its end
 * @param cache the default cache
 * @param token the secret to present to the hub, or null
 * @param offline whether no request may be made
 * @param symbolicLinks whether snapshots may link to their files; they hold copies otherwise
 * @param proxies how requests leave this machine
 */
public record HubSettings(
        URI endpoint,
        Path cache,
        @Nullable AccessToken token,
        boolean offline,
        boolean symbolicLinks,
        Proxies proxies) {
    /** System property for the address of the hub; it wins over the environment. */
    public static final String ENDPOINT_PROPERTY = "whisperspeedtest.hub.endpoint";

    /** System property for the default cache; it wins over the environment. */
    public static final String CACHE_PROPERTY = "whisperspeedtest.hub.cache";

    /** System property that forbids requests, or allows them against the environment. */
    public static final String OFFLINE_PROPERTY = "whisperspeedtest.hub.offline";

    private static final String DEFAULT_ENDPOINT = "https://huggingface.co";
    private static final Set<String> TRUE = Set.of("1", "ON", "YES", "TRUE");
    private static final Pattern VARIABLE = Pattern.compile("\\$(?:\\{([^}]+)}|(\\w+))");

    /** Makes the cache absolute and checks the endpoint. */
    public HubSettings {
        Objects.requireNonNull(proxies, "proxies");
        endpoint = checked(endpoint);
        cache = cache.toAbsolutePath().normalize();
    }

    /**
     * Returns the settings of the current user.
     *
     * @throws WhisperSpeedtestException if a variable holds what it cannot mean, or the token file cannot be read
     */
    public static HubSettings current() {
        return of(System.getenv(), System.getProperties());
    }

    /** Returns the settings that the given environment and system properties ask for. */
    public static HubSettings of(Map<String, String> environment, Properties properties) {
        Reader reader = new Reader(environment, properties);
        return new HubSettings(
                reader.endpoint(),
                reader.cache(),
                reader.token(),
                reader.offline(),
                !reader.isTrue("HF_HUB_DISABLE_SYMLINKS"),
                Proxies.of(environment, properties));
    }

    /** Returns these settings for another cache. */
    public HubSettings withCache(Path other) {
        return new HubSettings(endpoint, other, token, offline, symbolicLinks, proxies);
    }

    /** Returns these settings with or without the network. */
    public HubSettings withOffline(boolean value) {
        return new HubSettings(endpoint, cache, token, value, symbolicLinks, proxies);
    }

    private static URI checked(URI endpoint) {
        String scheme = endpoint.getScheme() == null ? "" : endpoint.getScheme().toLowerCase(Locale.ROOT);
        boolean usable = (scheme.equals("https") || scheme.equals("http"))
                && endpoint.getHost() != null
                && endpoint.getUserInfo() == null
                && endpoint.getQuery() == null
                && endpoint.getFragment() == null;
        if (!usable) {
            // Not shown: somebody may have put a password into it.
            throw new WhisperSpeedtestException(
                    ErrorKind.USER,
                    "The address of the hub (HF_ENDPOINT or " + ENDPOINT_PROPERTY + ") is not one. Expected"
                            + " https://HOST[:PORT], without user name, query or fragment.");
        }
        String text = endpoint.toString();
        return URI.create(text.replaceFirst("/+$", ""));
    }

    private record Reader(Map<String, String> environment, Properties properties) {
        URI endpoint() {
            String text =
                    first(properties.getProperty(ENDPOINT_PROPERTY), environment.get("HF_ENDPOINT"), DEFAULT_ENDPOINT);
            try {
                return new URI(text.strip());
            } catch (URISyntaxException e) {
                return checked(URI.create("none"));
            }
        }

        Path cache() {
            String text = first(
                    properties.getProperty(CACHE_PROPERTY),
                    environment.get("HF_HUB_CACHE"),
                    environment.get("HUGGINGFACE_HUB_CACHE"));
            return text.isEmpty() ? home().resolve("hub") : path(text);
        }

        Path home() {
            String home = first(environment.get("HF_HOME"));
            if (!home.isEmpty()) {
                return path(home);
            }
            String xdg = first(environment.get("XDG_CACHE_HOME"));
            return (xdg.isEmpty() ? userHome().resolve(".cache") : path(xdg)).resolve("huggingface");
        }

        @Nullable
        AccessToken token() {
            String text = first(environment.get("HF_TOKEN"), environment.get("HUGGING_FACE_HUB_TOKEN"));
            if (!text.isBlank()) {
                return AccessToken.of(text);
            }
            String named = first(environment.get("HF_TOKEN_PATH"));
            Path file = named.isEmpty() ? home().resolve("token") : path(named);
            try {
                String content = Files.readString(file).strip();
                return content.isEmpty() ? null : AccessToken.of(content);
            } catch (NoSuchFileException e) {
                return null;
            } catch (IOException e) {
                throw new WhisperSpeedtestException(
                        ErrorKind.USER,
                        "The file of the Hugging Face access token cannot be read: " + file + " ("
                                + e.getClass().getSimpleName()
                                + "). Make it readable, or set HF_TOKEN_PATH to another file.",
                        e);
            }
        }

        boolean offline() {
            String property = properties.getProperty(OFFLINE_PROPERTY);
            return property != null
                    ? TRUE.contains(property.toUpperCase(Locale.ROOT))
                    : isTrue("HF_HUB_OFFLINE") || isTrue("TRANSFORMERS_OFFLINE");
        }

        boolean isTrue(String variable) {
            return TRUE.contains(environment.getOrDefault(variable, "").toUpperCase(Locale.ROOT));
        }

        private Path userHome() {
            return Path.of(properties.getProperty("user.home", "."));
        }

        /** Understands a leading {@code ~} and {@code $VARIABLE}, as {@code huggingface_hub} does in the same places. */
        private Path path(String text) {
            Matcher matcher = VARIABLE.matcher(text);
            String expanded = matcher.replaceAll(match -> {
                String name = match.group(1) == null ? match.group(2) : match.group(1);
                return Matcher.quoteReplacement(environment.getOrDefault(name, match.group()));
            });
            if (expanded.equals("~") || expanded.startsWith("~/")) {
                return userHome().resolve(expanded.substring(Math.min(2, expanded.length())));
            }
            return Path.of(expanded);
        }

        private static String first(@Nullable String... candidates) {
            for (String candidate : candidates) {
                if (candidate != null && !candidate.isBlank()) {
                    return candidate;
                }
            }
            return "";
        }
    }
}
