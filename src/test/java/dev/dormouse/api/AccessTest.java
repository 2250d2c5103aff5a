package dev.dormouse.api;

import static dev.dormouse.api.ApiServer.BASE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.model.PermissionSet;
import dev.dormouse.testing.Reply;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccessTest {
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

    private Reply listWith(Optional<String> token) {
        return server.call(token, "GET", BASE + "/containers", "");
    }

    @Test
    void whoCannotBeKnownIsDenied() {
        Reply none = listWith(Optional.empty());
        Reply malformed = listWith(Optional.of("x"));
        Reply unknown = listWith(Optional.of(new UUID(1, 1).toString()));

        assertThat(none.text())
                .isEqualTo(
                        "{\"message\":\"authentication is denied\",\"type\":\"denied_authentication\",\"method\":\"api_key\",\"reason\":\"invalid_argument\"}");
        assertThat(malformed.status()).isEqualTo(401);
        assertThat(malformed.at("/reason")).isEqualTo("invalid_argument");
        assertThat(unknown.status()).isEqualTo(401);
        assertThat(unknown.at("/reason")).isEqualTo("not_found");
    }

    @Test
    void anExpiredKeyIsDeniedFromThatMomentOn() {
        String secret =
                server.key(
                                ApiServer.PROJECT,
                                EnumSet.of(PermissionSet.ContainersReadOnly),
                                Optional.of(ApiServer.START.plusSeconds(10)))
                        .secret();
        assertThat(listWith(Optional.of(secret)).status()).isEqualTo(200);

        server.clock.advance(Duration.ofSeconds(10));

        assertThat(listWith(Optional.of(secret)).at("/reason")).isEqualTo("expired");
    }

    @Test
    void readersDoNotWrite() {
        String secret =
                server.key(ApiServer.PROJECT, EnumSet.of(PermissionSet.ContainersReadOnly))
                        .secret();

        Reply reply =
                server.call(
                        Optional.of(secret), "POST", BASE + "/namespaces", "{\"name\":\"one\"}");

        assertThat(reply.status()).isEqualTo(403);
        assertThat(reply.text())
                .isEqualTo(
                        "{\"message\":\"insufficient permissions\",\"type\":\"permissions_denied\",\"details\":[{\"resource\":\"namespace\",\"action\":\"write\"}]}");
    }

    @Test
    void strangersSeeNothingOfAProject() {
        String namespace = server.namespace("one");
        String container = server.container(namespace, "app", "").at("/id");
        Optional<String> stranger =
                Optional.of(
                        server.key(
                                        new UUID(9, 9),
                                        EnumSet.of(
                                                PermissionSet.AllProductsFullAccess,
                                                PermissionSet.IAMManager))
                                .secret());

        assertThat(listWith(stranger).text()).isEqualTo("{\"containers\":[],\"total_count\":0}");
        for (String[] call :
                new String[][] {
                    {"GET", BASE + "/namespaces/" + namespace, ""},
                    {"PATCH", BASE + "/namespaces/" + namespace, "{}"},
                    {"DELETE", BASE + "/namespaces/" + namespace, ""},
                    {"GET", BASE + "/containers/" + container, ""},
                    {"PATCH", BASE + "/containers/" + container, "{}"},
                    {"DELETE", BASE + "/containers/" + container, ""},
                    {"POST", BASE + "/containers/" + container + "/redeploy", "{}"},
                    {"GET", "/dormouse/v1/containers/" + container + "/logs", ""},
                    {"GET", "/dormouse/v1/containers/" + container + "/revisions", ""},
                    {"POST", "/dormouse/v1/containers/" + container + "/rollback", "{}"},
                    {"DELETE", "/dormouse/v1/keys/" + server.ownerKey().accessKey(), ""},
                }) {
            assertThat(server.call(stranger, call[0], call[1], call[2]).status())
                    .as(call[0] + " " + call[1])
                    .isEqualTo(404);
        }
        assertThat(
                        server.call(stranger, "GET", "/dormouse/v1/status", "")
                                .json()
                                .path("containers"))
                .isEmpty();
        assertThat(server.call(stranger, "GET", "/dormouse/v1/keys", "").json().path("keys"))
                .hasSize(1);
    }
}
