package dev.dormouse.gateway;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** What an instance is told of the client and of the way the request came. */
final class Forwarded {
    private static final String UNKNOWN = "unknown";

    private final Ids ids;
    private final boolean trustedProxy;

    Forwarded(Ids ids, boolean trustedProxy) {
        this.ids = ids;
        this.trustedProxy = trustedProxy;
    }

    /** Adds to headers in which none of these is yet, but for a trace. */
    void apply(Exchange exchange, String host, MultiMap headers) {
        HttpServerRequest request = exchange.request();
        MultiMap claimed = request.headers();
        String client = address(request.remoteAddress());
        String proto = request.isSSL() ? "https" : "http";
        headers.add(HttpHeaderNames.HOST, host);
        headers.add(
                Headers.FORWARDED_FOR,
                Headers.forwardedFor(claimed, client == null ? UNKNOWN : client));
        headers.add(Headers.FORWARDED_PROTO, believed(claimed, Headers.FORWARDED_PROTO, proto));
        headers.add(Headers.FORWARDED_HOST, believed(claimed, Headers.FORWARDED_HOST, host));
        headers.add(Headers.FORWARDED, added(claimed, element(client, host, proto)));
        headers.add(Headers.REQUEST_ID, exchange.requestId());
        ids.trace(headers);
    }

    private String believed(MultiMap claimed, CharSequence name, String seen) {
        String said = trustedProxy ? claimed.get(name) : null;
        return said == null ? seen : said;
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
        if (!from.contains(Headers.FORWARDED)) {
            return element;
        }
        String before = String.join(", ", Headers.all(from, Headers.FORWARDED));
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
