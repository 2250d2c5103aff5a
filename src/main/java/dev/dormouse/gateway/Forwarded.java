package dev.dormouse.gateway;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;

/** What an instance is told of the client and of the way the request came. */
final class Forwarded {
    private final Ids ids;
    private final boolean trustedProxy;

    Forwarded(Ids ids, boolean trustedProxy) {
        this.ids = ids;
        this.trustedProxy = trustedProxy;
    }

    void apply(Exchange exchange, String host, MultiMap headers) {
        HttpServerRequest request = exchange.request();
        SocketAddress client = request.remoteAddress();
        headers.set("Host", host);
        headers.set(
                Headers.FORWARDED_FOR,
                Headers.forwardedFor(
                        request.headers(),
                        client == null ? "unknown" : String.valueOf(client.hostAddress())));
        claim(headers, Headers.FORWARDED_PROTO, request.isSSL() ? "https" : "http");
        claim(headers, Headers.FORWARDED_HOST, host);
        headers.set(Headers.REQUEST_ID, exchange.requestId());
        ids.trace(headers);
    }

    private void claim(MultiMap headers, CharSequence name, String seen) {
        if (!trustedProxy || !headers.contains(name)) {
            headers.set(name, seen);
        }
    }
}
