package io.github.whisperspeedtest.hub;

import static io.github.whisperspeedtest.settings.UserPaths.firstNonBlank;

import io.github.whisperspeedtest.error.ErrorKind;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.settings.Settings;
import io.github.whisperspeedtest.settings.UserPaths;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where the hub is, where its cache is, and how to get there; understood as {@code huggingface_hub} does.
 *
 * <p>Only a request needs the address of the hub and the access token. So a wrong address and a token that cannot be read are
 * errors of {@link #endpoint} and {@link #token}, and whoever only looks for models on this machine never meets them.
 */
public final class HubSettings {
    /** System property for the address of the hub; it wins over the environment. */
    public static final String ENDPOINT_PROPERTY = "whisperspeedtest.hub.endpoint";

    /** System property for the default cache; it wins over the environment. */
    public static final String CACHE_PROPERTY = "whisperspeedtest.hub.cache";

    /** System property that forbids requests, or allows them against the environment. */
    public static final String OFFLINE_PROPERTY = "whisperspeedtest.hub.offline";

    /** Environment variables that forbid requests. */
    static final List<String> OFFLINE_VARIABLES = List.of("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE");

    static final String DEFAULT_ENDPOINT = "https://huggingface.co";
    private static final Set<String> TRUE = Set.of("1", "ON", "YES", "TRUE");
    private static final Pattern VARIABLE = Pattern.compile("\\$(?:\\{([^}]+)}|(\\w+))");

    private final Supplier<URI> endpoint;
    private final Path cache;
    private final Supplier<Optional<AccessToken>> token;
    private final boolean offline;
    private final boolean symbolicLinks;
    private final Supplier<Proxies> proxies;

    /**
     * Creates settings.
     *
     * @param endpoint address of the hub
     * @param cache the default cache
     * @param token the secret to present to the hub, or null
     * @param offline whether no request may be made
     * @param symbolicLinks whether snapshots may link to their files; they hold copies otherwise
     * @param proxies how requests leave this machine
     * @throws WhisperSpeedtestException if the address is not one of a hub
     */
    public HubSettings(
            URI endpoint,
            Path cache,
            @Nullable AccessToken token,
            boolean offline,
            boolean symbolicLinks,
            Proxies proxies) {
        this(
                constant(checked(endpoint)),
                cache,
                constant(Optional.ofNullable(token)),
                offline,
                symbolicLinks,
                constant(proxies));
    }

    private HubSettings(
            Supplier<URI> endpoint,
            Path cache,
            Supplier<Optional<AccessToken>> token,
            boolean offline,
            boolean symbolicLinks,
            Supplier<Proxies> proxies) {
        this.endpoint = endpoint;
        this.cache = cache.toAbsolutePath().normalize();
        this.token = token;
        this.offline = offline;
        this.symbolicLinks = symbolicLinks;
        this.proxies = proxies;
    }

    private static <T> Supplier<T> constant(T value) {
        Objects.requireNonNull(value);
        return () -> value;
    }

    /** A token may come through a pipe, which can be read but once; and one warning about a proxy is enough. */
    private static <T> Supplier<T> once(Supplier<T> source) {
        Map<Supplier<T>, T> known = new ConcurrentHashMap<>();
        return () -> known.computeIfAbsent(source, Supplier::get);
    }

    /**
     * Returns the settings of the current user.
     *
     * @throws WhisperSpeedtestException if the home directory is needed and unknown
     */
    public static HubSettings current() {
        return of(System.getenv(), System.getProperties());
    }

    /** Returns the settings that the given environment and system properties ask for. */
    public static HubSettings of(Map<String, String> environment, Properties properties) {
        Reader reader = new Reader(
                environment, properties, Settings.of(environment, properties).paths());
        return new HubSettings(
                reader::endpoint,
                reader.cache(),
                once(reader::token),
                reader.offline(),
                !reader.isTrue("HF_HUB_DISABLE_SYMLINKS"),
                once(() -> Proxies.of(environment, properties)));
    }

    /**
     * Returns the address of the hub, without a slash at its end.
     *
     * @throws WhisperSpeedtestException if the environment or the property names no such address
     */
    public URI endpoint() {
        return endpoint.get();
    }

    /** Returns the default cache. */
    public Path cache() {
        return cache;
    }

    /**
     * Returns the secret to present to the hub, or null.
     *
     * @throws WhisperSpeedtestException if no HTTP header can carry it, or its file cannot be read
     */
    public @Nullable AccessToken token() {
        return token.get().orElse(null);
    }

    /** Returns a text that came from outside without the token that it may repeat; one that cannot be used was never sent. */
    String hideToken(String text) {
        try {
            AccessToken known = token();
            return known == null ? text : known.hideIn(text);
        } catch (WhisperSpeedtestException e) {
            return text;
        }
    }

    /** Returns whether no request may be made. */
    public boolean offline() {
        return offline;
    }

    /** Returns whether snapshots may link to their files; they hold copies otherwise. */
    public boolean symbolicLinks() {
        return symbolicLinks;
    }

    /** Returns how requests leave this machine. */
    public Proxies proxies() {
        return proxies.get();
    }

    /** Returns these settings for another cache. */
    public HubSettings withCache(Path other) {
        return new HubSettings(endpoint, other, token, offline, symbolicLinks, proxies);
    }

    /** Returns these settings with or without the network. */
    public HubSettings withOffline(boolean value) {
        return new HubSettings(endpoint, cache, token, value, symbolicLinks, proxies);
    }

    static boolean isTrue(Map<String, String> environment, String variable) {
        return TRUE.contains(environment.getOrDefault(variable, "").toUpperCase(Locale.ROOT));
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

    private record Reader(Map<String, String> environment, Properties properties, UserPaths paths) {
        URI endpoint() {
            String text = firstNonBlank(
                    properties.getProperty(ENDPOINT_PROPERTY), environment.get("HF_ENDPOINT"), DEFAULT_ENDPOINT);
            try {
                return checked(new URI(text.strip()));
            } catch (URISyntaxException e) {
                return checked(URI.create("none"));
            }
        }

        Path cache() {
            String text = firstNonBlank(
                    properties.getProperty(CACHE_PROPERTY),
                    environment.get("HF_HUB_CACHE"),
                    environment.get("HUGGINGFACE_HUB_CACHE"));
            return text.isEmpty() ? home().resolve("hub") : path(text);
        }

        Path home() {
            String home = firstNonBlank(environment.get("HF_HOME"));
            if (!home.isEmpty()) {
                return path(home);
            }
            String xdg = firstNonBlank(environment.get("XDG_CACHE_HOME"));
            return (xdg.isEmpty() ? paths.home().resolve(".cache") : path(xdg)).resolve("huggingface");
        }

        Optional<AccessToken> token() {
            String text = firstNonBlank(environment.get("HF_TOKEN"), environment.get("HUGGING_FACE_HUB_TOKEN"));
            if (text.isEmpty()) {
                String named = firstNonBlank(environment.get("HF_TOKEN_PATH"));
                if (named.isEmpty() && !knowsHome()) {
                    return Optional.empty();
                }
                text = content(named.isEmpty() ? home().resolve("token") : path(named));
            }
            return text.isBlank() ? Optional.empty() : Optional.of(AccessToken.of(text));
        }

        private boolean knowsHome() {
            return !firstNonBlank(environment.get("HF_HOME"), environment.get("XDG_CACHE_HOME"))
                            .isEmpty()
                    || paths.knowsHome();
        }

        private static String content(Path tokenFile) {
            try {
                return Files.readString(tokenFile);
            } catch (NoSuchFileException e) {
                return "";
            } catch (IOException e) {
                throw new WhisperSpeedtestException(
                        ErrorKind.USER,
                        "Cannot read the file of the Hugging Face access token " + tokenFile + ": "
                                + (e instanceof CharacterCodingException ? "it is not UTF-8" : Failures.reason(e))
                                + ". Replace it by a text file that you can read, or set HF_TOKEN_PATH to another file.",
                        e);
            }
        }

        boolean offline() {
            String property = properties.getProperty(OFFLINE_PROPERTY);
            return property != null
                    ? TRUE.contains(property.toUpperCase(Locale.ROOT))
                    : OFFLINE_VARIABLES.stream().anyMatch(this::isTrue);
        }

        boolean isTrue(String variable) {
            return HubSettings.isTrue(environment, variable);
        }

        /** Understands a leading {@code ~} and {@code $VARIABLE}, as {@code huggingface_hub} does in the same places. */
        private Path path(String text) {
            Matcher matcher = VARIABLE.matcher(text);
            String expanded = matcher.replaceAll(match -> {
                String name = match.group(1) == null ? match.group(2) : match.group(1);
                return Matcher.quoteReplacement(environment.getOrDefault(name, match.group()));
            });
            return paths.expand(expanded);
        }
    }
}
