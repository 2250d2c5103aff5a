package dev.dormouse.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Programs that really compute and really allocate, on a real engine. */
class UsageScaleIT extends Story {
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    @Override
    Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>(QUICK);
        settings.put("DORMOUSE_USAGE_EVERY", "1s");
        settings.put("DORMOUSE_USAGE_WINDOW", "2s");
        return settings;
    }

    @Test
    void whatComputesGrowsToItsMostAndSleepsOnceNobodyCalls() {
        JsonNode container =
                deploy(
                        "computing",
                        Map.of(
                                "max_scale",
                                3,
                                "mvcpu_limit",
                                200,
                                "scaling_option",
                                Map.of("cpu_usage_threshold", 30),
                                "tags",
                                List.of("dormouse.idle-after=4s")));
        awaitInstances(container, 0);

        Load load = Load.on(server, Api.host(container), "/burn?ms=200", 6);
        awaitReady(container, 3);
        assertThat(because(container))
                .matches(
                        "cpu \\d+ % on average over \\d instances?, 30 % wanted: \\d+ instances.*");
        Load.Result result = load.finish();

        assertThat(result.failures()).isEmpty();
        assertThat(result.answered()).isPositive();
        awaitInstances(container, 0);
        assertThat(because(container)).isEqualTo("nobody called for 4 s");
        assertThat(get(container, "/").statusCode()).isEqualTo(200);
    }

    @Test
    void whatAllocatesGrowsToItsMostAndComesDownAgain() {
        JsonNode container =
                deploy(
                        "allocating",
                        Map.of(
                                "min_scale",
                                1,
                                "max_scale",
                                3,
                                "scaling_option",
                                Map.of("memory_usage_threshold", 20)));

        Load load = Load.on(server, Api.host(container), "/hold?mb=20&ms=2000", 5);
        awaitReady(container, 3);
        assertThat(because(container))
                .matches(
                        "memory \\d+ % on average over \\d instances?, 20 % wanted: \\d+ instances.*");
        Load.Result result = load.finish();

        assertThat(result.failures()).isEmpty();
        awaitInstances(container, 1);
        Awaitility.await("what it holds is told")
                .atMost(PATIENCE)
                .until(() -> because(container).matches(".*; memory \\d+ % on average over 1 .*"));
    }

    @Test
    void aTagAddsASignalAndAWrongOneIsRefused() {
        JsonNode container =
                deploy(
                        "tagged",
                        Map.of(
                                "min_scale",
                                1,
                                "max_scale",
                                2,
                                "mvcpu_limit",
                                200,
                                "tags",
                                List.of("dormouse.scale-on=cpu:30")));

        try (Load load = Load.on(server, Api.host(container), "/burn?ms=200", 4)) {
            awaitReady(container, 2);
            assertThat(because(container)).startsWith("cpu ");
            assertThat(load.finish().failures()).isEmpty();
        }

        Api.Answer refused =
                api.send(
                        "PATCH",
                        "/containers/v1/regions/fr-par/containers/" + Api.id(container),
                        Map.of("tags", List.of("dormouse.scale-on=cpu:0")));
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.body().toString()).contains("dormouse.scale-on takes").contains("tags");
    }

    private String because(JsonNode container) {
        return api.status(container).path("because").asString("");
    }

    private void awaitReady(JsonNode container, int count) {
        Awaitility.await(count + " are ready")
                .atMost(PATIENCE)
                .until(() -> api.instances(container, "ready") == count);
    }

    private void awaitInstances(JsonNode container, int count) {
        Awaitility.await(count + " instances")
                .atMost(PATIENCE)
                .until(() -> api.status(container).path("instances").size() == count);
    }
}
