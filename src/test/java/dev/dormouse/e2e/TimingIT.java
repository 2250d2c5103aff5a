package dev.dormouse.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Where a request's time went: in the answer, in the access log and in the metrics. */
class TimingIT extends Story {
    private static final Map<String, String> ASKED = Map.of("Dormouse-Server-Timing", "1");
    private static final Duration SLEEP_TIMEOUT = Duration.ofSeconds(60);

    @Override
    Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>(QUICK);
        settings.put("DORMOUSE_ACCESS_LOG", "json");
        return settings;
    }

    @Test
    void whoWakesAContainerSeesWhatTheStartTookAndTheNextSeesNone() throws Exception {
        JsonNode container = deploy("timed", Map.of("tags", List.of("dormouse.idle-after=2s")));
        Awaitility.await("it sleeps")
                .atMost(SLEEP_TIMEOUT)
                .until(() -> api.status(container).path("instances").isEmpty());

        long before = System.nanoTime();
        HttpResponse<String> cold = get(container, "/cold?token=hush", ASKED);
        double took = (System.nanoTime() - before) / 1e6;
        HttpResponse<String> warm = get(container, "/", ASKED);

        Map<String, Double> parts = parts(cold);
        assertThat(parts).containsOnlyKeys("start", "connect", "app");
        assertThat(parts.get("start")).isBetween(1.0, took);
        assertThat(parts(warm)).containsKey("app").doesNotContainKeys("start", "queue");
        assertThat(get(container, "/").headers().firstValue("Server-Timing")).isEmpty();

        Awaitility.await("its requests are in the access log")
                .until(() -> lines(container).size() == 3);
        JsonNode first = lines(container).getFirst();
        assertThat(first.path("path").stringValue()).isEqualTo("/cold");
        assertThat(first.path("host").stringValue()).isEqualTo(Api.host(container));
        assertThat(first.path("parts").path("start").doubleValue()).isEqualTo(parts.get("start"));
        assertThat(first.path("ms").doubleValue()).isBetween(parts.get("start"), took);
        assertThat(lines(container).get(1).path("parts").has("start")).isFalse();
        assertThat(Files.readString(log())).doesNotContain("hush");

        String metrics = api.text("/metrics");
        assertThat(metrics.lines())
                .anyMatch(line ->
                        is(line, container, "dormouse_gateway_part_seconds_count", "start")
                                && line.endsWith(" 1"))
                .anyMatch(line ->
                        is(line, container, "dormouse_gateway_part_seconds_count", "app")
                                && line.endsWith(" 3"))
                .anyMatch(line -> is(line, container, "dormouse_gateway_requests_total", "http1"));
    }

    @Test
    void aTagTakesAContainerOutOfTheAccessLogAtOnceAndBack() throws Exception {
        JsonNode container = deploy("quiet", Map.of("tags", List.of("dormouse.access-log=off")));
        get(container, "/unseen");

        JsonNode updated =
                api.updateContainer(container, Map.of("tags", List.of("dormouse.access-log=on")));
        api.ready(updated);
        get(container, "/seen");

        Awaitility.await("the log has what came after").until(() -> !lines(container).isEmpty());
        assertThat(lines(container))
                .extracting(line -> line.path("path").stringValue())
                .containsExactly("/seen");
    }

    @Test
    void aWrongTagIsToldWithWhatIsAllowed() {
        Api.Answer answer =
                api.send(
                        "POST",
                        "/containers/v1/regions/fr-par/containers",
                        Map.of(
                                "namespace_id",
                                Api.id(namespace),
                                "name",
                                "wrong",
                                "image",
                                image,
                                "tags",
                                List.of("dormouse.access-log=loud")));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body().toString()).contains("dormouse.access-log takes on or off");
    }

    private static boolean is(String line, JsonNode container, String name, String label) {
        return line.startsWith(name + "{")
                && line.contains("container_id=\"" + Api.id(container) + "\"")
                && line.contains("=\"" + label + "\"");
    }

    private Path log() {
        return dataDir.resolve("access.log");
    }

    private List<JsonNode> lines(JsonNode container) throws IOException {
        if (!Files.exists(log())) {
            return List.of();
        }
        return Files.readAllLines(log()).stream()
                .map(line -> JsonMapper.shared().readTree(line))
                .filter(line -> line.path("container_id").equals(container.path("id")))
                .toList();
    }

    private static Map<String, Double> parts(HttpResponse<String> answer) {
        Map<String, Double> parts = new HashMap<>();
        for (String one : answer.headers().firstValue("Server-Timing").orElse("").split(", ", -1)) {
            String[] pair = one.split(";dur=", 2);
            if (pair.length == 2) {
                parts.put(pair[0], Double.valueOf(pair[1]));
            }
        }
        return parts;
    }
}
