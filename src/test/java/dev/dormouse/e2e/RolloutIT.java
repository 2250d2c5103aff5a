package dev.dormouse.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A new revision takes the old one's place when it is healthy, and only then. */
class RolloutIT extends Story {
    private static final String MOVING = "dormouse-test/moving:latest";

    @Test
    void aRolloutAndABadImageUnderLoadLoseNoRequest() {
        JsonNode container =
                deploy("steady", Map.of("environment_variables", Map.of("VERSION", "1")));
        Load load = Load.on(server, Api.host(container), "/sleep?ms=10", 8);
        awaitMore(load, 50);

        api.ready(
                api.updateContainer(
                        container, Map.of("environment_variables", Map.of("VERSION", "2"))));
        assertThat(get(container, "/env?name=VERSION").body()).contains("2");
        awaitMore(load, 50);

        JsonNode failed =
                api.settled(api.updateContainer(container, Map.of("image", "no-such/image:1")));
        assertThat(failed.path("status").stringValue()).isEqualTo("error");
        assertThat(failed.path("error_message").stringValue())
                .contains("\"no-such/image:1\" could not be pulled");
        assertThat(get(container, "/env?name=VERSION").body()).contains("2");
        awaitMore(load, 50);

        api.ready(
                api.updateContainer(
                        container,
                        Map.of("image", image, "environment_variables", Map.of("VERSION", "3"))));
        assertThat(get(container, "/env?name=VERSION").body()).contains("3");
        awaitMore(load, 50);

        Load.Result result = load.finish();
        assertThat(result.failures()).isEmpty();
        assertThat(result.failed()).isZero();
    }

    @Test
    void aCommandThatIsNotInTheImageFailsAtOnceAndSaysSo() {
        JsonNode failed = api.settled(create("lost", Map.of("command", List.of("my-script.sh"))));

        assertThat(failed.path("status").stringValue()).isEqualTo("error");
        assertThat(failed.path("error_message").stringValue())
                .startsWith("Container is unable to start OR is not listening on port 8080: ")
                .contains("my-script.sh");
        assertThat(get(failed, "/").statusCode()).isEqualTo(503);
        assertThat(get(failed, "/").body()).contains("my-script.sh");
    }

    @Test
    void aProcessThatKeepsExitingFailsAtOnceWithItsCode() {
        JsonNode failed = api.settled(create("quitter", Map.of("args", List.of("exit=3"))));

        assertThat(failed.path("error_message").stringValue())
                .isEqualTo(
                        "Container is unable to start OR is not listening on port 8080:"
                                + " the process exited with code 3");
    }

    @Test
    void anInstanceThatGoesOverItsMemoryIsToldSo() {
        JsonNode failed = api.settled(create("greedy", Map.of("args", List.of("allocate=300"))));

        assertThat(failed.path("error_message").stringValue())
                .contains("over its memory limit of 128 MB");
    }

    @Test
    void aProbeThatNeverPassesFailsAfterItsPatienceAndTheOldGoesOnServing() {
        JsonNode container = deploy("probed", Map.of());

        JsonNode failed =
                api.settled(
                        api.updateContainer(
                                container,
                                Map.of(
                                        "startup_probe",
                                        Map.of(
                                                "failure_threshold",
                                                3,
                                                "interval",
                                                "1s",
                                                "timeout",
                                                "1s",
                                                "http",
                                                Map.of("path", "/no")))));

        assertThat(failed.path("error_message").stringValue())
                .startsWith(
                        "Container is unable to start OR does not respond to HTTP requests on port 8080 and path /no")
                .contains("404");
        assertThat(get(container, "/").statusCode()).isEqualTo(200);
    }

    @Test
    void anHttpProbeGatesAndALivenessProbeThatFailsReplacesTheInstance() {
        JsonNode container =
                deploy(
                        "living",
                        Map.of(
                                "min_scale",
                                1,
                                "liveness_probe",
                                Map.of(
                                        "failure_threshold",
                                        3,
                                        "interval",
                                        "1s",
                                        "timeout",
                                        "1s",
                                        "http",
                                        Map.of("path", "/health"))));
        String first = Api.id(api.status(container).path("instances").path(0));

        get(container, "/health/fail");

        Awaitility.await("another instance has taken its place")
                .atMost(java.time.Duration.ofSeconds(30))
                .until(() ->
                        api.instances(container, "ready") == 1
                                && !api.status(container)
                                        .path("instances")
                                        .toString()
                                        .contains(first));
        assertThat(get(container, "/health").statusCode()).isEqualTo(200);
    }

    @Test
    void aCrashedInstanceIsReplaced() {
        JsonNode container = deploy("crasher", Map.of("min_scale", 1));
        String first = Api.id(api.status(container).path("instances").path(0));

        get(container, "/exit?code=9");

        Awaitility.await("another instance has taken its place")
                .until(() ->
                        api.instances(container, "ready") == 1
                                && !api.status(container)
                                        .path("instances")
                                        .toString()
                                        .contains(first));
        assertThat(get(container, "/").statusCode()).isEqualTo(200);
    }

    @Test
    void theNewestOfManyWritesWinsAndNothingLeaks() {
        JsonNode container = create("busy", Map.of());
        for (int version = 1; version <= 8; version++) {
            api.updateContainer(
                    container,
                    Map.of("environment_variables", Map.of("VERSION", Integer.toString(version))));
        }
        api.ready(container);

        assertThat(get(container, "/env?name=VERSION").body()).contains("8");
        Awaitility.await("one instance is left")
                .until(() ->
                        docker(
                                                "ps",
                                                "--all",
                                                "--quiet",
                                                "--filter",
                                                "label=dev.dormouse.container=" + Api.id(container))
                                        .lines()
                                        .count()
                                == 1);
    }

    @Test
    void deletingWhileDeployingLeavesNothing() {
        JsonNode container = create("fleeting", Map.of("args", List.of("delay=60000")));
        Awaitility.await("an instance is starting")
                .until(() -> api.instances(container, "starting") > 0);

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

    @Test
    void redeployTakesTheImageThatTheTagMeansNow() {
        docker("tag", image, MOVING);
        JsonNode container = deploy("moving", Map.of("image", MOVING));
        assertThat(get(container, "/args").body()).contains("from-the-image");

        retagWithCommand("print=moved");
        assertThat(get(container, "/args").body()).contains("from-the-image");
        JsonNode redeployed = api.redeploy(container);
        assertThat(redeployed.path("status").stringValue()).isEqualTo("updating");
        api.ready(container);

        assertThat(get(container, "/args").body()).contains("print=moved");
    }

    @Test
    void aChangedNamespaceEnvironmentRollsItsContainersOut() {
        JsonNode space = api.createNamespace(Map.of("name", "shared-env"));
        JsonNode container = deploy("child", Map.of("namespace_id", Api.id(space)));

        api.updateNamespace(space, Map.of("environment_variables", Map.of("SHARED", "yes")));
        api.ready(container);

        assertThat(get(container, "/env?name=SHARED").body()).contains("yes");
    }

    /** The tag means the same server with another CMD from now on. */
    private void retagWithCommand(String command) {
        String made = docker("create", image);
        docker("commit", "--change", "CMD [\"" + command + "\"]", made, MOVING);
        docker("rm", made);
    }

    private static void awaitMore(Load load, int answers) {
        int before = load.answered();
        Awaitility.await("callers go on being answered")
                .until(() -> load.answered() >= before + answers);
    }
}
