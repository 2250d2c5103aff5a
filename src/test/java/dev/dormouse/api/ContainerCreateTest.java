package dev.dormouse.api;

import static dev.dormouse.api.ApiServer.BASE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.model.Status;
import dev.dormouse.testing.Reply;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContainerCreateTest {
    @TempDir private Path folder;
    private ApiServer server;
    private String namespace = "";

    @BeforeEach
    void start() {
        server = new ApiServer(folder);
        namespace = server.namespace("cli-ns-affectionate-hoover");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void whatIsLeftOutHasTheRealDefaultsInTheOrderOfTheWire() {
        Reply reply =
                server.container(
                        namespace,
                        "app",
                        ",\"environment_variables\":null,\"secret_environment_variables\":null,"
                                + "\"privacy\":\"unknown_privacy\",\"protocol\":\"unknown_protocol\","
                                + "\"sandbox\":\"unknown_sandbox\",\"tags\":null,\"command\":null,\"args\":null,"
                                + "\"newer_field\":{\"a\":1}");

        assertThat(reply.text())
                .isEqualTo(
                        ("{\"id\":\"%s\",\"name\":\"app\",\"namespace_id\":\"%s\",\"description\":\"\","
                                        + "\"status\":\"creating\",\"created_at\":\"2026-11-24T12:00:00.123456Z\","
                                        + "\"updated_at\":\"2026-11-24T12:00:00.123456Z\",\"min_scale\":0,\"max_scale\":5,"
                                        + "\"memory_limit_bytes\":2048000000,\"mvcpu_limit\":1000,\"timeout\":\"300s\","
                                        + "\"privacy\":\"public\",\"image\":\"nginx:1.29\",\"protocol\":\"http1\",\"port\":8080,"
                                        + "\"https_connections_only\":false,\"sandbox\":\"v2\","
                                        + "\"local_storage_limit_bytes\":1000000000,"
                                        + "\"scaling_option\":{\"concurrent_requests_threshold\":50},\"tags\":[],"
                                        + "\"command\":[],\"args\":[],\"environment_variables\":{},"
                                        + "\"public_endpoint\":\"https://clinsaffectionatehoo%s-app.functions.fnc.fr-par.localhost:8443\","
                                        + "\"liveness_probe\":{\"failure_threshold\":30,\"interval\":\"10s\",\"timeout\":\"1s\",\"tcp\":{}},"
                                        + "\"startup_probe\":null,\"secret_environment_variables\":{},\"region\":\"fr-par\"}")
                                .formatted(reply.at("/id"), namespace, namespace.substring(0, 8)));
        assertThat(server.changed).containsExactly(UUID.fromString(reply.at("/id")));
    }

    @Test
    void whatIsGivenIsAnsweredAndKept() {
        String network = new UUID(7, 7).toString();
        Reply reply =
                server.container(
                        namespace,
                        "app",
                        (",\"description\":\"d\",\"min_scale\":1,\"max_scale\":2,\"memory_limit_bytes\":1120000000,"
                                        + "\"mvcpu_limit\":280,\"timeout\":\"360.000000000s\",\"privacy\":\"private\","
                                        + "\"protocol\":\"h2c\",\"port\":5000,\"sandbox\":\"v1\",\"local_storage_limit_bytes\":1500000000,"
                                        + "\"https_connections_only\":true,\"scaling_option\":{\"cpu_usage_threshold\":72},"
                                        + "\"tags\":[\"a\",\"dormouse.idle-after=90s\"],\"command\":[\"/bin/sh\"],\"args\":[\"-c\",\"x y\"],"
                                        + "\"environment_variables\":{\"B\":\"line\\nbreak\",\"A\":\"é😀\"},\"private_network_id\":\"%s\","
                                        + "\"liveness_probe\":{\"failure_threshold\":3,\"interval\":\"10.000000000s\",\"timeout\":\"1.500000000s\",\"http\":{\"path\":\"/test\"}},"
                                        + "\"startup_probe\":{\"failure_threshold\":0,\"interval\":null,\"timeout\":null,\"tcp\":{}}")
                                .formatted(network));

        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        assertThat(server.get(reply.at("/id")).text()).isEqualTo(reply.text());
        assertThat(reply.text())
                .contains("\"min_scale\":1,\"max_scale\":2,\"memory_limit_bytes\":1120000000")
                .contains("\"mvcpu_limit\":280,\"timeout\":\"360s\",\"privacy\":\"private\"")
                .contains("\"protocol\":\"h2c\",\"port\":5000,\"https_connections_only\":true")
                .contains("\"scaling_option\":{\"cpu_usage_threshold\":72}")
                .contains("\"private_network_id\":\"" + network + "\",\"command\":[\"/bin/sh\"]")
                .contains("\"environment_variables\":{\"A\":\"é😀\",\"B\":\"line\\nbreak\"}")
                .contains(
                        "\"liveness_probe\":{\"failure_threshold\":3,\"interval\":\"10s\",\"timeout\":\"1.500s\",\"http\":{\"path\":\"/test\"}}")
                .contains(
                        "\"startup_probe\":{\"failure_threshold\":30,\"interval\":\"10s\",\"timeout\":\"1s\",\"tcp\":{}}");
    }

    @Test
    void anEmptyNetworkIsNone() {
        Reply reply = server.container(namespace, "app", ",\"private_network_id\":\"\"");

        assertThat(reply.json().has("private_network_id")).isFalse();
    }

    @Test
    void errorMessageIsAbsentThenEmptyThenTold() {
        String id = server.container(namespace, "app", "").at("/id");
        assertThat(server.get(id).json().has("error_message")).isFalse();

        server.settle(id, Status.READY, "");
        Reply ready = server.get(id);
        assertThat(ready.json().path("error_message").asString("absent")).isEmpty();
        assertThat(ready.at("/updated_at")).isEqualTo("2026-11-24T12:00:05Z");

        server.patch(id, "{\"port\":81}");
        server.settle(id, Status.ERROR, "Container is unable to start");
        assertThat(server.get(id).at("/error_message")).isEqualTo("Container is unable to start");

        Reply deleting = server.call("DELETE", BASE + "/containers/" + id);
        assertThat(deleting.at("/status")).isEqualTo("deleting");
        assertThat(deleting.json().has("error_message")).isFalse();
    }

    @Test
    void everythingMissingIsNamed() {
        Reply reply = server.call("POST", BASE + "/containers", "{}");

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.text())
                .startsWith("{\"message\":\"invalid argument(s)\",\"type\":\"invalid_arguments\"");
        assertThat(reply.arguments()).containsExactly("namespace_id", "name", "image");
        assertThat(reply.at("/details/0/reason")).isEqualTo("required");
    }

    @Test
    void anUnknownNamespaceIsNotFound() {
        Reply reply = server.container(new UUID(1, 1).toString(), "app", "");

        assertThat(reply.status()).isEqualTo(404);
        assertThat(reply.at("/resource")).isEqualTo("namespace");
    }

    @Test
    void aNameIsTakenOncePerNamespace() {
        String id = server.container(namespace, "app", "").at("/id");

        Reply again = server.container(namespace, "app", "");
        Reply elsewhere = server.container(server.namespace("two"), "app", "");

        assertThat(again.status()).isEqualTo(409);
        assertThat(again.at("/resource_id")).isEqualTo(id);
        assertThat(elsewhere.status()).isEqualTo(200);
    }

    @Test
    void moreInstancesAtLeastThanAtMostIsRefused() {
        Reply reply = server.container(namespace, "app", ",\"min_scale\":6");

        assertThat(reply.arguments()).containsExactly("min_scale");
        assertThat(reply.at("/details/0/reason")).isEqualTo("constraint");
    }

    @Test
    void aProbeMustSayHowItChecks() {
        assertThat(server.container(namespace, "app", ",\"liveness_probe\":{}").arguments())
                .containsExactly("liveness_probe");
        assertThat(
                        server.container(namespace, "app", ",\"startup_probe\":{\"http\":{}}")
                                .arguments())
                .containsExactly("startup_probe.http.path");
    }

    @Test
    void variablesOfBothAreCountedTogether() {
        StringBuilder many = new StringBuilder("\"V0\":\"\"");
        for (int i = 1; i < 150; i++) {
            many.append(",\"V%d\":\"\"".formatted(i));
        }
        String variables = "\"environment_variables\":{" + many + "}";
        assertThat(server.container(namespace, "app", "," + variables).status()).isEqualTo(200);

        Reply reply =
                server.call("PATCH", BASE + "/namespaces/" + namespace, "{" + variables + "}");

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.arguments()).containsExactly("environment_variables");
        assertThat(reply.at("/details/0/help_message")).contains("300").contains("200");
    }

    @Test
    void redeployingRollsOutAnew() {
        String id = server.container(namespace, "app", "").at("/id");
        server.settle(id, Status.READY, "");
        server.changed.clear();

        Reply reply = server.call("POST", BASE + "/containers/" + id + "/redeploy", "{}");

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.at("/status")).isEqualTo("updating");
        assertThat(server.stored(id).generation()).isEqualTo(2);
        assertThat(server.changed).containsExactly(UUID.fromString(id));
    }

    @Test
    void aContainerBeingDeletedIsNotWritten() {
        String id = server.container(namespace, "app", "").at("/id");
        server.call("DELETE", BASE + "/containers/" + id);

        for (Reply reply :
                new Reply[] {
                    server.patch(id, "{\"port\":81}"),
                    server.call("DELETE", BASE + "/containers/" + id),
                    server.call("POST", BASE + "/containers/" + id + "/redeploy", "{}")
                }) {
            assertThat(reply.status()).isEqualTo(409);
            assertThat(reply.at("/type")).isEqualTo("transient_state");
        }
    }
}
