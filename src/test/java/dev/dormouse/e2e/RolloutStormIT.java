package dev.dormouse.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.DockerClient;
import dev.dormouse.testing.SilentRegistry;
import dev.dormouse.testing.TestImages;
import dev.dormouse.testing.TestRegistry;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Rollouts in each other's way, under load and back again. */
class RolloutStormIT extends Story {
    private static final int REQUESTS_PER_SECOND = 200;

    private static Map<String, Object> version(int number) {
        return Map.of("environment_variables", Map.of("VERSION", Integer.toString(number)));
    }

    private String versionOf(JsonNode container) {
        return get(container, "/env?name=VERSION").body().strip();
    }

    private static void awaitMore(SteadyLoad load, int answers) {
        int before = load.answered();
        Awaitility.await("callers go on being answered")
                .until(() -> load.answered() >= before + answers);
    }

    private JsonNode rollback(JsonNode container, Object body) {
        var answer =
                api.send(
                        "POST", "/dormouse/v1/containers/" + Api.id(container) + "/rollback", body);
        assertThat(answer.status()).as("%s", answer.body()).isEqualTo(200);
        return api.settled(answer.body());
    }

    private JsonNode revisions(JsonNode container) {
        return api.send("GET", "/dormouse/v1/containers/" + Api.id(container) + "/revisions", "")
                .body()
                .path("revisions");
    }

    /** A request that is not answered within the container's timeout is a 504, and so a failure. */
    @Test
    void fiveRolloutsABadOneAndARollbackUnderLoadLoseNoRequestAndMakeNoneLate() {
        JsonNode container =
                deploy(
                        "stormy",
                        Map.of("min_scale", 1, "max_scale", 2, "timeout", "30s", "image", image));
        SteadyLoad load =
                SteadyLoad.on(server, Api.host(container), "/sleep?ms=10", REQUESTS_PER_SECOND);
        awaitMore(load, 200);

        for (int number = 1; number <= 5; number++) {
            api.ready(api.updateContainer(container, version(number)));
        }
        assertThat(versionOf(container)).contains("5");
        JsonNode bad =
                api.settled(api.updateContainer(container, Map.of("args", List.of("exit=3"))));
        awaitMore(load, 200);
        assertThat(bad.path("status").stringValue()).isEqualTo("error");
        assertThat(versionOf(container)).contains("5");
        JsonNode back = rollback(container, Map.of("revision", 4));
        awaitMore(load, 200);

        assertThat(load.finish()).isEmpty();
        assertThat(back.path("status").stringValue()).isEqualTo("ready");
        assertThat(back.at("/environment_variables/VERSION").stringValue()).isEqualTo("3");
        assertThat(versionOf(container)).contains("3");
        assertThat(revisions(container))
                .extracting(one -> one.path("state").stringValue())
                .containsExactly(
                        "live", "failed", "retired", "retired", "retired", "retired", "retired",
                        "retired");
        assertThat(revisions(container).path(0).path("reason").stringValue())
                .isEqualTo("the container was rolled back to revision 4");
    }

    @Test
    void fiveRolloutsUnderAThousandRequestsASecondLoseNone() {
        JsonNode container =
                deploy("crowded", Map.of("min_scale", 1, "max_scale", 2, "mvcpu_limit", 1_000));
        try (HeavyLoad load = HeavyLoad.on(server, Api.host(container), "/sleep?ms=5")) {
            Awaitility.await("a round has ended").until(() -> load.rounds() > 0);

            for (int number = 1; number <= 5; number++) {
                api.ready(api.updateContainer(container, version(number)));
                assertThat(versionOf(container)).contains(Integer.toString(number));
            }

            load.finishWithoutOneLost();
        }
    }

    @Test
    void longRequestsFinishOnTheInstanceTheyAreOn() throws Exception {
        JsonNode container = deploy("patient", version(1));
        List<HttpResponse<InputStream>> begun = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            begun.add(
                    server.http()
                            .send(
                                    server.endpoint(
                                                    Api.host(container),
                                                    "/stream?chunks=10&ms=1000")
                                            .build(),
                                    HttpResponse.BodyHandlers.ofInputStream()));
        }

        api.ready(api.updateContainer(container, version(2)));

