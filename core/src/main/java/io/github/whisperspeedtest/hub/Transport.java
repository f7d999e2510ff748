package io.github.whisperspeedtest.hub;

import io.github.whisperspeedtest.error.DownloadException;
import io.github.whisperspeedtest.error.ErrorKind;
import io.github.whisperspeedtest.error.UnreachableHostException;
import java.io.IOException;
import java.net.Authenticator;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends requests and follows redirects, and keeps the access token with the hub.
 *
 * <p>HTTP/1.1 on purpose: with a connection of its own no file waits in the flow control of another.
 */
final class Transport {
    private static final Logger log = LoggerFactory.getLogger(Transport.class);
    private static final int MAX_REDIRECTS = 10;
    /** Bodies of answers that only their status counts of are read this far, so that the connection can be kept. */
    private static final int SMALL_BODY = 1 << 16;

    private static final Pattern NOT_IN_ADDRESSES = Pattern.compile("[ \"<>\\\\^`{|}]");

    /** Longer than a connection takes anywhere on earth, and short enough to wait for. */
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

    private static final int NETWORK_AUTHENTICATION_REQUIRED = 511;

    private final HubSettings settings;
    private final RetryPolicy policy;
    private final HubHosts hosts;
    private final HttpClient client;

    Transport(HubSettings settings, RetryPolicy policy, HubHosts hosts) {
        this.settings = settings;
        this.policy = policy;
        this.hosts = hosts;
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .proxy(settings.proxies())
                .connectTimeout(CONNECT_TIMEOUT);
        Authenticator authenticator = settings.proxies().authenticator();
        if (authenticator != null) {
            builder.authenticator(authenticator);
        }
        this.client = builder.build();
    }

    /**
     * Asks for something.
     *
     * @param authorized whether the token may be sent, as long as it is the hub that is asked
     * @return an answer with status 200, 206 or 416, whose body the caller closes
     * @throws TransientFailure if another attempt may succeed
     * @throws Refusal if the server says no for good
     * @throws DownloadException if no attempt is allowed or sensible
     */
    Answer get(URI address, Map<String, String> headers, boolean authorized)
            throws TransientFailure, InterruptedException {
        if (settings.offline()) {
            throw new DownloadException(
                    ErrorKind.ENVIRONMENT,
                    "Cannot ask " + address.getHost() + " for " + shown(address) + ": offline mode is on. "
                            + OfflineMode.remedy());
        }
        URI current = address;
        boolean mayAuthorize = authorized;
        String linkedEtag = null;
        String commit = null;
        for (int redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
            // Once away from the hub, always away: a store that redirects back must not see what the hub would have
            // got.
            mayAuthorize &= isHub(current);
            HttpResponse<Flow.Publisher<List<ByteBuffer>>> response = send(current, headers, mayAuthorize);
            BodyReader body = new BodyReader(response.body(), policy.stallTimeout());
            int status = response.statusCode();
            if (isHub(current)) {
                linkedEtag = response.headers().firstValue("X-Linked-Etag").orElse(linkedEtag);
                commit = response.headers().firstValue("X-Repo-Commit").orElse(commit);
            }
            if (status == 200 || status == 206 || status == 416) {
                return new Answer(status, current, response.headers(), linkedEtag, commit, body);
            }
            String text = drain(body);
            if (status < 300 || status >= 400) {
                throw failure(current, status, response.headers(), text);
            }
            current = redirected(current, response.headers());
        }
        throw new DownloadException(
                ErrorKind.ENVIRONMENT,
                "Cannot download " + shown(address) + ": the server redirects more than " + MAX_REDIRECTS
                        + " times. Check HF_ENDPOINT and the proxy.");
    }

    /** Returns the exception for a web page that an address answered with, and asks that server nothing more. */
    UnreachableHostException page(URI address) {
        UnreachableHostException failure = WebPage.instead(address, settings.endpoint());
        hosts.noteUnreachable(serverOf(address), failure);
        return failure;
    }

    /** Returns an address as messages may show it: a store's query may hold a signature that opens the file. */
    static String shown(URI address) {
        String text = address.getScheme() + "://" + address.getHost()
                + (address.getPort() < 0 ? "" : ":" + address.getPort())
                + (address.getRawPath() == null ? "" : address.getRawPath());
        return HubNames.printable(text);
    }

    boolean isHub(URI address) {
        URI hub = settings.endpoint();
        return hub.getScheme().equalsIgnoreCase(address.getScheme())
                && hub.getHost().equalsIgnoreCase(address.getHost())
                && port(hub) == port(address);
    }

