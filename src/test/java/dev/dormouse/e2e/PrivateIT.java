package dev.dormouse.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A private container answers those who may call it, and is not woken by the others. */
class PrivateIT extends Story {
    @Test
    void onlyAKeyThatMayCallOpensAPrivateContainer() {
        JsonNode container =
                deploy(
                        "closed",
                        Map.of("privacy", "private", "tags", List.of("dormouse.idle-after=1s")));
        Awaitility.await("it sleeps")
                .until(() -> api.status(container).path("instances").isEmpty());

        assertThat(get(container, "/").statusCode()).isEqualTo(403);
        assertThat(
                        get(
                                        container,
                                        "/",
                                        Map.of(
                                                "X-Auth-Token",
                                                "11111111-1111-4111-8111-111111111111"))
                                .statusCode())
                .isEqualTo(403);
        assertThat(api.status(container).path("instances").isEmpty()).isTrue();

        String secret = server.credential("SCW_SECRET_KEY");
        assertThat(get(container, "/headers", Map.of("X-Auth-Token", secret)).body())
                .doesNotContain(secret);
        assertThat(get(container, "/", Map.of("X-Auth-Token", secret)).statusCode()).isEqualTo(200);
    }

    @Test
    void aRevokedKeyIsRefusedAtOnceAndRightsAreWhatTheKeySays() {
        JsonNode container = deploy("guarded", Map.of("privacy", "private"));
        JsonNode caller = key("ContainersPrivateAccess");
        JsonNode reader = key("ContainersReadOnly");
        Map<String, String> asCaller =
                Map.of("X-Auth-Token", caller.path("secret_key").stringValue());
        Map<String, String> asReader =
                Map.of("X-Auth-Token", reader.path("secret_key").stringValue());

        assertThat(get(container, "/", asCaller).statusCode()).isEqualTo(200);
        assertThat(get(container, "/", asReader).statusCode()).isEqualTo(403);
        Api asOther = api.as(reader.path("secret_key").stringValue());
        assertThat(asOther.get("containers", container).status()).isEqualTo(200);
        assertThat(
                        asOther.send(
                                        "POST",
                                        "/containers/v1/regions/fr-par/namespaces",
                                        Map.of("name", "no"))
                                .status())
                .isEqualTo(403);

        api.send("DELETE", "/dormouse/v1/keys/" + caller.path("access_key").stringValue(), "");
        assertThat(get(container, "/", asCaller).statusCode()).isEqualTo(403);
    }

    private JsonNode key(String permissionSet) {
        return api.send(
                        "POST",
                        "/dormouse/v1/keys",
                        Map.of(
                                "description",
                                permissionSet,
                                "permission_sets",
                                List.of(permissionSet)))
                .body();
    }
}
