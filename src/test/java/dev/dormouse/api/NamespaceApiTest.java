package dev.dormouse.api;

import static dev.dormouse.api.ApiServer.BASE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.model.Status;
import dev.dormouse.testing.Reply;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NamespaceApiTest {
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
        return server.call("POST", BASE + "/namespaces", body);
    }

    private Reply get(String id) {
        return server.call("GET", BASE + "/namespaces/" + id);
    }

    private Reply patch(String id, String body) {
        return server.call("PATCH", BASE + "/namespaces/" + id, body);
    }

    @Test
    void aNewNamespaceAnswersCreatingInTheOrderOfTheWire() {
        Reply reply =
                create(
                        "{\"project_id\":\"%s\",\"name\":\"tf-acctest-basic\",\"environment_variables\":null,\"secret_environment_variables\":null,\"tags\":null}"
                                .formatted(ApiServer.PROJECT));

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.text())
                .isEqualTo(
                        ("{\"id\":\"%s\",\"name\":\"tf-acctest-basic\",\"organization_id\":\"%s\",\"project_id\":\"%s\","
                                        + "\"description\":\"\",\"status\":\"creating\",\"environment_variables\":{},"
                                        + "\"secret_environment_variables\":{},\"tags\":[],"
                                        + "\"created_at\":\"2026-11-24T12:00:00.123456Z\","
                                        + "\"updated_at\":\"2026-11-24T12:00:00.123456Z\",\"region\":\"fr-par\"}")
                                .formatted(reply.at("/id"), ApiServer.PROJECT, ApiServer.PROJECT));
    }

    @Test
    void isReadyAtTheFirstPollAndItsTimesStay() {
        Reply created = create("{\"name\":\"one\"}");
        server.clock.advance(Duration.ofSeconds(3));

        Reply polled = get(created.at("/id"));

        assertThat(polled.at("/status")).isEqualTo("ready");
        assertThat(polled.at("/updated_at")).isEqualTo(created.at("/updated_at"));
    }

    @Test
    void anEmptyProjectIsTheKeysProject() {
        Reply reply = create("{\"project_id\":\"\",\"name\":\"one\"}");

        assertThat(reply.at("/project_id")).isEqualTo(ApiServer.PROJECT.toString());
    }

    @Test
    void aForeignProjectIsForbidden() {
        Reply reply = create("{\"project_id\":\"%s\",\"name\":\"one\"}".formatted(new UUID(1, 1)));

        assertThat(reply.status()).isEqualTo(403);
        assertThat(reply.at("/type")).isEqualTo("permissions_denied");
    }

    @Test
    void aNameIsTakenOncePerRegion() {
        String id = server.namespace("one");

        Reply again = create("{\"name\":\"one\"}");
        Reply elsewhere =
                server.call(
                        "POST", "/containers/v1/regions/nl-ams/namespaces", "{\"name\":\"one\"}");

        assertThat(again.status()).isEqualTo(409);
        assertThat(again.at("/type")).isEqualTo("already_exists");
        assertThat(again.at("/resource_id")).isEqualTo(id);
        assertThat(elsewhere.status()).isEqualTo(200);
        assertThat(elsewhere.at("/region")).isEqualTo("nl-ams");
    }

    @Test
    void isNotSeenFromAnotherRegion() {
        String id = server.namespace("one");

        Reply reply = server.call("GET", "/containers/v1/regions/pl-waw/namespaces/" + id);

        assertThat(reply.status()).isEqualTo(404);
        assertThat(reply.text())
                .isEqualTo(
                        "{\"message\":\"resource is not found\",\"type\":\"not_found\",\"resource\":\"namespace\",\"resource_id\":\"%s\"}"
                                .formatted(id));
    }

    @Test
    void everyRegionThatTheGoSdkAsksIsAnswered() {
        assertThat(List.of("fr-par", "nl-ams", "pl-waw", "it-mil"))
                .allSatisfy(region ->
                        assertThat(
                                        server.call(
                                                        "GET",
                                                        "/containers/v1/regions/%s/namespaces"
                                                                .formatted(region))
                                                .status())
                                .isEqualTo(200));
    }

    @Test
    void aDescriptionIsChangedWithoutATransition() {
        String id = server.namespace("one");
        server.clock.advance(Duration.ofSeconds(1));

        Reply reply = patch(id, "{\"description\":\"words\",\"tags\":[\"a\"]}");

        assertThat(reply.at("/status")).isEqualTo("ready");
        assertThat(reply.at("/description")).isEqualTo("words");
        assertThat(reply.at("/updated_at")).isEqualTo("2026-11-24T12:00:01.123456Z");
    }

    @Test
    void nothingChangedIsNothingWritten() {
        String id = server.namespace("one");
        server.clock.advance(Duration.ofSeconds(1));

        Reply reply =
                patch(id, "{\"description\":\"\",\"tags\":[],\"environment_variables\":null}");

        assertThat(reply.at("/status")).isEqualTo("ready");
        assertThat(reply.at("/updated_at")).isEqualTo("2026-11-24T12:00:00.123456Z");
    }

    @Test
    void newVariablesRollOutItsContainers() {
        String id = server.namespace("one");
        String container = server.container(id, "app", "").at("/id");
        server.settle(container, Status.READY, "");
        server.changed.clear();

        Reply reply = patch(id, "{\"environment_variables\":{\"A\":\"1\"}}");

        assertThat(reply.at("/status")).isEqualTo("updating");
        assertThat(get(id).at("/status")).isEqualTo("ready");
        assertThat(server.stored(container).generation()).isEqualTo(2);
        assertThat(server.get(container).at("/status")).isEqualTo("updating");
        assertThat(server.changed).containsExactly(UUID.fromString(container));
    }

    @Test
    void theSameVariablesRollOutNothing() {
        String id = create("{\"name\":\"one\",\"environment_variables\":{\"A\":\"1\"}}").at("/id");
        String container = server.container(id, "app", "").at("/id");
        server.changed.clear();

        Reply reply = patch(id, "{\"environment_variables\":{\"A\":\"1\"}}");

        assertThat(reply.at("/status")).isEqualTo("updating");
        assertThat(server.stored(container).generation()).isEqualTo(1);
        assertThat(server.changed).isEmpty();
    }

    @Test
    void anEmptyNamespaceIsGoneAfterItsDeletion() {
        String id = server.namespace("one");
        server.clock.advance(Duration.ofSeconds(1));

        Reply deleted = server.call("DELETE", BASE + "/namespaces/" + id);

        assertThat(deleted.status()).isEqualTo(200);
        assertThat(deleted.at("/status")).isEqualTo("deleting");
        assertThat(deleted.at("/updated_at")).isEqualTo("2026-11-24T12:00:01.123456Z");
        assertThat(get(id).status()).isEqualTo(404);
        assertThat(server.call("DELETE", BASE + "/namespaces/" + id).status()).isEqualTo(404);
    }

    @Test
    void deletingTakesTheContainersAlong() {
        String id = server.namespace("one");
        String container = server.container(id, "app", "").at("/id");
        server.changed.clear();

        Reply deleted = server.call("DELETE", BASE + "/namespaces/" + id);

        assertThat(deleted.at("/status")).isEqualTo("deleting");
        assertThat(get(id).at("/status")).isEqualTo("deleting");
        assertThat(server.get(container).at("/status")).isEqualTo("deleting");
        assertThat(server.changed).containsExactly(UUID.fromString(container));
    }

    @Test
    void whatIsBeingDeletedIsNotWritten() {
        String id = server.namespace("one");
        server.container(id, "app", "");
        server.call("DELETE", BASE + "/namespaces/" + id);

        for (Reply reply :
                new Reply[] {
                    patch(id, "{\"description\":\"x\"}"),
                    server.call("DELETE", BASE + "/namespaces/" + id),
                    server.container(id, "other", "")
                }) {
            assertThat(reply.status()).isEqualTo(409);
            assertThat(reply.at("/type")).isEqualTo("transient_state");
            assertThat(reply.at("/resource")).isEqualTo("namespace");
            assertThat(reply.at("/current_state")).isEqualTo("deleting");
        }
    }

    @Test
    void anIdOfAnotherKindIsNotFoundUnderTheRoutesKind() {
        String id = server.namespace("one");

        Reply reply = server.call("DELETE", BASE + "/containers/" + id);

        assertThat(reply.status()).isEqualTo(404);
        assertThat(reply.at("/resource")).isEqualTo("container");
    }
}
