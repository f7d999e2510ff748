package io.github.whisperspeedtest.hub;

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
    /** Bodies of responses of which only the status matters are read this far, so that the connection can be kept. */
    private static final int SMALL_BODY = 1 << 16;

    private static final Pattern NOT_IN_URLS = Pattern.compile("[ \"<>\\\\^`{|}]");

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
     * Sends a request.
     *
     * @param authorized whether the token may be sent, as long as it is the hub that is asked
     * @return a response with status 200, 206 or 416, whose body the caller closes
     * @throws TransientFailure if another attempt may succeed
     * @throws HttpStatusException if the server rejects the request
     * @throws HubException if no attempt is allowed or sensible
     */
    HubResponse get(URI url, Map<String, String> headers, boolean authorized)
            throws TransientFailure, InterruptedException {
        if (settings.offline()) {
            throw new HubException(
                    HubException.Reason.OFFLINE,
                    "Cannot ask " + url.getHost() + " for " + shown(url) + ": offline mode is on.",
                    settings.offlineRemedy());
        }
        URI current = url;
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
                return new HubResponse(status, current, response.headers(), linkedEtag, commit, body);
            }
            String text = drain(body);
            if (status < 300 || status >= 400) {
                throw failure(current, status, response.headers(), text);
            }
            current = redirected(current, response.headers());
        }
        throw new HubException(
                HubException.Reason.BAD_RESPONSE,
                "Cannot download " + shown(url) + ": the server redirects more than " + MAX_REDIRECTS + " times.",
                "Check HF_ENDPOINT and the proxy.");
    }

    /** Returns the exception for a web page in place of data, and records that the server cannot be used. */
    HubException page(URI url) {
        HubException failure = WebPage.instead(url, settings.endpoint());
        hosts.noteUnreachable(serverOf(url), failure);
        return failure;
    }

    /** Returns a URL as messages may show it: the query may hold a signature that gives access to the file. */
    static String shown(URI url) {
        String text = url.getScheme() + "://" + url.getHost()
                + (url.getPort() < 0 ? "" : ":" + url.getPort())
                + (url.getRawPath() == null ? "" : url.getRawPath());
        return HubNames.printable(text);
    }

    boolean isHub(URI url) {
        URI hub = settings.endpoint();
        return hub.getScheme().equalsIgnoreCase(url.getScheme())
                && hub.getHost().equalsIgnoreCase(url.getHost())
                && port(hub) == port(url);
    }

    private HttpResponse<Flow.Publisher<List<ByteBuffer>>> send(URI url, Map<String, String> headers, boolean withToken)
            throws TransientFailure, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(url)
                .timeout(policy.stallTimeout())
                .header("User-Agent", "huggingface-hub-java")
                .header("Accept-Encoding", "identity");
        headers.forEach(request::header);
        AccessToken token = settings.token();
        if (withToken && token != null) {
            request.header("Authorization", token.authorization());
        }
        String server = serverOf(url);
        HubException earlier = hosts.failureOf(server);
        if (earlier != null) {
            throw earlier;
        }
        log.debug("GET {} {}", shown(url), headers);
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
            throw connectionFailure(url, e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException e) {
            future.cancel(true);
            throw new TransientFailure(url.getHost() + " did not answer", null, e);
        } catch (InterruptedException e) {
            future.cancel(true);
            throw e;
        }
    }

    private TransientFailure connectionFailure(URI url, Throwable cause) {
        String server = serverOf(url);
        if (!hosts.hasAnswered(server)) {
            ConnectionFailures.Final failure = ConnectionFailures.whyFinal(url, settings.proxies(), cause);
            if (failure != null) {
                throw unreachable(url, hideToken(failure.why()), failure.remedy(), cause);
            }
        }
        String reason = cause instanceof IOException failure ? Failures.reason(failure) : String.valueOf(cause);
        return new TransientFailure("no answer from " + url.getHost() + " (" + hideToken(reason) + ")", null, cause);
    }

    private HubException unreachable(URI url, String why, String remedy, @Nullable Throwable cause) {
        boolean chosen = isHub(url) && !settings.endpoint().equals(HubSettings.DEFAULT_ENDPOINT);
        HubException failure = HubException.unreachable(
                url.getHost(),
                "Cannot reach " + serverOf(url) + ": " + why,
                remedy + (chosen ? " HF_ENDPOINT names that server." : ""),
                cause);
        hosts.noteUnreachable(serverOf(url), failure);
        return failure;
    }

    private RuntimeException failure(URI url, int status, HttpHeaders headers, String text) throws TransientFailure {
        if (status == HttpURLConnection.HTTP_PROXY_AUTH) {
            throw unreachable(
                    url,
                    "the proxy asks for a user name and password.",
                    "Give them in HTTPS_PROXY and HTTP_PROXY, as http://USER:PASSWORD@HOST:PORT.",
                    null);
        }
        if (status == NETWORK_AUTHENTICATION_REQUIRED) {
            throw page(url);
        }
        if (status == 408 || status == 429 || status >= 500 && status != HttpURLConnection.HTTP_NOT_IMPLEMENTED) {
            throw new TransientFailure(url.getHost() + " answered with status " + status, retryAfter(headers), null);
        }
        String message = headers.firstValue("X-Error-Message").orElse(text.startsWith("<") ? "" : text);
        String code = headers.firstValue("X-Error-Code").orElse("");
        return new HttpStatusException(status, code, hideToken(HubNames.printable(message.strip())));
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
        throw new HubException(
                HubException.Reason.BAD_RESPONSE,
                "Cannot download " + shown(from) + ": the server redirects to '"
                        + hideToken(HubNames.printable(location.replaceFirst("\\?.*", "")))
                        + "', which is no safe address (https stays https).",
                "Check HF_ENDPOINT and the proxy.");
    }

    /** Encodes characters that no URL may contain but that some stores leave as they are in signed URLs. */
    private static String encoded(String location) {
        return NOT_IN_URLS
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

    private static String serverOf(URI url) {
        return url.getScheme() + "://" + url.getHost() + ":" + port(url);
    }

    private static int port(URI url) {
        if (url.getPort() >= 0) {
            return url.getPort();
        }
        return "https".equalsIgnoreCase(url.getScheme()) ? 443 : 80;
    }
}
