package io.github.whisperspeedtest.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * The page for people, one file.
 *
 * <p>Browsers run only the scripts and styles that are in it, as their hashes tell, and let it connect to this server only.
 */
final class Page {
    private final String html;
    private final String policy;

    private Page(String html) {
        this.html = html;
        policy = "default-src 'none'; script-src" + hashes(html, "script") + " blob:; style-src" + hashes(html, "style")
                + "; connect-src 'self'; worker-src blob:; img-src 'self' data:; media-src blob:; base-uri 'none';"
                + " form-action 'none'; frame-ancestors 'none'";
    }

    static Page load() {
        try (InputStream in = Page.class.getResourceAsStream("index.html")) {
            if (in == null) {
                throw new IllegalStateException("index.html is missing");
            }
            return new Page(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String hashes(String html, String element) {
        Matcher inline = Pattern.compile("<" + element + "\\b[^>]*>(.*?)</" + element + ">", Pattern.DOTALL)
                .matcher(html);
        StringBuilder hashes = new StringBuilder();
        while (inline.find()) {
            hashes.append(" 'sha256-").append(hash(inline.group(1))).append('\'');
        }
        return hashes.toString();
    }

    private static String hash(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    void send(Response response, Callback callback) {
        response.getHeaders().put("Content-Security-Policy", policy);
        response.getHeaders().put("Referrer-Policy", "no-referrer");
        response.getHeaders().put("X-Frame-Options", "DENY");
        response.getHeaders().put("Cross-Origin-Opener-Policy", "same-origin");
        Replies.send(response, callback, 200, "text/html; charset=utf-8", html);
    }
}
