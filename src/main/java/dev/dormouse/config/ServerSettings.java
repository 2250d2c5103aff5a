package dev.dormouse.config;

import java.nio.file.Path;
import java.util.Map;

/**
 * What more than one feature needs to know.
 *
 * @param dataDir where everything of this server is kept
 * @param endpointDomain the domain under which containers answer; {@code <region>} stands for the
 *     region
 */
public record ServerSettings(
        Path dataDir, Listen apiListen, Listen gatewayListen, String endpointDomain) {
    /**
     * Reads {@code DORMOUSE_DATA_DIR}, {@code …_API_LISTEN}, {@code …_GATEWAY_LISTEN}, {@code
     * …_ENDPOINT_DOMAIN}.
     */
    public static ServerSettings from(Source source, Map<String, String> environment) {
        return new ServerSettings(
                source.path("DORMOUSE_DATA_DIR", defaultDataDir(environment)),
                source.listen("DORMOUSE_API_LISTEN", new Listen("127.0.0.1", 8080)),
                gatewayListen(source),
                source.text("DORMOUSE_ENDPOINT_DOMAIN", "functions.fnc.<region>.localhost"));
    }

    /** Where the gateway listens, for the settings of other features. */
    public static Listen gatewayListen(Source source) {
        return source.listen("DORMOUSE_GATEWAY_LISTEN", new Listen("0.0.0.0", 8000));
    }

    /** The host name of a container, from its label and region. */
    public String hostOf(String label, String region) {
        return label + "." + endpointDomain.replace("<region>", region);
    }

    /** The URL under which a container answers. */
    public String endpointOf(String label, String region) {
        return "http://"
                + hostOf(label, region)
                + (gatewayListen.port() == 80 ? "" : ":" + gatewayListen.port());
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
