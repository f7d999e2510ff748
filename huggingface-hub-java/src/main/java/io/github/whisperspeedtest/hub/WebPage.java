package io.github.whisperspeedtest.hub;

import java.net.URI;
import java.net.http.HttpHeaders;
import java.util.Locale;

/** A page for people where data was asked for: the login page of a network, or a server that is no hub. */
final class WebPage {
    private WebPage() {}

    /** Returns whether the headers of a response announce a page. */
    static boolean isAnnounced(HttpHeaders headers) {
        String type = headers.firstValue("Content-Type").orElse("").strip().toLowerCase(Locale.ROOT);
        return type.startsWith("text/html") || type.startsWith("application/xhtml");
    }

    /** Returns the exception for a page that came instead of data. */
    static HubException instead(URI url, URI endpoint) {
        return HubException.unreachable(
                url.getHost(),
                "Cannot download " + Transport.shown(url) + ": a web page came instead of the data.",
                "Log in to the network in a browser if it asks for that; otherwise check HF_ENDPOINT, which is "
                        + endpoint + ".",
                null);
    }
}