    private HttpResponse<Flow.Publisher<List<ByteBuffer>>> send(
            URI address, Map<String, String> headers, boolean withToken) throws TransientFailure, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(address)
                .timeout(policy.stallTimeout())
                .header("User-Agent", "whisper-speedtest")
                .header("Accept-Encoding", "identity");
        headers.forEach(request::header);
        AccessToken token = settings.token();
        if (withToken && token != null) {
            request.header("Authorization", token.authorization());
        }
        String server = serverOf(address);
        UnreachableHostException earlier = hosts.failureOf(server);
        if (earlier != null) {
            throw earlier;
        }
        log.debug("GET {} {}", shown(address), headers);
        CompletableFuture<HttpResponse<Flow.Publisher<List<ByteBuffer>>>> future =
                client.sendAsync(request.build(), HttpResponse.BodyHandlers.ofPublisher());
        try {
            // The request has its own time-outs for connecting and answering; this one only guards against a lost
            // event.
            HttpResponse<Flow.Publisher<List<ByteBuffer>>> response =
                    future.get(policy.stallTimeout().toMillis() * 3 + 1000, TimeUnit.MILLISECONDS);
            hosts.noteAnswer(server);
            return response;
        } catch (ExecutionException e) {
            throw connectionFailure(address, e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException e) {
            future.cancel(true);
            throw new TransientFailure(address.getHost() + " did not answer", null, e);
        } catch (InterruptedException e) {
            future.cancel(true);
            throw e;
        }
    }

    private TransientFailure connectionFailure(URI address, Throwable cause) {
        String server = serverOf(address);
        if (!hosts.hasAnswered(server)) {
            String why = ConnectionFailures.whyFinal(address, settings.proxies(), cause);
            if (why != null) {
                throw unreachable(address, hideToken(why), cause);
            }
        }
        String reason = cause instanceof IOException failure ? Failures.reason(failure) : String.valueOf(cause);
        return new TransientFailure(
                "no answer from " + address.getHost() + " (" + hideToken(reason) + ")", null, cause);
    }

    private UnreachableHostException unreachable(URI address, String why, @Nullable Throwable cause) {
        boolean chosen = isHub(address) && !settings.endpoint().equals(URI.create(HubSettings.DEFAULT_ENDPOINT));
        UnreachableHostException failure = new UnreachableHostException(
                address.getHost(),
                "Cannot reach " + serverOf(address) + ": " + why + (chosen ? " HF_ENDPOINT names that server." : ""),
                cause);
        hosts.noteUnreachable(serverOf(address), failure);
        return failure;
    }

    private RuntimeException failure(URI address, int status, HttpHeaders headers, String text)
            throws TransientFailure {
        if (status == HttpURLConnection.HTTP_PROXY_AUTH) {
            throw unreachable(
                    address,
                    "the proxy asks for a user name and password. Give them in HTTPS_PROXY and HTTP_PROXY, as"
                            + " http://USER:PASSWORD@HOST:PORT.",
                    null);
        }
        if (status == NETWORK_AUTHENTICATION_REQUIRED) {
            throw page(address);
        }
        if (status == 408 || status == 429 || status >= 500 && status != HttpURLConnection.HTTP_NOT_IMPLEMENTED) {
            throw new TransientFailure(
                    address.getHost() + " answered with status " + status, retryAfter(headers), null);
        }
        String message = headers.firstValue("X-Error-Message").orElse(text.startsWith("<") ? "" : text);
        String code = headers.firstValue("X-Error-Code").orElse("");
        return new Refusal(status, code, hideToken(HubNames.printable(message.strip())));
    }

    private URI redirected(URI from, HttpHeaders headers) {
        String location = headers.firstValue("Location").orElse("");
        try {
            URI to = from.resolve(encoded(location));
            String scheme = String.valueOf(to.getScheme()).toLowerCase(Locale.ROOT);
            boolean allowed = !location.isBlank()
                    && to.getHost() != null
                    && (scheme.equals("https")
                            || scheme.equals("http") && from.getScheme().equalsIgnoreCase("http"));
            if (allowed) {
                return to;
            }
        } catch (IllegalArgumentException e) {
            log.debug("{} redirects to what is no address", shown(from), e);
        }
        throw new DownloadException(
                ErrorKind.ENVIRONMENT,
                "Cannot download " + shown(from) + ": the server redirects to '"
                        + hideToken(HubNames.printable(location.replaceFirst("\\?.*", "")))
                        + "', which is no safe address (https stays https). Check HF_ENDPOINT and the proxy.");
    }

    /** Encodes what stores sometimes leave as it is in their signed addresses, and what no address may hold. */
    private static String encoded(String location) {
        return NOT_IN_ADDRESSES
                .matcher(location)
                .replaceAll(match ->
                        String.format(Locale.ROOT, "%%%02X", (int) match.group().charAt(0)));
    }

    private String drain(BodyReader body) throws InterruptedException {
        try (body) {
            return new String(body.readAll(SMALL_BODY), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    private String hideToken(String text) {
        return settings.hideToken(text);
    }

    /** Understands both forms of the header: seconds and a date. */
    private static @Nullable Duration retryAfter(HttpHeaders headers) {
        String value = headers.firstValue("Retry-After").orElse("").strip();
        if (value.isEmpty()) {
            return null;
        }
        if (value.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return Duration.ofSeconds(value.length() > 9 ? Integer.MAX_VALUE : Long.parseLong(value));
        }
        try {
            Instant date = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            Duration wait = Duration.between(Instant.now(), date);
            return wait.isNegative() ? Duration.ZERO : wait;
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static String serverOf(URI address) {
        return address.getScheme() + "://" + address.getHost() + ":" + port(address);
    }

    private static int port(URI address) {
        if (address.getPort() >= 0) {
            return address.getPort();
        }
        return "https".equalsIgnoreCase(address.getScheme()) ? 443 : 80;
    }
}
