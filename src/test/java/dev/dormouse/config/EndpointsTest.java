package dev.dormouse.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class EndpointsTest {
    @Test
    void callersAreToldThePortOfTheTlsListener() {
        assertThat(url()).isEqualTo("https://web.functions.fnc.fr-par.localhost:8443");
        assertThat(url("DORMOUSE_GATEWAY_TLS_LISTEN", "127.0.0.1:9443")).endsWith("localhost:9443");
    }

    @Test
    void theUsualPortIsNotTold() {
        assertThat(url("DORMOUSE_GATEWAY_TLS_LISTEN", ":443"))
                .isEqualTo("https://web.functions.fnc.fr-par.localhost");
    }

    @Test
    void aProxyInFrontHasAPortOfItsOwn() {
        assertThat(
                        url(
                                "DORMOUSE_GATEWAY_TLS_LISTEN",
                                "off",
                                "DORMOUSE_ENDPOINT_PORT",
                                "443",
                                "DORMOUSE_ENDPOINT_DOMAIN",
                                "apps.example"))
                .isEqualTo("https://web.apps.example");
    }

    @Test
    void withoutTlsCallersAreToldTheOtherPort() {
        Endpoints endpoints =
                endpoints("DORMOUSE_GATEWAY_TLS_LISTEN", "off", "DORMOUSE_GATEWAY_LISTEN", ":80");

        assertThat(endpoints.urlOf("web", "fr-par"))
                .isEqualTo("http://web.functions.fnc.fr-par.localhost");
        assertThat(endpoints.httpsUrl("host")).isEqualTo("https://host");
    }

    @Test
    void whoMustUseHttpsIsSentToItsPort() {
        assertThat(endpoints().httpsUrl("host")).isEqualTo("https://host:8443");
    }

    @Test
    void oneDomainForAllRegionsIsOne() {
        assertThat(endpoints("DORMOUSE_ENDPOINT_DOMAIN", "apps.example").domains())
                .containsExactly("apps.example");
        assertThat(endpoints().domains())
                .hasSize(Endpoints.REGIONS.size())
                .contains("functions.fnc.it-mil.localhost");
    }

    private static String url(String... settings) {
        return endpoints(settings).urlOf("web", "fr-par");
    }

    private static Endpoints endpoints(String... settings) {
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i < settings.length; i += 2) {
            values.put(settings[i], settings[i + 1]);
        }
        Source source = new Source(values);
        Endpoints endpoints = ServerSettings.from(source, Map.of()).endpoints();
        source.check();
        return endpoints;
    }
}
