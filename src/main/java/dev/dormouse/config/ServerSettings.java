package dev.dormouse.config;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What more than one feature needs to know.
 *
 * @param dataDir where everything of this server is kept
 * @param tlsListen where the gateway listens with TLS, if it does
 */
public record ServerSettings(
        Path dataDir,
        Listen apiListen,
        Listen gatewayListen,
        Optional<Listen> tlsListen,
        Endpoints endpoints) {
    private static final int PORT_MAX = 65_535;

    /**
     * Reads {@code DORMOUSE_DATA_DIR}, {@code …_API_LISTEN}, {@code …_GATEWAY_LISTEN}, {@code
     * …_GATEWAY_TLS_LISTEN}, {@code …_ENDPOINT_DOMAIN}, {@code …_ENDPOINT_PORT}.
     */
    public static ServerSettings from(Source source, Map<String, String> environment) {
        return new ServerSettings(
                source.path("DORMOUSE_DATA_DIR", defaultDataDir(environment)),
                source.listen("DORMOUSE_API_LISTEN", new Listen("127.0.0.1", 8080)),
                gatewayListen(source),
                tlsListen(source),
                endpoints(source));
    }

    /** Where the gateway listens, for the settings of other features. */
    public static Listen gatewayListen(Source source) {
        return source.listen("DORMOUSE_GATEWAY_LISTEN", new Listen("0.0.0.0", 8000));
    }

    /** Where the gateway listens with TLS, for the settings of other features. */
    public static Optional<Listen> tlsListen(Source source) {
        return source.listenUnlessOff("DORMOUSE_GATEWAY_TLS_LISTEN", new Listen("0.0.0.0", 8443));
    }

    /** The folder of the local certificate authority and of what it issued. */
    public Path tlsFolder() {
        return dataDir.resolve("tls");
    }

    /** The local authority's certificate, for those who shall trust it; there if it is in use. */
    public Path authorityCertificate() {
        return tlsFolder().resolve("ca.pem");
    }

    private static Endpoints endpoints(Source source) {
        String domain = source.text("DORMOUSE_ENDPOINT_DOMAIN", "functions.fnc.<region>.localhost");
        Optional<Listen> tls = tlsListen(source);
        int port =
                (int)
                        source.number(
                                "DORMOUSE_ENDPOINT_PORT",
                                tls.map(Listen::port).orElse(0),
                                1,
                                PORT_MAX);
        return port == 0
                ? new Endpoints(domain, Endpoints.Scheme.HTTP, gatewayListen(source).port())
                : new Endpoints(domain, Endpoints.Scheme.HTTPS, port);
    }

    private static Path defaultDataDir(Map<String, String> environment) {
        if ("root".equals(System.getProperty("user.name"))) {
            return Path.of("/var/lib/dormouse");
        }
        String data =
                environment.getOrDefault(
                        "XDG_DATA_HOME",
                        Path.of(System.getProperty("user.home"), ".local", "share").toString());
        return Path.of(data, "dormouse");
    }
}
