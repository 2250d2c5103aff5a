package dev.dormouse.api;

import static dev.dormouse.api.ApiServer.BASE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.model.Container;
import dev.dormouse.model.ExactImage;
import dev.dormouse.model.Pin;
import dev.dormouse.model.Revision;
import dev.dormouse.model.Secret;
import dev.dormouse.model.Status;
import dev.dormouse.testing.Reply;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RevisionsApiTest {
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
                                ",\"environment_variables\":{\"V\":\"1\"},\"secret_environment_variables\":{\"S\":\"old\"}")
                        .at("/id");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static ExactImage image(int number) {
        return new ExactImage("sha256:" + number, "nginx@sha256:" + number);
    }

    /** Does what the control loop does with the newest write. */
    private void rolledOut(int number, Revision.State state) {
        Container container = server.stored(id);
        server.store.write(tables -> {
            if (state == Revision.State.LIVE) {
                tables.revisions().of(container.id()).stream()
                        .filter(one -> one.state() == Revision.State.LIVE)
                        .forEach(one ->
                                tables.revisions()
                                        .mark(
                                                container.id(),
                                                one.number(),
                                                Revision.State.RETIRED,
                                                ""));
            }
            tables.revisions()
                    .insert(
                            new Revision(
                                    container.id(),
                                    number,
                                    container.generation(),
                                    image(number),
                                    container.workload(),
                                    Map.of("MERGED", "hidden"),
                                    "the container was changed",
                                    state,
                                    state == Revision.State.FAILED ? "it exited" : "",
                                    ApiServer.START));
            return true;
        });
        server.settle(
                id, state == Revision.State.LIVE ? Status.READY : Status.ERROR, "as was said");
    }

    private Reply rollback(String body) {
        return server.call("POST", "/dormouse/v1/containers/" + id + "/rollback", body);
    }

    @Test
    void revisionsAreToldNewestFirstAndWithoutVariables() {
        rolledOut(1, Revision.State.LIVE);
        server.patch(id, "{\"image\":\"nginx:2\"}");
        rolledOut(2, Revision.State.FAILED);

        Reply reply = server.call("GET", "/dormouse/v1/containers/" + id + "/revisions");

        assertThat(reply.text())
                .isEqualTo(
                        "{\"revisions\":["
                                + "{\"number\":2,\"image\":\"nginx:2\",\"digest\":\"nginx@sha256:2\",\"created_at\":\"2026-11-24T12:00:00.123456Z\",\"reason\":\"the container was changed\",\"state\":\"failed\",\"live\":false,\"message\":\"it exited\"},"
                                + "{\"number\":1,\"image\":\"nginx:1.29\",\"digest\":\"nginx@sha256:1\",\"created_at\":\"2026-11-24T12:00:00.123456Z\",\"reason\":\"the container was changed\",\"state\":\"live\",\"live\":true,\"message\":\"\"}"
                                + "],\"total_count\":2}");
    }

    @Test
    void aRollbackAsksForTheWorkloadOfThenWithItsExactImageAndKeepsHowItIsServed() {
        rolledOut(1, Revision.State.LIVE);
        Container first = server.stored(id);
        server.patch(
                id,
                "{\"image\":\"nginx:2\",\"port\":99,\"environment_variables\":{\"V\":\"2\"},\"secret_environment_variables\":{\"S\":\"new\"},\"max_scale\":7}");
        rolledOut(2, Revision.State.LIVE);

        Reply reply = rollback("{}");

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.at("/status")).isEqualTo("updating");
        assertThat(reply.at("/image")).isEqualTo("nginx:1.29");
        assertThat(reply.json().at("/port").intValue()).isEqualTo(8080);
        assertThat(reply.json().at("/max_scale").intValue()).isEqualTo(7);
        assertThat(reply.at("/environment_variables/V")).isEqualTo("1");
        Container after = server.stored(id);
        assertThat(after.workload())
                .isEqualTo(first.workload().withPin(Optional.of(new Pin(1, image(1)))));
        assertThat(after.workload().secretEnvironment())
                .extractingByKey("S")
                .extracting(Secret::value)
                .isEqualTo("old");
        assertThat(after.generation()).isEqualTo(3);
        assertThat(server.changed).endsWith(UUID.fromString(id));
    }

    @Test
    void withoutANumberItIsWhatServedBeforeTheNewestWrite() {
        rolledOut(1, Revision.State.LIVE);
        server.patch(id, "{\"port\":81}");
        rolledOut(2, Revision.State.LIVE);
        server.patch(id, "{\"port\":82}");
        rolledOut(3, Revision.State.FAILED);

        rollback("");
        assertThat(server.stored(id).workload().pin()).contains(new Pin(2, image(2)));

        rolledOut(4, Revision.State.LIVE);
        rollback("{\"revision\":null}");
        assertThat(server.stored(id).workload().pin()).contains(new Pin(2, image(2)));
    }

    @Test
    void whatIsBeingDeployedIsGivenUpForWhatServes() {
        rolledOut(1, Revision.State.LIVE);
        server.patch(id, "{\"port\":81}");

        assertThat(rollback("{\"revision\":1}").status()).isEqualTo(200);

        assertThat(server.stored(id).workload().port()).isEqualTo(8080);
    }

    @Test
    void whatNeverServedOrIsNotThereOrServesAlreadyCannotBeRolledBackTo() {
        assertThat(rollback("{}").at("/help_message"))
                .isEqualTo("there is no earlier revision that ever served");
        rolledOut(1, Revision.State.FAILED);
        server.patch(id, "{\"port\":81}");
        rolledOut(2, Revision.State.LIVE);
        Container before = server.stored(id);

        assertThat(rollback("{\"revision\":1}").at("/help_message"))
                .isEqualTo("revision 1 never served");
        assertThat(rollback("{\"revision\":2}").at("/help_message"))
                .isEqualTo("revision 2 serves already");
        assertThat(rollback("{\"revision\":3}").text())
                .isEqualTo(
                        "{\"message\":\"resource is not found\",\"type\":\"not_found\",\"resource\":\"revision\",\"resource_id\":\"3\"}");
        assertThat(rollback("{\"revision\":0}").at("/details/0/argument_name"))
                .isEqualTo("revision");
        assertThat(rollback("{\"revision\":2}").status()).isEqualTo(412);
        assertThat(server.stored(id)).isEqualTo(before);
    }

    @Test
    void aContainerThatIsBeingDeletedIsNotRolledBack() {
        rolledOut(1, Revision.State.LIVE);
        server.patch(id, "{\"port\":81}");
        rolledOut(2, Revision.State.LIVE);
        server.call("DELETE", BASE + "/containers/" + id);

        Reply reply = rollback("{}");

        assertThat(reply.status()).isEqualTo(409);
        assertThat(reply.at("/current_state")).isEqualTo("deleting");
    }

    @Test
    void anUpdateKeepsTheExactImageUntilAnImageOrARedeployIsAskedFor() {
        rolledOut(1, Revision.State.LIVE);
        server.patch(id, "{\"port\":81}");
        rolledOut(2, Revision.State.LIVE);

        rollback("{}");
        server.patch(id, "{\"environment_variables\":{\"V\":\"3\"},\"image\":null}");
        assertThat(server.stored(id).workload().pin()).isPresent();
        server.patch(id, "{\"image\":\"nginx:1.29\"}");
        assertThat(server.stored(id).workload().pin()).isEmpty();

        rollback("{\"revision\":1}");
        assertThat(server.stored(id).workload().pin()).isPresent();
        server.call("POST", BASE + "/containers/" + id + "/redeploy", "{}");
        assertThat(server.stored(id).workload().pin()).isEmpty();
    }
}
