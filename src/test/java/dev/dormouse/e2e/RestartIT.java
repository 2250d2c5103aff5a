package dev.dormouse.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A server that comes back adopts what runs. */
class RestartIT extends Story {
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

    private static String engineId(JsonNode container) {
        return docker(
                "ps", "--quiet", "--filter", "label=dev.dormouse.container=" + Api.id(container));
    }
}
