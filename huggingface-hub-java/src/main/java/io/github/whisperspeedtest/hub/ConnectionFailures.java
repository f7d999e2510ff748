package io.github.whisperspeedtest.hub;

import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Proxy;
import java.net.SocketException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Locale;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Tells failures to connect, which the next attempt would meet as well, from connections that broke. */
final class ConnectionFailures {
    private ConnectionFailures() {}

    /** Why there is no connection, as the rest of a sentence, and what to do about it. */
    record Final(String why, String remedy) {}

    /** Returns why there is no connection; null if another attempt may succeed. */
    static @Nullable Final whyFinal(URI url, Proxies proxies, Throwable failure) {
        Proxy proxy = proxies.select(url).get(0);
        boolean direct = proxy.type() == Proxy.Type.DIRECT;
        String host = direct ? url.getHost() : ((InetSocketAddress) proxy.address()).getHostString();
        String who = direct ? host : "the proxy " + host;
        String advice = direct
                ? "Check the network, and HTTPS_PROXY if it needs a proxy."
                : "Check HTTPS_PROXY and HTTP_PROXY, or name hosts that need no proxy in NO_PROXY.";
        if (isCausedBy(failure, UnresolvedAddressException.class) || isCausedBy(failure, UnknownHostException.class)) {
            return new Final("the name of " + who + " cannot be resolved.", advice);
        }
        if (isCausedBy(failure, SSLException.class)) {
            return new Final(
                    "no secure connection" + detail(failure) + ".",
                    "Check the clock, the proxy, and the certificates that Java trusts; a network that asks for a"
                            + " login can cause it, too.");
        }
        if (failure instanceof HttpConnectTimeoutException) {
            return new Final(who + " does not answer.", advice);
        }
        if (!direct && text(failure).toLowerCase(Locale.ROOT).contains("tunnel failed")) {
            return new Final(who + " refuses the connection" + detail(failure) + ".", advice);
        }
        boolean refused = failure instanceof ConnectException
                || failure instanceof NoRouteToHostException
                || failure instanceof SocketException && text(failure).contains("unreachable");
        return refused ? new Final(who + " does not accept connections" + detail(failure) + ".", advice) : null;
    }

    private static boolean isCausedBy(Throwable failure, Class<? extends Throwable> kind) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (kind.isInstance(cause)) {
                return true;
            }
        }
        return false;
    }

    /** Returns the first message in the chain, in brackets: the client's own exceptions often have none. */
    private static String detail(Throwable failure) {
        String text = text(failure);
        return text.isEmpty() ? "" : " (" + text + ")";
    }

    private static String text(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause.getMessage() != null && !cause.getMessage().isBlank()) {
                return cause.getMessage();
            }
        }
        return "";
    }
}
