package dev.dormouse.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.testing.OwnEngine;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Where the engine has control groups of the second version, instances sleep and wake as well. */
class SecondCgroupsIT extends OwnEngineStory {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Override
    OwnEngine.Options options() {
        return new OwnEngine.Options(true, "600m", List.of()).withSecondCgroups();
    }

    @Override
    Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>(super.settings());
        settings.put("DORMOUSE_SLEEP", "freeze");
        return settings;
    }

    /** What the kernel's own file says of the container's only instance. */
    private boolean isFrozen(String engineId) {
        return engine.machineSays("cat", "/sys/fs/cgroup/docker/" + engineId + "/cgroup.events")
                .contains("frozen 1");
    }

    private String engineId(JsonNode container) {
        return engineSays(
                "ps",
                "--quiet",
                "--no-trunc",
                "--filter",
                "label=dev.dormouse.container=" + Api.id(container));
    }

    private JsonNode frozen(String name) {
        JsonNode container = deploy(name, Map.of("tags", List.of("dormouse.idle-after=1s")));
        Awaitility.await("it is frozen")
                .atMost(PATIENCE)
                .until(() -> api.instances(container, "frozen") == 1);
        return container;
    }

    @Test
    void theKernelsFileFreezesAndThawsAndTheEngineIsNotAsked() {
        JsonNode container = frozen("same");
        String engineId = engineId(container);

        assertThat(isFrozen(engineId)).isTrue();
        assertThat(engineSays("inspect", "--format", "{{.State.Status}}", engineId))
                .isEqualTo("running");
        assertThat(get(container, "/").statusCode()).isEqualTo(200);

        assertThat(isFrozen(engineId)).isFalse();
        assertThat(engineId(container)).isEqualTo(engineId);
    }

    @Test
    void theNextServerFindsItFrozenAndWakesIt() {
        JsonNode container = frozen("found");
        String engineId = engineId(container);

        server.kill();
        server.startAgain();

        Awaitility.await("it is adopted as it was")
                .atMost(PATIENCE)
                .until(() -> api.instances(container, "frozen") == 1);
        assertThat(isFrozen(engineId)).isTrue();
        assertThat(get(container, "/").statusCode()).isEqualTo(200);
        assertThat(engineId(container)).isEqualTo(engineId);
    }

    @Test
    void whatIsFrozenCanBeRemoved() {
        JsonNode container = frozen("removed");

        api.deleteContainer(container);

        Awaitility.await("it is gone").atMost(PATIENCE).until(() -> engineId(container).isEmpty());
    }

    /** The kernel counts what processes compute also where nobody can be limited. */
    @Test
    void whatComputesIsScaledByThat() {
        JsonNode container =
                deploy(
                        "burns",
                        Map.of(
                                "mvcpu_limit",
                                500,
                                "max_scale",
                                2,
                                "scaling_option",
                                Map.of("cpu_usage_threshold", 50)));
        Load load = Load.on(server, Api.host(container), "/burn?ms=100", 2);

        Awaitility.await("two are awake")
                .atMost(PATIENCE)
                .until(() -> api.instances(container, "ready") == 2);

        assertThat(load.finish().failures()).isEmpty();
    }
}
