package dev.dormouse.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.testing.OwnEngine;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** An engine that ends and comes back while what runs on it goes on. */
class EngineOutageIT extends OwnEngineStory {
    @Override
    OwnEngine.Options options() {
        return new OwnEngine.Options(true, "1g", java.util.List.of());
    }

    @Test
    void whatRunsIsServedWhileTheEngineIsAway() {
        JsonNode container = deploy("kept", Map.of());
        String instance = get(container, "/").body();

        Load load = Load.on(server, Api.host(container), "/", 4);
        engine.stop();
        engine.startAgain();
        engine.kill();
        engine.startAgain();
        Load.Result result = load.finish();

        assertThat(result.failures()).isEmpty();
        assertThat(result.answered()).isPositive();
        assertThat(get(container, "/").body()).isEqualTo(instance);
    }
}
