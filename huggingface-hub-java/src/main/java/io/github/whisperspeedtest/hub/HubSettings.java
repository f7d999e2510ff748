package io.github.whisperspeedtest.hub;

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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The address of the hub, the cache, the access token, and how to connect.
 *
 * <p>Settings are immutable. Only a request needs the URL of the hub and the access token, so settings {@linkplain #fromEnvironment
 * from the environment} report an invalid URL or an unreadable token in {@link #endpoint} and {@link #token}; a program that only reads
 * the cache never fails because of them.
 */
public final class HubSettings {
    /** The prefix of the system properties that {@link #fromEnvironment(Map, UnaryOperator)} reads. */
    public static final String PROPERTY_PREFIX = "huggingface.hub";

    static final URI DEFAULT_ENDPOINT = URI.create("https://huggingface.co");

    /** Environment variables that switch offline mode on. */
    private static final List<String> OFFLINE_VARIABLES = List.of("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE");

    private static final String OFFLINE_REMEDY = "Use settings that allow requests to download.";
    private static final Set<String> TRUE = Set.of("1", "ON", "YES", "TRUE");
    private static final Pattern VARIABLE = Pattern.compile("\\$(?:\\{([^}]+)}|(\\w+))");

    private final Supplier<URI> endpoint;
    private final Path cacheDirectory;
    private final Supplier<Optional<AccessToken>> token;
    private final boolean offline;
    private final String offlineRemedy;
    private final boolean symbolicLinks;
    private final Supplier<Proxies> proxies;

    private HubSettings(
            Supplier<URI> endpoint,
            Path cacheDirectory,
            Supplier<Optional<AccessToken>> token,
            boolean offline,
            String offlineRemedy,
            boolean symbolicLinks,
            Supplier<Proxies> proxies) {
        this.endpoint = endpoint;
        this.cacheDirectory = cacheDirectory.toAbsolutePath().normalize();
        this.token = token;
        this.offline = offline;
        this.offlineRemedy = offlineRemedy;
        this.symbolicLinks = symbolicLinks;
        this.proxies = proxies;
    }

    /** A token may come from a pipe, which can be read only once; and one warning about a proxy is enough. */
    private static <T> Supplier<T> once(Supplier<T> source) {
        Map<Supplier<T>, T> known = new ConcurrentHashMap<>();
        return () -> known.computeIfAbsent(source, Supplier::get);
    }

    /** Returns a builder; everything but the cache directory has a default. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Returns the settings that an environment asks for, with system properties below {@link #PROPERTY_PREFIX}.
     *
     * @param environment such as {@link System#getenv()}
     * @param properties the value of a system property, null if it is not set; such as {@code System::getProperty}
     * @throws HubException if the home directory is needed and unknown, or the path of the cache is invalid
     */
    public static HubSettings fromEnvironment(
            Map<String, String> environment, UnaryOperator<@Nullable String> properties) {
        return fromEnvironment(environment, properties, PROPERTY_PREFIX);
    }

    /**
     * Returns the settings that an environment asks for, read as Python's {@code huggingface_hub} reads it.
     *
     * <p>Variables: {@code HF_ENDPOINT}; {@code HF_HUB_CACHE}, {@code HUGGINGFACE_HUB_CACHE}, {@code HF_HOME}, {@code XDG_CACHE_HOME}; {@code
     * HF_TOKEN}, {@code HUGGING_FACE_HUB_TOKEN}, {@code HF_TOKEN_PATH}; {@code HF_HUB_OFFLINE}, {@code TRANSFORMERS_OFFLINE}; {@code
     * HF_HUB_DISABLE_SYMLINKS}; {@code HTTP_PROXY}, {@code HTTPS_PROXY}, {@code ALL_PROXY}, {@code NO_PROXY}; {@code HOME}.
     *
     * @param environment such as {@link System#getenv()}
     * @param properties the value of a system property, null if it is not set; such as {@code System::getProperty}
     * @param prefix of the properties {@code PREFIX.endpoint}, {@code PREFIX.cache} and {@code PREFIX.offline}, which win over the environment
     * @throws HubException if the home directory is needed and unknown, or the path of the cache is invalid
     */
    public static HubSettings fromEnvironment(
            Map<String, String> environment, UnaryOperator<@Nullable String> properties, String prefix) {
        Reader reader = new Reader(environment, properties, prefix, new UserHome(environment, properties));
        Optional<String> offlineRemedy = reader.offlineRemedy();
        return new HubSettings(
                reader::endpoint,
                reader.cache(),
                once(reader::token),
                offlineRemedy.isPresent(),
                offlineRemedy.orElse(OFFLINE_REMEDY),
                !reader.isTrue("HF_HUB_DISABLE_SYMLINKS"),
                once(() -> Proxies.fromEnvironment(environment, properties)));
    }

    /**
     * Returns the URL of the hub, without a slash at its end.
     *
     * @throws HubException if the environment or the property contains no valid URL of a hub
     */
    public URI endpoint() {
        return endpoint.get();
    }

    /** Returns the directory of the cache. */
    public Path cacheDirectory() {
        return cacheDirectory;
    }

    /**
     * Returns the access token, or null.
     *
     * @throws HubException if an HTTP header cannot contain it, or its file cannot be read
     */
    public @Nullable AccessToken token() {
        return token.get().orElse(null);
    }

    /** Returns a text from a server without the token that it may repeat; a token that cannot be used was never sent. */
    String hideToken(String text) {
        try {
            AccessToken known = token();
            return known == null ? text : known.hideIn(text);
        } catch (HubException e) {
            return text;
        }
    }

    /** Returns whether all requests are forbidden. */
    public boolean offline() {
        return offline;
    }

    /** Returns how to switch offline mode off, as a sentence. */
    String offlineRemedy() {
        return offlineRemedy;
    }

    /** Returns whether snapshots may contain symbolic links to their files; they contain hard links or copies otherwise. */
    public boolean symbolicLinks() {
        return symbolicLinks;
    }

    /** Returns the proxies for requests. */
    public Proxies proxies() {
        return proxies.get();
    }

    /** Returns a copy of these settings for another cache. */
    public HubSettings withCacheDirectory(Path other) {
        return new HubSettings(endpoint, other, token, offline, offlineRemedy, symbolicLinks, proxies);
    }

    /** Returns a copy of these settings with offline mode on or off. */
    public HubSettings withOffline(boolean value) {
        String remedy = value && offline ? offlineRemedy : OFFLINE_REMEDY;
        return new HubSettings(endpoint, cacheDirectory, token, value, remedy, symbolicLinks, proxies);
    }

    private static URI checked(URI endpoint, String setting) {
        String scheme = endpoint.getScheme() == null ? "" : endpoint.getScheme().toLowerCase(Locale.ROOT);
        boolean usable = (scheme.equals("https") || scheme.equals("http"))
                && endpoint.getHost() != null
                && endpoint.getUserInfo() == null
                && endpoint.getQuery() == null
                && endpoint.getFragment() == null;
        if (!usable) {
            // The value is not shown: it may contain a password.
            throw new HubException(
                    HubException.Reason.INVALID_INPUT,
                    "The address of the hub (" + setting + ") is not one.",
                    "Expected https://HOST[:PORT], without user name, query or fragment.");
        }
        return URI.create(endpoint.toString().replaceFirst("/+$", ""));
    }

    private static String firstNonBlank(@Nullable String... candidates) {
        for (String candidate : candidates) {
            if (candidate != null && !candidate.isBlank()) {
                return candidate;
            }
        }
        return "";
    }

    /** Builds {@link HubSettings} that read neither the environment nor system properties. */
    public static final class Builder {
        private URI endpoint = DEFAULT_ENDPOINT;
        private @Nullable Path cacheDirectory;
        private @Nullable AccessToken token;
        private boolean offline;
        private boolean symbolicLinks = true;
        private Proxies proxies = Proxies.none();

        private Builder() {}

        /**
         * Sets the URL of the hub or of a mirror; default {@code https://huggingface.co}.
         *
         * @throws HubException if it is not an http or https URL without user name, query and fragment
         */
        public Builder endpoint(URI value) {
            endpoint = checked(value, "endpoint");
            return this;
        }

        /** Sets the directory of the cache, which need not exist; required. */
        public Builder cacheDirectory(Path value) {
            cacheDirectory = value;
            return this;
        }

        /** Sets the access token; default null, which stands for none. */
        public Builder token(@Nullable AccessToken value) {
            token = value;
            return this;
        }

        /** Sets whether all requests are forbidden; default false. */
        public Builder offline(boolean value) {
            offline = value;
            return this;
        }

        /** Sets whether snapshots may contain symbolic links; default true. */
        public Builder symbolicLinks(boolean value) {
            symbolicLinks = value;
            return this;
        }

        /** Sets the proxies for requests; default none. */
        public Builder proxies(Proxies value) {
            proxies = value;
            return this;
        }

        /**
         * Returns the settings.
         *
         * @throws NullPointerException if there is no cache directory
         */
        public HubSettings build() {
            URI hub = endpoint;
            Optional<AccessToken> secret = Optional.ofNullable(token);
            Proxies selector = Objects.requireNonNull(proxies, "proxies");
            return new HubSettings(
                    () -> hub,
                    Objects.requireNonNull(cacheDirectory, "cacheDirectory"),
                    () -> secret,
                    offline,
                    OFFLINE_REMEDY,
                    symbolicLinks,
                    () -> selector);
        }
    }

    private record Reader(
            Map<String, String> environment,
            UnaryOperator<@Nullable String> properties,
            String prefix,
            UserHome userHome) {
        URI endpoint() {
            String property = prefix + ".endpoint";
            String setting = "HF_ENDPOINT or " + property;
            String text = firstNonBlank(
                    properties.apply(property), environment.get("HF_ENDPOINT"), DEFAULT_ENDPOINT.toString());
            try {
                return checked(new URI(text.strip()), setting);
            } catch (URISyntaxException e) {
                return checked(URI.create("none"), setting);
            }
        }

        Path cache() {
            String text = firstNonBlank(
                    properties.apply(prefix + ".cache"),
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
            return (xdg.isEmpty() ? userHome.directory().resolve(".cache") : path(xdg)).resolve("huggingface");
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
                    || userHome.isKnown();
        }

        private static String content(Path tokenFile) {
            try {
                return Files.readString(tokenFile);
            } catch (NoSuchFileException e) {
                return "";
            } catch (IOException e) {
                throw new HubException(
                        HubException.Reason.INVALID_INPUT,
                        "Cannot read the file of the Hugging Face access token " + tokenFile + ": "
                                + (e instanceof CharacterCodingException ? "it is not UTF-8" : Failures.reason(e))
                                + ".",
                        "Replace it by a text file that you can read, or set HF_TOKEN_PATH to another file.",
                        e);
            }
        }

        /** Returns how to switch offline mode off, empty if it is off. */
        Optional<String> offlineRemedy() {
            String property = prefix + ".offline";
            String value = properties.apply(property);
            if (value != null) {
                return isTrueText(value)
                        ? Optional.of("Remove the system property " + property + " to download.")
                        : Optional.empty();
            }
            return OFFLINE_VARIABLES.stream()
                    .filter(this::isTrue)
                    .findFirst()
                    .map(variable -> "Unset " + variable + " to download.");
        }

        boolean isTrue(String variable) {
            return isTrueText(environment.getOrDefault(variable, ""));
        }

        private static boolean isTrueText(String value) {
            return TRUE.contains(value.toUpperCase(Locale.ROOT));
        }

        /** Expands a leading {@code ~} and {@code $VARIABLE}, as {@code huggingface_hub} does in the same places. */
        private Path path(String text) {
            Matcher matcher = VARIABLE.matcher(text);
            String expanded = matcher.replaceAll(match -> {
                String name = match.group(1) == null ? match.group(2) : match.group(1);
                return Matcher.quoteReplacement(environment.getOrDefault(name, match.group()));
            });
            return userHome.expand(expanded);
        }
    }
}
