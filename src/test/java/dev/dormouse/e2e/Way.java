package dev.dormouse.e2e;

import java.util.ArrayList;
import java.util.List;

/** How curl calls an endpoint. */
enum Way {
    HTTP1("1.1", "--http1.1"),
    UPGRADED("2", "--http2"),
    HTTP2("2", "--http2-prior-knowledge"),
    TLS_HTTP1("1.1", "--http1.1"),
    TLS_HTTP2("2", "--http2");

    private final String version;
    private final String option;

    Way(String version, String option) {
        this.version = version;
        this.option = option;
    }

    /** The version of HTTP that is spoken then, as curl names it. */
    String version() {
        return version;
    }

    /** Its arguments for a call, with more of them. */
    String[] call(DormouseProcess server, String host, String path, List<String> more) {
        boolean isTls = name().startsWith("TLS");
        List<String> all = new ArrayList<>();
        all.add(option);
        all.addAll(
                List.of("--cacert", server.dataDir().resolve("tls").resolve("ca.pem").toString()));
        all.addAll(more);
        all.add(
                "%s://%s:%d%s"
                        .formatted(
                                isTls ? "https" : "http",
                                host,
                                isTls ? server.tlsPort() : server.gatewayPort(),
                                path));
        return all.toArray(String[]::new);
    }
}
