package dev.dormouse.gateway;

/** What a client speaks, as far as it makes a difference to whoever reads numbers. */
enum Dialect {
    HTTP1("http1"),
    HTTP2("h2"),
    WEBSOCKET("websocket"),
    GRPC("grpc");

    private final String label;

    Dialect(String label) {
        this.label = label;
    }

    static Dialect of(Exchange exchange) {
        if (exchange.isWebSocket()) {
            return WEBSOCKET;
        }
        if (!exchange.isHttp2()) {
            return HTTP1;
        }
        return Headers.isGrpc(exchange.request().headers()) ? GRPC : HTTP2;
    }

    /** The word for it in metrics and the access log. */
    String label() {
        return label;
    }
}
