package dev.dormouse.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A server that comes back adopts what runs. */
class RestartIT extends Story {
    @Override
    Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>(super.settings());
        settings.put("DORMOUSE_GATEWAY_CLOSE_GRACE", "4s");
        return settings;
    }

    @Test
    void anEndedServerLeavesInstancesRunningAndTheNextAdoptsThem() {
        JsonNode container = deploy("survivor", Map.of());
        String before = get(container, "/").body();
        String engineId = engineId(container);

        server.terminate();
        assertThat(engineId(container)).isEqualTo(engineId);
        server.startAgain();

        assertThat(get(container, "/").body()).isEqualTo(before);
        assertThat(engineId(container)).isEqualTo(engineId);
    }

    @Test
    void aKilledServerFinishesWhatItWasDoing() {
        JsonNode kept = deploy("kept", Map.of());
        JsonNode doomed = deploy("doomed", Map.of());
        JsonNode half = create("half", Map.of());
        api.deleteContainer(doomed);

        server.kill();
        server.startAgain();

        api.ready(half);
        api.awaitGone("containers", doomed);
        assertThat(get(kept, "/").statusCode()).isEqualTo(200);
        assertThat(get(half, "/").statusCode()).isEqualTo(200);
        Awaitility.await("no instance too many").until(() -> engineId(half).lines().count() == 1);
    }

    @Test
    void anEndedServerFinishesWhatIsBegunAndTellsThoseWhoWaitedInVain() throws Exception {
        JsonNode quick = deploy("quick", Map.of());
        JsonNode full =
                deploy(
                        "full",
                        Map.of(
                                "max_scale",
                                1,
                                "scaling_option",
                                Map.of("concurrent_requests_threshold", 1)));
        var begun = ask(quick, "/sleep?ms=2000");
        var endless = ask(full, "/sleep?ms=60000");
        Awaitility.await("two are worked on").until(() -> gauge("in_flight") == 2);
        var waiting = ask(full, "/");
        Awaitility.await("one waits").until(() -> gauge("queued") == 1);

        server.terminate();

        assertThat(begun.get().statusCode()).isEqualTo(200);
        assertThat(waiting.get().statusCode()).isEqualTo(503);
        assertThat(waiting.get().headers().firstValue("Retry-After")).isPresent();
        assertThat(endless).isCompletedExceptionally();
        server.startAgain();
        assertThat(get(quick, "/").statusCode()).isEqualTo(200);
    }

    private CompletableFuture<HttpResponse<String>> ask(JsonNode container, String path) {
        return server.http()
                .sendAsync(
                        server.endpoint(Api.host(container), path).build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    /** The sum over all containers. */
    private double gauge(String name) {
        return api.text("/metrics")
                .lines()
                .filter(line -> line.startsWith("dormouse_gateway_" + name + "{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    static String engineId(JsonNode container) {
        return docker(
                "ps", "--quiet", "--filter", "label=dev.dormouse.container=" + Api.id(container));
    }
}