        assertThat(versionOf(container)).contains("2");
        for (HttpResponse<InputStream> one : begun) {
            try (InputStream body = one.body()) {
                assertThat(new String(body.readAllBytes(), StandardCharsets.UTF_8).lines())
                        .hasSize(10);
            }
        }
        Awaitility.await("the former instance leaves").until(() -> instances(container, 1) == 0);
    }

    private int instances(JsonNode container, int revision) {
        int count = 0;
        for (JsonNode one : api.status(container).path("instances")) {
            count += one.path("revision").intValue() == revision ? 1 : 0;
        }
        return count;
    }

    @Test
    void aWriteDuringADeployThatCannotSucceedTakesItsPlace() {
        JsonNode container = deploy("hasty", version(1));
        SteadyLoad load = SteadyLoad.on(server, Api.host(container), "/", 20);
        api.updateContainer(container, Map.of("args", List.of("no-listen")));
        Awaitility.await("it is being tried").until(() -> instances(container, 2) > 0);

        JsonNode ready =
                api.ready(
                        api.updateContainer(
                                container,
                                Map.of(
                                        "args",
                                        List.of(),
                                        "environment_variables",
                                        Map.of("VERSION", "3"))));

        awaitMore(load, 20);
        assertThat(load.finish()).isEmpty();
        assertThat(ready.path("error_message").stringValue()).isEmpty();
        assertThat(versionOf(container)).contains("3");
        assertThat(revisions(container))
                .extracting(one -> one.path("state").stringValue())
                .containsExactly("live", "superseded", "retired");
        Awaitility.await("one instance is left")
                .until(() -> instances(container, 1) + instances(container, 2) == 0);
    }

    @Test
    void aRedeployDuringADeployTakesItsPlace() {
        JsonNode container = deploy("eager", version(1));
        api.updateContainer(
                container,
                Map.of("args", List.of("delay=600000"), "environment_variables", Map.of()));
        Awaitility.await("it is being tried").until(() -> instances(container, 2) > 0);
        api.redeploy(container);
        Awaitility.await("the redeploy is being tried").until(() -> instances(container, 3) > 0);

        assertThat(versionOf(container)).contains("1");
        JsonNode back = rollback(container, "");

        assertThat(back.path("status").stringValue()).isEqualTo("ready");
        assertThat(versionOf(container)).contains("1");
        assertThat(revisions(container))
                .extracting(one -> one.path("state").stringValue())
                .containsExactly("live", "superseded", "superseded", "retired");
    }

    @Test
    void aDeletionDuringAPullDoesNotWaitForIt() throws Exception {
        try (SilentRegistry registry = SilentRegistry.open()) {
            JsonNode container =
                    create("fetching", Map.of("image", registry.host() + "/team/app:1"));
            Awaitility.await("it is being pulled").until(registry::isAsked);

            api.deleteContainer(container);

            api.awaitGone("containers", container);
            assertThat(
                            docker(
                                    "ps",
                                    "--all",
                                    "--quiet",
                                    "--filter",
                                    "label=dev.dormouse.container=" + Api.id(container)))
                    .isEmpty();
        }
    }

    @Test
    void aRollbackRunsTheBytesOfThenThoughTheTagMovedAndTheEngineLostThem(@TempDir Path folder)
            throws Exception {
        try (DockerClient engine = TestImages.client();
                TestRegistry registry = TestRegistry.open(folder)) {
            String first = variant("print=first");
            String reference = registry.push(engine, first, "team/app:latest");
            docker("rmi", reference, first);
            JsonNode container =
                    deploy(
                            "returning",
                            Map.of("image", reference, "tags", List.of("dormouse.idle-after=1s")));
            String digest = revisions(container).path(0).path("digest").stringValue();
            registry.push(engine, variant("print=second"), "team/app:latest");
            api.ready(api.redeploy(container));
            assertThat(get(container, "/args").body()).contains("print=second");
            lose(container, digest);

            JsonNode back = rollback(container, "");

            assertThat(back.path("status").stringValue()).as("%s", back).isEqualTo("ready");
            assertThat(get(container, "/args").body()).contains("print=first");
            assertThat(revisions(container).path(0).path("digest").stringValue()).isEqualTo(digest);

            lose(container, digest);
            assertThat(get(container, "/args").body())
                    .as("a cold start whose image was removed")
                    .contains("print=first");
        }
        docker("rmi", "--force", "dormouse-test/rolled:latest");
    }

    /** Once nothing of it runs, the image is taken off the engine. */
    private void lose(JsonNode container, String digest) {
        Awaitility.await("nothing runs")
                .atMost(java.time.Duration.ofSeconds(60))
                .until(() -> api.status(container).path("instances").isEmpty());
        docker("rmi", "--force", docker("inspect", "--format", "{{.Id}}", digest));
    }

    /** The same server with another CMD. */
    private String variant(String command) {
        String made = docker("create", image);
        docker(
                "commit",
                "--change",
                "CMD [\"" + command + "\"]",
                made,
                "dormouse-test/rolled:latest");
        docker("rm", made);
        return "dormouse-test/rolled:latest";
    }
}
