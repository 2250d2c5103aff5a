package dev.dormouse.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Where the time of starts on a real engine went. */
class StartsIT extends Story {
    /** How long the deployed program waits before it listens. */
    private static final int SLOW_MILLIS = 400;

    /** Each of at most seven parts is rounded to a microsecond. */
    private static final double ROUNDING_MILLIS = 0.01;

    private List<JsonNode> starts(JsonNode container) {
        Api.Answer answer =
                api.send("GET", "/dormouse/v1/containers/" + Api.id(container) + "/starts", "");
        assertThat(answer.status()).isEqualTo(200);
        List<JsonNode> starts = new ArrayList<>();
        answer.body().path("starts").forEach(starts::add);
        return starts;
    }

    private static String cause(JsonNode start) {
        return start.path("cause").stringValue();
    }

    private static double took(JsonNode start, String part) {
        double sum = 0;
        for (JsonNode one : start.path("parts")) {
            if (part.isEmpty() || one.path("part").stringValue().equals(part)) {
                sum += one.path("milliseconds").doubleValue();
            }
        }
        return sum;
    }

    private static double whole(JsonNode start) {
        return start.path("milliseconds").doubleValue();
    }

    private static void addsUp(JsonNode start) {
        assertThat(took(start, "")).isCloseTo(whole(start), within(ROUNDING_MILLIS));
        assertThat(took(start, "create")).as("%s", start).isPositive();
        assertThat(took(start, "start")).as("%s", start).isPositive();
        assertThat(took(start, "listen")).as("%s", start).isGreaterThan(SLOW_MILLIS * 0.7);
    }

    @Test
    void aDeployedContainerAndItsWakingAreToldPartByPart() {
        JsonNode container =
                deploy(
                        "timed",
                        Map.of(
                                "args",
                                List.of("delay=" + SLOW_MILLIS),
                                "tags",
                                List.of("dormouse.idle-after=1s")));
        Awaitility.await("it sleeps")
                .atMost(Duration.ofSeconds(60))
                .until(() -> api.status(container).path("instances").isEmpty());

        long before = System.nanoTime();
        assertThat(get(container, "/").statusCode()).isEqualTo(200);
        double waitedMillis = (System.nanoTime() - before) / 1e6;

        assertThat(starts(container))
                .extracting(StartsIT::cause)
                .containsExactly("request", "rollout");
        assertThat(starts(container)).allSatisfy(StartsIT::addsUp);
        JsonNode woken = starts(container).getFirst();
        assertThat(whole(woken)).isLessThan(waitedMillis).isGreaterThan(SLOW_MILLIS);
        assertThat(took(woken, "image")).isZero();
        assertThat(api.text("/metrics"))
                .contains("dormouse_start_part_seconds_bucket{part=\"listen\"");
    }

    @Test
    void aStartThatFailsIsToldWithItsReason() {
        JsonNode container = api.settled(create("quitter", Map.of("args", List.of("exit=3"))));

        assertThat(container.path("status").stringValue()).isEqualTo("error");
        assertThat(starts(container))
                .hasSizeGreaterThanOrEqualTo(1)
                .allSatisfy(start -> {
                    assertThat(start.path("outcome").stringValue()).isEqualTo("failed");
                    assertThat(start.path("message").stringValue()).contains("exited with code 3");
                    assertThat(took(start, "")).isCloseTo(whole(start), within(ROUNDING_MILLIS));
                });
        assertThat(starts(container).getLast().path("cause").stringValue()).isEqualTo("rollout");
        assertThat(starts(container).getLast().path("revision").intValue()).isEqualTo(1);
    }
}
