package io.github.whisperspeedtest.server;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.HostPort;
import org.jspecify.annotations.Nullable;

/**
 * Decides which requests are served.
 *
 * <p>A browser lets any web page send requests to this machine, so a page of another origin is refused. A page whose own name was pointed
 * at this machine (DNS rebinding) is of the same origin; it is refused by that name unless a key protects the server.
 */
final class Access {
    /** OpenAI's way to send a key from a browser, which cannot set headers of a WebSocket. */
    static final String KEY_PROTOCOL = "openai-insecure-api-key.";

    private static final Pattern ADDRESS = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|\\[[0-9a-f:.]+]");
    private static final String BEARER = "bearer ";

    private final ServerSettings settings;
    private final boolean loopback;

    /** Creates the rules of a server that listens on a loopback address only, or on others too. */
    Access(ServerSettings settings, boolean loopback) {
        this.settings = settings;
        this.loopback = loopback;
    }

    /** Refuses requests that were sent by a page of another origin. */
    void checkOrigin(Request request) {
        @Nullable String host = request.getHeaders().get(HttpHeader.HOST);
        if (settings.apiKey() == null && host != null && !isKnown(name(host))) {
            throw ApiException.forbidden("The server is not known by the name '" + name(host)
                    + "'. Use its address, or start it with an API key.");
        }
        for (String origin : request.getHeaders().getValuesList(HttpHeader.ORIGIN)) {
            if (host == null || !isSame(origin, host)) {
                throw ApiException.forbidden("Requests of pages from other servers are refused.");
            }
        }
    }

    /** Returns whether a page cannot get here by a name of its own. */
    boolean isKnown(String name) {
        return name.equals("localhost")
                || name.equals("127.0.0.1")
                || name.equals("[::1]")
                || name.equals(HostPort.normalizeHost(settings.host()).toLowerCase(Locale.ROOT))
                || !loopback && ADDRESS.matcher(name).matches();
    }

    private static String name(String host) {
        return HostPort.normalizeHost(parse(host).getHost()).toLowerCase(Locale.ROOT);
    }

    private static HostPort parse(String host) {
        try {
            return new HostPort(host);
        } catch (IllegalArgumentException e) {
            throw ApiException.invalid(400, "The header Host is malformed.", null);
        }
    }

    private static boolean isSame(String origin, String host) {
        try {
            URI page = new URI(origin);
            if (page.getHost() == null || page.getScheme() == null) {
                return false;
            }
            int usual = page.getScheme().equalsIgnoreCase("https") ? 443 : 80;
            return HostPort.normalizeHost(page.getHost()).equalsIgnoreCase(name(host))
                    && (page.getPort() < 0 ? usual : page.getPort())
                            == parse(host).getPort(usual);
        } catch (URISyntaxException e) {
            return false;
        }
    }

    /** Refuses requests without the key, if there is one. */
    void checkKey(Request request) {
        @Nullable String authorization = request.getHeaders().get(HttpHeader.AUTHORIZATION);
        boolean sent =
                authorization != null && authorization.toLowerCase(Locale.ROOT).startsWith(BEARER);
        checkKey(
                sent && authorization != null
                        ? authorization.substring(BEARER.length()).strip()
                        : null);
    }

    /** Refuses WebSockets without the key, if there is one. */
    void checkKey(Request request, List<String> protocols) {
        for (String protocol : protocols) {
            if (protocol.startsWith(KEY_PROTOCOL)) {
                checkKey(protocol.substring(KEY_PROTOCOL.length()));
                return;
            }
        }
        checkKey(request);
    }

    private void checkKey(@Nullable String key) {
        @Nullable String expected = settings.apiKey();
        if (expected == null) {
            return;
        }
        if (key == null) {
            throw ApiException.wrongKey("The API key is missing. Send it in the header 'Authorization: Bearer KEY'.");
        }
        if (!MessageDigest.isEqual(key.getBytes(StandardCharsets.UTF_8), expected.getBytes(StandardCharsets.UTF_8))) {
            throw ApiException.wrongKey("The API key is wrong.");
        }
    }
}
