package dev.dormouse.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Endpoints are called as the API tells them, by a client that trusts the server's authority. */
class TlsIT extends Story {
    @Test
    void curlReachesAContainerAtItsPublicEndpoint() throws Exception {
        JsonNode container = deploy("secure", Map.of());
        String endpoint = container.path("public_endpoint").stringValue();

        assertThat(endpoint).startsWith("https://").endsWith(":" + server.tlsPort());
        assertThat(Curl.run("--cacert", authority(), endpoint).output()).startsWith("hello");
    }

    @Test
    void whoDoesNotTrustTheAuthorityIsWarned() throws Exception {
        String endpoint = deploy("unknown", Map.of()).path("public_endpoint").stringValue();

        assertThat(Curl.run(endpoint).exitCode())
                .as("an authority that is not known")
                .isEqualTo(60);
    }

    @Test
    void aRedirectToHttpsLeadsToTheContainer() throws Exception {
        JsonNode container = deploy("https-only", Map.of("https_connections_only", true));
        String plain = "http://%s:%d/".formatted(Api.host(container), server.gatewayPort());

        assertThat(Curl.run("--cacert", authority(), "--location", plain).output())
                .startsWith("hello");
    }

    @Test
    void theCertificateOutlivesARestart() throws Exception {
        String endpoint = deploy("lasting", Map.of()).path("public_endpoint").stringValue();
        String before = Files.readString(Path.of(authority()));

        server.terminate();
        server.startAgain();

        assertThat(Path.of(authority())).hasContent(before);
        assertThat(Curl.run("--cacert", authority(), endpoint).output()).startsWith("hello");
    }

    private String authority() {
        return dataDir.resolve("tls").resolve("ca.pem").toString();
    }
}
