package io.github.whisperspeedtest.hub;

import java.io.IOException;
import java.net.Authenticator;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The proxies that {@code HTTP_PROXY}, {@code HTTPS_PROXY}, {@code ALL_PROXY} and {@code NO_PROXY} name.
 *
 * <p>Java's own properties, such as {@code https.proxyHost}, win. Names of variables may be in lower case, which wins over upper
 * case, as in curl. Only HTTP proxies are possible. No text form shows a password.
 */
public final class Proxies extends ProxySelector {
    private static final Logger log = LoggerFactory.getLogger(Proxies.class);
    private static final List<Proxy> DIRECT = List.of(Proxy.NO_PROXY);

    private final @Nullable URI http;
    private final @Nullable URI https;
    private final List<String> exceptions;
    private final boolean fromProperties;

    private Proxies(@Nullable URI http, @Nullable URI https, List<String> exceptions, boolean fromProperties) {
        this.http = http;
        this.https = https;
        this.exceptions = exceptions;
        this.fromProperties = fromProperties;
    }

    /** Returns a selector that uses no proxy. */
    public static Proxies none() {
        return new Proxies(null, null, List.of(), false);
    }

    /**
     * Returns the proxies that an environment names.
     *
     * @param environment such as {@link System#getenv()}
     * @param properties the value of a system property, null if it is not set; such as {@code System::getProperty}
     */
    public static Proxies fromEnvironment(Map<String, String> environment, UnaryOperator<@Nullable String> properties) {
        if (properties.apply("http.proxyHost") != null || properties.apply("https.proxyHost") != null) {
            return new Proxies(null, null, List.of(), true);
        }
        List<String> exceptions = new ArrayList<>();
        for (String entry : variable(environment, "NO_PROXY").split("[,\\s]+")) {
            if (!entry.isEmpty()) {
                exceptions.add(entry.toLowerCase(Locale.ROOT).replaceFirst("^\\*?\\.", ""));
            }
        }
        String all = variable(environment, "ALL_PROXY");
        return new Proxies(
                address(variable(environment, "HTTP_PROXY"), all),
                address(variable(environment, "HTTPS_PROXY"), all),
                List.copyOf(exceptions),
                false);
    }

    @Override
    public List<Proxy> select(URI uri) {
        if (fromProperties) {
            ProxySelector system = ProxySelector.getDefault();
            return system == null ? DIRECT : system.select(uri);
        }
        URI proxy = "https".equalsIgnoreCase(uri.getScheme()) ? https : http;
        if (proxy == null || uri.getHost() == null || isExcepted(uri.getHost().toLowerCase(Locale.ROOT))) {
            return DIRECT;
        }
        return List.of(new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(proxy.getHost(), port(proxy))));
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException failure) {
        log.debug("The proxy {} cannot be reached for {}", address, uri.getHost(), failure);
    }

    /** Returns who answers a proxy that asks for a password, or null where none was given. */
    @Nullable
    Authenticator authenticator() {
        if ((http == null || http.getRawUserInfo() == null) && (https == null || https.getRawUserInfo() == null)) {
            return null;
        }
        return new Authenticator() {
            @Override
            protected @Nullable PasswordAuthentication getPasswordAuthentication() {
                if (getRequestorType() != RequestorType.PROXY) {
                    return null;
                }
                for (URI proxy : new @Nullable URI[] {https, http}) {
                    if (proxy != null
                            && proxy.getRawUserInfo() != null
                            && proxy.getHost().equalsIgnoreCase(getRequestingHost())
                            && port(proxy) == getRequestingPort()) {
                        String[] parts = proxy.getRawUserInfo().split(":", 2);
                        return new PasswordAuthentication(
                                decoded(parts[0]),
                                decoded(parts.length < 2 ? "" : parts[1]).toCharArray());
                    }
                }
                return null;
            }
        };
    }

    private boolean isExcepted(String host) {
        for (String exception : exceptions) {
            if (exception.equals("*") || host.equals(exception) || host.endsWith("." + exception)) {
                return true;
            }
        }
        return false;
    }

    private static String variable(Map<String, String> environment, String name) {
        String small = environment.getOrDefault(name.toLowerCase(Locale.ROOT), "");
        return small.isBlank() ? environment.getOrDefault(name, "") : small;
    }

    private static @Nullable URI address(String... candidates) {
        for (String candidate : candidates) {
            if (!candidate.isBlank()) {
                try {
                    String text = candidate.strip();
                    URI uri = URI.create(text.contains("://") ? text : "http://" + text);
                    boolean usable = uri.getHost() != null
                            && uri.getScheme().toLowerCase(Locale.ROOT).startsWith("http");
                    if (usable) {
                        return uri;
                    }
                } catch (IllegalArgumentException e) {
                    // Said below, without the address, which may hold a password.
                }
                log.warn("A proxy from the environment is left aside: only http://HOST:PORT is understood");
            }
        }
        return null;
    }

    private static int port(URI proxy) {
        if (proxy.getPort() >= 0) {
            return proxy.getPort();
        }
        return "https".equalsIgnoreCase(proxy.getScheme()) ? 443 : 80;
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Proxies proxies
                && Objects.equals(http, proxies.http)
                && Objects.equals(https, proxies.https)
                && exceptions.equals(proxies.exceptions)
                && fromProperties == proxies.fromProperties;
    }

    @Override
    public int hashCode() {
        return Objects.hash(http, https, exceptions, fromProperties);
    }

    @Override
    public String toString() {
        if (fromProperties) {
            return "proxies of the JVM's properties";
        }
        return "http " + shown(http) + ", https " + shown(https) + ", not for " + exceptions;
    }

    private static String shown(@Nullable URI proxy) {
        return proxy == null ? "direct" : proxy.getHost() + ":" + port(proxy);
    }
}
