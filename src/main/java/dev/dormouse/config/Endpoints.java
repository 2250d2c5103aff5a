package dev.dormouse.config;

import java.util.List;
import java.util.Locale;

/**
 * The names and URLs under which containers answer.
 *
 * @param domain the domain of the names; {@code <region>} stands for the region
 * @param scheme how callers are told to speak
 * @param port the port that they are told to call
 */
public record Endpoints(String domain, Scheme scheme, int port) {
    /** The regions that the API serves; the document that it publishes lists the same. */
    public static final List<String> REGIONS = List.of("fr-par", "nl-ams", "pl-waw", "it-mil");

    /** How an endpoint is spoken to. */
    public enum Scheme {
        HTTP(80),
        HTTPS(443);

        private final int portByDefault;

        Scheme(int portByDefault) {
            this.portByDefault = portByDefault;
        }
    }

    /** The domain in each region, each once. */
    public List<String> domains() {
        return REGIONS.stream().map(this::domainIn).distinct().toList();
    }

    /** The host name of a container, from its label and region. */
    public String hostOf(String label, String region) {
        return label + "." + domainIn(region);
    }

    /** The URL under which a container answers. */
    public String urlOf(String label, String region) {
        return url(scheme, port, hostOf(label, region));
    }

    /** Where the host is reached over HTTPS: at the usual port if this server offers none. */
    public String httpsUrl(String host) {
        return url(Scheme.HTTPS, scheme == Scheme.HTTPS ? port : Scheme.HTTPS.portByDefault, host);
    }

    private String domainIn(String region) {
        return domain.replace("<region>", region);
    }

    private static String url(Scheme scheme, int port, String host) {
        return scheme.name().toLowerCase(Locale.ROOT)
                + "://"
                + host
                + (port == scheme.portByDefault ? "" : ":" + port);
    }
}
