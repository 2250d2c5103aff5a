package dev.dormouse.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Instances that nobody calls stand still on a real engine, and answer whoever calls them. */
class FrozenIT extends Story {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int SLEEPERS = 50;
    private static final int CALLERS = 500;

    @Override
    Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>(QUICK);
        settings.put("DORMOUSE_SLEEP", "freeze");
        // spares take what is free only, and other stories leave their sleepers
        settings.put("DORMOUSE_CPU_BUDGET", "1000000");
        settings.put("DORMOUSE_FROZEN_MEMORY", "1000GB");
        return settings;
    }

    private JsonNode frozen(String name) {
        JsonNode container = deploy(name, Map.of("tags", List.of("dormouse.idle-after=1s")));
        awaitFrozen(container);
        return container;
    }

    private void awaitFrozen(JsonNode container) {
        Awaitility.await("it is frozen")
                .atMost(PATIENCE)
                .until(() -> api.instances(container, "frozen") == 1);
    }

    private String starts(JsonNode container) {
        return api.send("GET", "/dormouse/v1/containers/" + Api.id(container) + "/starts", "")
                .body()
                .toString();
    }

    @Test
    void whatIsFrozenRunsNotAtAllAndIsTheSameWhenItIsCalled() {
        JsonNode container = deploy("same", Map.of("tags", List.of("dormouse.idle-after=1s")));
        String before = get(container, "/").body();
        String engineId = RestartIT.engineId(container);
        awaitFrozen(container);

        String pid = docker("inspect", "--format", "{{.State.Pid}}", engineId);
        assertThat(Frozen.isFrozen(pid)).isTrue();

        assertThat(get(container, "/").body()).isEqualTo(before);
        assertThat(Frozen.isFrozen(pid)).isFalse();
        assertThat(RestartIT.engineId(container)).isEqualTo(engineId);
        awaitFrozen(container);
    }

    @Test
    void aServerThatIsKilledLeavesAllAsTheyAreAndTheNextWakesThem() {
        Map<JsonNode, String> processes = new LinkedHashMap<>();
        for (int i = 0; i < 3; i++) {
            JsonNode awake = deploy("awake-" + i, Map.of("min_scale", 1));
            processes.put(awake, process(awake));
            JsonNode frozen = frozen("frozen-" + i);
            processes.put(frozen, process(frozen));
        }

        server.kill();
        server.startAgain();

        processes.forEach((container, process) -> {
            boolean wasAwake = container.path("min_scale").intValue() == 1;
            Awaitility.await("it is adopted as it was")
                    .atMost(PATIENCE)
                    .until(() -> api.instances(container, wasAwake ? "ready" : "frozen") == 1);
            assertThat(get(container, "/").statusCode()).isEqualTo(200);
            assertThat(process(container)).isEqualTo(process);
        });
    }

    @Test
    void aRolloutTakesThePlaceOfWhatIsFrozen() {
        JsonNode container = frozen("rolled");
        String engineId = RestartIT.engineId(container);

        api.ready(
                api.updateContainer(container, Map.of("environment_variables", Map.of("A", "b"))));

        assertThat(get(container, "/").statusCode()).isEqualTo(200);
        Awaitility.await("the former is gone")
                .atMost(PATIENCE)
                .until(() -> !RestartIT.engineId(container).contains(engineId));
    }

    @Test
    void aTagHasItStopped() {
        JsonNode container = frozen("stopped");

        api.ready(
                api.updateContainer(
                        container,
                        Map.of("tags", List.of("dormouse.idle-after=1s", "dormouse.sleep=stop"))));

        Awaitility.await("it is stopped")
                .atMost(PATIENCE)
                .until(() -> api.status(container).path("instances").isEmpty());
        assertThat(get(container, "/").statusCode()).isEqualTo(200);
    }

    @Test
    void manyThatAreCalledAtOnceAllAnswerAndNoneIsStarted() {
        List<JsonNode> containers =
                IntStream.range(0, SLEEPERS)
                        .mapToObj(i ->
                                create(
                                        "sleeper-" + i,
                                        Map.of(
                                                "mvcpu_limit",
                                                100,
                                                "tags",
                                                List.of("dormouse.idle-after=1s"))))
                        .toList()
                        .stream()
                        .map(api::ready)
                        .toList();
        containers.forEach(this::awaitFrozen);

        List<CompletableFuture<HttpResponse<String>>> calls =
                IntStream.range(0, CALLERS)
                        .mapToObj(i -> call(containers.get(i % SLEEPERS)))
                        .toList();

        assertThat(calls)
                .allSatisfy(answer -> assertThat(answer.join().statusCode()).isEqualTo(200));
        for (JsonNode container : containers) {
            assertThat(starts(container)).contains("rollout").doesNotContain("request");
        }
    }

    private CompletableFuture<HttpResponse<String>> call(JsonNode container) {
        return call(container, "/");
    }

    private CompletableFuture<HttpResponse<String>> call(JsonNode container, String path) {
        return server.http()
                .sendAsync(
                        server.endpoint(Api.host(container), path).build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void sparesTakeABurstThatNobodyHasToWaitForAStartIn() {
        JsonNode container =
                deploy(
                        "spares",
                        Map.of(
                                "tags",
                                List.of("dormouse.idle-after=1s", "dormouse.standby=2"),
                                "mvcpu_limit",
                                100,
                                "max_scale",
                                3,
                                "scaling_option",
                                Map.of("concurrent_requests_threshold", 1)));
        Awaitility.await("two stand by beside the one that sleeps")
                .atMost(PATIENCE)
                .until(() -> api.instances(container, "frozen") == 3);

        List<CompletableFuture<HttpResponse<String>>> calls =
                IntStream.range(0, 3).mapToObj(_ -> call(container, "/sleep?ms=500")).toList();

        assertThat(calls)
                .allSatisfy(answer -> assertThat(answer.join().statusCode()).isEqualTo(200));
        assertThat(starts(container))
                .contains("standby", "rollout")
                .doesNotContain("request", "scale_up");
    }

    @Test
    void whatIsKilledWhileItIsFrozenIsReplacedWhenItIsCalled() {
        JsonNode container = frozen("killed");
        String before = process(container);

        ProcessHandle.of(Long.parseLong(before.split(" ", -1)[1])).orElseThrow().destroyForcibly();

        assertThat(get(container, "/").statusCode()).isEqualTo(200);
        assertThat(process(container)).isNotEqualTo(before);
    }
}
