package dev.dormouse.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.model.Status;
import dev.dormouse.testing.Reply;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContainerUpdateTest {
    private static final String UNKNOWN =
            "\"privacy\":\"unknown_privacy\",\"protocol\":\"unknown_protocol\",\"sandbox\":\"unknown_sandbox\"";

    @TempDir private Path folder;
    private ApiServer server;
    private String id = "";

    @BeforeEach
    void start() {
        server = new ApiServer(folder);
        id =
                server.container(
                                server.namespace("one"),
                                "app",
                                ",\"privacy\":\"private\",\"protocol\":\"h2c\",\"sandbox\":\"v1\","
                                        + "\"command\":[\"a\"],\"args\":[\"b\"],\"tags\":[\"t\"],"
                                        + "\"environment_variables\":{\"A\":\"1\",\"B\":\"2\"},"
                                        + "\"startup_probe\":{\"failure_threshold\":5,\"interval\":\"15s\",\"timeout\":\"60s\",\"http\":{\"path\":\"/up\"}}")
                        .at("/id");
        server.settle(id, Status.READY, "");
        server.changed.clear();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void nothingAskedIsNothingWritten() {
        Reply before = server.get(id);
        server.clock.advance(Duration.ofSeconds(1));

        Reply unknowns = server.patch(id, "{" + UNKNOWN + "}");
        Reply nothing = server.patch(id, "{}");
        Reply nulls =
                server.patch(
                        id,
                        "{\"environment_variables\":null,\"tags\":null,\"command\":null,\"port\":null,\"scaling_option\":null,\"secret_environment_variables\":null,\"timeout\":null}");
        Reply same =
                server.patch(
                        id,
                        "{\"port\":8080,\"timeout\":\"300.000000000s\",\"tags\":[\"t\"],\"args\":[\"b\"]}");

        assertThat(unknowns.text()).isEqualTo(before.text());
        assertThat(nothing.text()).isEqualTo(before.text());
        assertThat(nulls.text()).isEqualTo(before.text());
        assertThat(same.text()).isEqualTo(before.text());
        assertThat(server.changed).isEmpty();
    }

    @Test
    void labelsChangeWithoutATransition() {
        server.clock.advance(Duration.ofSeconds(1));

        Reply reply =
                server.patch(id, "{\"description\":\"d\",\"tags\":[\"dormouse.idle-after=1s\"]}");

        assertThat(reply.at("/status")).isEqualTo("ready");
        assertThat(reply.at("/updated_at")).isEqualTo("2026-11-24T12:00:06.123456Z");
        assertThat(server.stored(id).generation()).isEqualTo(1);
        assertThat(server.changed).containsExactly(UUID.fromString(id));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"port\":81}",
                "{\"mvcpu_limit\":1500}",
                "{\"command\":[]}",
                "{\"environment_variables\":{}}",
                "{\"secret_environment_variables\":{\"S\":\"x\"}}",
                "{\"image\":\"nginx:1.29\"}",
                "{\"startup_probe\":null}",
                "{\"liveness_probe\":{\"failure_threshold\":4,\"tcp\":{}}}",
                "{\"private_network_id\":\"00000000-0000-0007-0000-000000000007\"}",
            })
    void whatTheProcessesAreMadeOfRollsOut(String body) {
        Reply reply = server.patch(id, body);

        assertThat(reply.at("/status")).as(reply.text()).isEqualTo("updating");
        assertThat(server.stored(id).generation()).isEqualTo(2);
        assertThat(server.changed).containsExactly(UUID.fromString(id));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"min_scale\":1}",
                "{\"max_scale\":7}",
                "{\"timeout\":\"20s\"}",
                "{\"privacy\":\"public\"}",
                "{\"https_connection_only\":true}",
                "{\"https_connections_only\":true}",
                "{\"scaling_option\":{\"memory_usage_threshold\":66}}",
            })
    void howItIsServedChangesWithoutARollout(String body) {
        Reply reply = server.patch(id, body);

        assertThat(reply.at("/status")).as(reply.text()).isEqualTo("updating");
        assertThat(server.stored(id).generation()).isEqualTo(1);
        assertThat(server.changed).containsExactly(UUID.fromString(id));
    }

    @Test
    void afterAFailureAnyChangeTriesAgain() {
        server.patch(id, "{\"port\":81}");
        server.settle(id, Status.ERROR, "no");

        Reply labels = server.patch(id, "{\"description\":\"still broken\"}");
        Reply served = server.patch(id, "{\"max_scale\":7}");

        assertThat(labels.at("/status")).isEqualTo("error");
        assertThat(labels.at("/error_message")).isEqualTo("no");
        assertThat(served.at("/status")).isEqualTo("updating");
        assertThat(server.stored(id).generation()).isEqualTo(3);
    }

    @Test
    void listsAndMapsAreReplacedWhole() {
        Reply reply =
                server.patch(
                        id,
                        "{\"environment_variables\":{\"C\":\"3\"},\"command\":[\"x\",\"y\"],\"args\":[],\"tags\":[]}");

        assertThat(reply.text())
                .contains("\"environment_variables\":{\"C\":\"3\"}")
                .contains("\"tags\":[],\"command\":[\"x\",\"y\"],\"args\":[]");
    }

    @Test
    void aScalingOptionTakesTheOthersPlace() {
        assertThat(server.patch(id, "{\"scaling_option\":{\"cpu_usage_threshold\":72}}").text())
                .contains("\"scaling_option\":{\"cpu_usage_threshold\":72}");
        assertThat(
                        server.patch(
                                        id,
                                        "{\"scaling_option\":{\"concurrent_requests_threshold\":null,\"memory_usage_threshold\":66}}")
                                .text())
                .contains("\"scaling_option\":{\"memory_usage_threshold\":66}");
    }

    @Test
    void aNetworkIsLeftWithAnEmptyText() {
        String network = "{\"private_network_id\":\"00000000-0000-0007-0000-000000000007\"}";
        assertThat(server.patch(id, network).json().has("private_network_id")).isTrue();

        Reply reply = server.patch(id, "{\"private_network_id\":\"\"}");

        assertThat(reply.json().has("private_network_id")).isFalse();
    }

    @Test
    void nullsInsideAProbeKeepWhatIsStored() {
        Reply reply =
                server.patch(
                        id,
                        "{\"startup_probe\":{\"failure_threshold\":null,\"interval\":\"20s\",\"timeout\":null,\"http\":{\"path\":null}}}");

        assertThat(reply.text())
                .contains(
                        "\"startup_probe\":{\"failure_threshold\":5,\"interval\":\"20s\",\"timeout\":\"60s\",\"http\":{\"path\":\"/up\"}}");
    }

    @Test
    void aProbeTurnsFromHttpToTcp() {
        Reply reply = server.patch(id, "{\"startup_probe\":{\"failure_threshold\":0,\"tcp\":{}}}");

        assertThat(reply.text())
                .contains(
                        "\"startup_probe\":{\"failure_threshold\":5,\"interval\":\"15s\",\"timeout\":\"60s\",\"tcp\":{}}");
    }

    @Test
    void nullRemovesTheStartupProbeAndRestoresTheOther() {
        server.patch(
                id, "{\"liveness_probe\":{\"failure_threshold\":4,\"http\":{\"path\":\"/x\"}}}");

        Reply reply = server.patch(id, "{\"startup_probe\":null,\"liveness_probe\":null}");

        assertThat(reply.text())
                .contains(
                        "\"liveness_probe\":{\"failure_threshold\":30,\"interval\":\"10s\",\"timeout\":\"1s\",\"tcp\":{}},\"startup_probe\":null");
    }

    @Test
    void theLeastAndTheMostAreCheckedAsTheyWillBe() {
        assertThat(server.patch(id, "{\"min_scale\":5}").status()).isEqualTo(200);

        Reply reply = server.patch(id, "{\"max_scale\":4}");

        assertThat(reply.arguments()).containsExactly("min_scale");
        assertThat(server.get(id).json().path("max_scale").intValue()).isEqualTo(5);
    }

    @Test
    void nameAndNamespaceStay() {
        Reply reply = server.patch(id, "{\"name\":\"other\",\"namespace_id\":\"x\"}");

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.at("/name")).isEqualTo("app");
    }
}
