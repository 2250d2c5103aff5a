package dev.dormouse.gateway;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** What an instance is told of the client and of the way the request came. */
final class Forwarded {
    private static final String NAME = "Forwarded";
    private static final String UNKNOWN = "unknown";

    private final Ids ids;
    private final boolean trustedProxy;

    Forwarded(Ids ids, boolean trustedProxy) {
        this.ids = ids;
        this.trustedProxy = trustedProxy;
    }

    void apply(Exchange exchange, String host, MultiMap headers) {
        HttpServerRequest request = exchange.request();
        String client = address(request.remoteAddress());
        String proto = request.isSSL() ? "https" : "http";
        headers.set("Host", host);
        headers.set(
                Headers.FORWARDED_FOR,
                Headers.forwardedFor(request.headers(), client == null ? UNKNOWN : client));
        claim(headers, Headers.FORWARDED_PROTO, proto);
        claim(headers, Headers.FORWARDED_HOST, host);
        headers.set(NAME, added(request.headers(), element(client, host, proto)));
        headers.set(Headers.REQUEST_ID, exchange.requestId());
        ids.trace(headers);
    }

    private void claim(MultiMap headers, CharSequence name, String seen) {
        if (!trustedProxy || !headers.contains(name)) {
            headers.set(name, seen);
        }
    }

    /** Without the name of our own network interface, which a link-local one may have behind it. */
    private static @Nullable String address(@Nullable SocketAddress client) {
        String address = client == null ? null : client.hostAddress();
        if (address == null) {
            return null;
        }
        int zone = address.indexOf('%');
        return zone < 0 ? address : address.substring(0, zone);
    }

    /** One hop (RFC 7239, 4). */
    static String element(@Nullable String client, String host, String proto) {
        String node = client == null ? UNKNOWN : client;
        String shown = node.indexOf(':') < 0 ? node : "\"[" + node + "]\"";
        return "for=" + shown + ";host=" + value(host) + ";proto=" + proto;
    }

    /**
     * The hops before, then this one. What was given is left out if it ends within quotes: ours
     * would be part of them.
     */
    private static String added(MultiMap from, String element) {
        if (!from.contains(NAME)) {
            return element;
        }
        String before = String.join(", ", Headers.all(from, NAME));
        return before.isBlank() || endsInQuotes(before) ? element : before + ", " + element;
    }

    private static boolean endsInQuotes(String text) {
        boolean quoted = false;
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == '\\' && quoted) {
                at++;
            } else if (c == '"') {
                quoted = !quoted;
            }
        }
        return quoted;
    }

    /** A token as it is, anything else in quotes (RFC 9110, 5.6). */
    private static String value(String text) {
        for (int at = 0; at < text.length(); at++) {
            if (!isTokenCharacter(text.charAt(at))) {
                return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
            }
        }
        return text;
    }

    private static boolean isTokenCharacter(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
    }
}
