package dev.dormouse.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Instances that nobody calls stand still on a real engine, and answer whoever calls them. */
class FrozenIT extends Story {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int CALLERS = 10;
    private static final int CALLS = 20;

    @Override
    Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>(QUICK);
        settings.put("DORMOUSE_SLEEP", "freeze");
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
    void aServerThatIsKilledLeavesItFrozenAndTheNextWakesIt() {
        JsonNode container = frozen("adopted");
        String engineId = RestartIT.engineId(container);

        server.kill();
        server.startAgain();

        assertThat(api.instances(container, "frozen")).isEqualTo(1);
        assertThat(get(container, "/").statusCode()).isEqualTo(200);
        assertThat(RestartIT.engineId(container)).isEqualTo(engineId);
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

    /** Calls come whenever it is about to freeze, is being frozen, or has just been. */
    @Test
    void noCallIsLostWhenFreezingAndCallingMeet() throws Exception {
        List<JsonNode> containers =
                IntStream.range(0, CALLERS)
                        .mapToObj(i ->
                                deploy(
                                        "racer-" + i,
                                        Map.of("tags", List.of("dormouse.idle-after=1s"))))
                        .toList();
        List<Callable<List<Integer>>> callers = new ArrayList<>();
        for (JsonNode container : containers) {
            callers.add(() -> {
                Random random = new Random();
                List<Integer> answers = new ArrayList<>();
                for (int i = 0; i < CALLS; i++) {
                    Thread.sleep(1_000 + random.nextInt(1_500));
                    answers.add(get(container, "/").statusCode());
                }
                return answers;
            });
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<List<Integer>> caller : threads.invokeAll(callers)) {
                assertThat(caller.get()).hasSize(CALLS).containsOnly(200);
            }
        }
        for (JsonNode container : containers) {
            assertThat(starts(container)).contains("rollout").doesNotContain("request");
        }
    }
}
