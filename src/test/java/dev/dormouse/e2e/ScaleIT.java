package dev.dormouse.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** From zero to many and back to zero, and nobody who calls notices. */
class ScaleIT extends Story {
    private static final Duration SLEEP_TIMEOUT = Duration.ofSeconds(60);

    @Test
    void itGrowsUnderLoadAndGoesBackToZeroWithNoFailedRequest() {
        JsonNode container =
                deploy(
                        "elastic",
                        Map.of(
                                "max_scale",
                                4,
                                "scaling_option",
                                Map.of("concurrent_requests_threshold", 2),
                                "tags",
                                List.of("dormouse.idle-after=3s")));
        awaitInstances(container, 0);

        Load load = Load.on(server, Api.host(container), "/sleep?ms=100", 8);
        Awaitility.await("four instances are ready")
                .atMost(SLEEP_TIMEOUT)
                .until(() -> api.instances(container, "ready") == 4);
        int before = load.answered();
        Awaitility.await("and all of them serve").until(() -> load.answered() > before + 100);
        Load.Result result = load.finish();

        assertThat(result.failures()).isEmpty();
        assertThat(result.failed()).isZero();
        awaitInstances(container, 0);
        assertThat(get(container, "/").statusCode()).isEqualTo(200);
    }

    @Test
    void aSleepingContainerIsWokenByTheFirstRequest() {
        JsonNode container = deploy("sleeper", Map.of("tags", List.of("dormouse.idle-after=1s")));
        awaitInstances(container, 0);

        HttpResponse<String> answer = get(container, "/");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(api.container(container).path("status").stringValue()).isEqualTo("ready");
    }

    @Test
    void minScaleKeepsInstancesAndTakesEffectWithoutARollout() {
        JsonNode container = deploy("keeper", Map.of("tags", List.of("dormouse.idle-after=1s")));
        String first = Api.id(api.status(container).path("instances").path(0));

        JsonNode updated = api.ready(api.updateContainer(container, Map.of("min_scale", 2)));

        assertThat(updated.path("min_scale").intValue()).isEqualTo(2);
        assertThat(api.instances(container, "ready")).isEqualTo(2);
        assertThat(api.status(container).path("instances").toString()).contains(first);
    }

    private void awaitInstances(JsonNode container, int count) {
        Awaitility.await(count + " instances")
                .atMost(SLEEP_TIMEOUT)
                .until(() -> api.status(container).path("instances").size() == count);
    }
}
