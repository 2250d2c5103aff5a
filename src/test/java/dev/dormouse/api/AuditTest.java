package dev.dormouse.api;

import static dev.dormouse.api.ApiServer.BASE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.model.PermissionSet;
import dev.dormouse.testing.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class AuditTest {
    @TempDir private Path folder;
    private ApiServer server;

    @BeforeEach
    void start() {
        server = new ApiServer(folder, Map.of("DORMOUSE_API_TRUSTED_PROXY", "true"));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private List<JsonNode> lines() throws IOException {
        return Files.readAllLines(folder.resolve("audit.log")).stream()
                .map(new JsonMapper()::readTree)
                .toList();
    }

    private JsonNode last() throws IOException {
        return lines().getLast();
    }

    @Test
    void aChangeIsToldWithWhoWhatAndFromWhere() throws IOException {
        String namespace = server.namespace("one");

        Reply reply =
                server.container(
                        namespace,
                        "app",
                        ",\"secret_environment_variables\":{\"TOKEN\":\"hunter2\"},\"my_secret\":1");

        assertThat(last().toString())
                .isEqualTo(
                        "{\"at\":\"2026-11-24T12:00:00.123456Z\",\"request_id\":\"%s\",\"operation\":\"createContainer\",\"key\":\"%s\",\"organization_id\":\"%s\",\"project_id\":\"%s\",\"source\":\"127.0.0.1\",\"path\":{\"region\":\"fr-par\"},\"fields\":[\"namespace_id\",\"name\",\"image\",\"secret_environment_variables\"],\"result\":{\"id\":\"%s\",\"name\":\"app\",\"namespace_id\":\"%s\"},\"status\":200}"
                                .formatted(
                                        reply.header("X-Request-Id"),
                                        server.ownerKey().accessKey(),
                                        ApiServer.PROJECT,
                                        ApiServer.PROJECT,
                                        reply.at("/id"),
                                        namespace));
    }

    @Test
    void everyChangeIsToldAndNoReading() throws IOException {
        String namespace = server.namespace("one");
        String container = server.container(namespace, "app", "").at("/id");
        server.patch(container, "{\"port\":81}");
        server.call("POST", BASE + "/containers/" + container + "/redeploy", "{}");
        server.get(container);
        server.call("GET", BASE + "/containers");
        server.call("DELETE", BASE + "/containers/" + container);
        server.call("PATCH", BASE + "/namespaces/" + namespace, "{\"description\":\"x\"}");
        server.call("DELETE", BASE + "/namespaces/" + namespace);
        Reply made =
                server.call("POST", "/dormouse/v1/keys", "{\"permission_sets\":[\"IAMManager\"]}");
        server.call("DELETE", "/dormouse/v1/keys/" + made.at("/access_key"));

        assertThat(lines())
                .extracting(line -> line.path("operation").asString())
                .containsExactly(
                        "createNamespace",
                        "createContainer",
                        "updateContainer",
                        "redeployContainer",
                        "deleteContainer",
                        "updateNamespace",
                        "deleteNamespace",
                        "createKey",
                        "deleteKey");
        assertThat(lines().get(2).at("/path/container_id").asString()).isEqualTo(container);
        assertThat(lines().get(7).at("/result/permission_sets/0").asString())
                .isEqualTo("IAMManager");
        assertThat(Files.readString(folder.resolve("audit.log")))
                .doesNotContain(made.at("/secret_key"), server.ownerToken());
    }

    @Test
    void whatIsRefusedIsToldToo() throws IOException {
        String reader =
                server.key(ApiServer.PROJECT, EnumSet.of(PermissionSet.ContainersReadOnly))
                        .secret();
        String path = BASE + "/containers/" + new UUID(1, 2);

        server.call(Optional.of(reader), "DELETE", path, "");
        server.call("DELETE", path);
        server.call("PATCH", path, "{\"port\":-1}");
        server.call(Optional.empty(), "DELETE", path, "");

        assertThat(lines())
                .extracting(
                        line -> line.path("status").asInt(), line -> line.path("error").asString())
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(403, "permissions_denied"),
                        org.assertj.core.groups.Tuple.tuple(404, "not_found"),
                        org.assertj.core.groups.Tuple.tuple(400, "invalid_arguments"));
    }

    @Test
    void theAddressIsTheOneThatTheTrustedProxySaw() throws IOException {
        server.client.send(
                server.client
                        .to(BASE + "/containers/" + new UUID(1, 2))
                        .header("X-Auth-Token", server.ownerToken())
                        .header("X-Forwarded-For", "6.6.6.6, 203.0.113.9")
                        .DELETE()
                        .build());

        assertThat(last().path("source").asString()).isEqualTo("203.0.113.9");
    }

    @Test
    void withoutATrustedProxyTheClaimIsNotBelieved() throws IOException {
        server.close();
        server = new ApiServer(folder);

        server.client.send(
                server.client
                        .to(BASE + "/containers/" + new UUID(1, 2))
                        .header("X-Auth-Token", server.ownerToken())
                        .header("X-Forwarded-For", "203.0.113.9")
                        .DELETE()
                        .build());

        assertThat(last().path("source").asString()).isEqualTo("127.0.0.1");
    }

    @Test
    void aLogThatCannotBeWrittenFailsNoRequest() throws IOException {
        Files.createDirectory(folder.resolve("audit.log"));

        assertThat(server.call("POST", BASE + "/namespaces", "{\"name\":\"one\"}").status())
                .isEqualTo(200);
        assertThat(server.metrics.scrape()).contains("dormouse_audit_lost_total 1");
    }
}
