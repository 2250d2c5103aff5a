package dev.dormouse.api;

import static dev.dormouse.api.ApiServer.BASE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.testing.Reply;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeysApiTest {
    private static final String PATH = "/dormouse/v1/keys";

    @TempDir private Path folder;
    private ApiServer server;

    @BeforeEach
    void start() {
        server = new ApiServer(folder);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Reply create(String body) {
        return server.call("POST", PATH, body);
    }

    private int list(String secret) {
        return server.call(Optional.of(secret), "GET", BASE + "/containers", "").status();
    }

    @Test
    void aNewKeyLetsInAtOnceAndShowsItsSecretOnce() {
        Reply made =
                create(
                        "{\"description\":\"for tests\",\"permission_sets\":[\"ContainersReadOnly\"],\"expires_at\":\"2026-11-24T16:42:11+02:00\"}");

        assertThat(made.status()).as(made.text()).isEqualTo(200);
        assertThat(made.at("/expires_at")).isEqualTo("2026-11-24T14:42:11Z");
        assertThat(list(made.at("/secret_key"))).isEqualTo(200);
        assertThat(server.call("GET", PATH).text())
                .contains(made.at("/access_key"))
                .doesNotContain("secret_key", made.at("/secret_key"));
    }

    @Test
    void aRevokedKeyIsOutAtOnce() {
        Reply made = create("{\"permission_sets\":[\"ContainersReadOnly\"]}");

        Reply revoked = server.call("DELETE", PATH + "/" + made.at("/access_key"));

        assertThat(revoked.status()).isEqualTo(200);
        assertThat(list(made.at("/secret_key"))).isEqualTo(401);
        assertThat(server.call("DELETE", PATH + "/" + made.at("/access_key")).status())
                .isEqualTo(404);
    }

    @Test
    void theLastKeyThatMakesKeysStays() {
        String owner = PATH + "/" + server.ownerKey().accessKey();

        Reply refused = server.call("DELETE", owner);
        create("{\"permission_sets\":[\"IAMManager\"]}");
        Reply accepted = server.call("DELETE", owner);

        assertThat(refused.status()).isEqualTo(412);
        assertThat(refused.at("/type")).isEqualTo("precondition_failed");
        assertThat(accepted.status()).isEqualTo(200);
    }

    @Test
    void wrongOrdersAreRefused() {
        assertThat(create("{}").arguments()).containsExactly("permission_sets");
        assertThat(create("{\"permission_sets\":[]}").arguments())
                .containsExactly("permission_sets");
        assertThat(create("{\"permission_sets\":[\"Everything\"]}").arguments())
                .containsExactly("permission_sets");
        assertThat(
                        create(
                                        "{\"permission_sets\":[\"IAMManager\"],\"expires_at\":\"2026-11-24T12:00:00Z\"}")
                                .arguments())
                .containsExactly("expires_at");
        assertThat(
                        create(
                                        "{\"permission_sets\":[\"IAMManager\"],\"expires_at\":\"9999999-11-24T12:00:00Z\"}")
                                .arguments())
                .containsExactly("expires_at");
    }
}
