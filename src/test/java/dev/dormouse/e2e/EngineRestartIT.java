package dev.dormouse.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.testing.OwnEngine;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** An engine whose end is that of what runs on it: it is started again. */
class EngineRestartIT extends OwnEngineStory {
    @Override
    OwnEngine.Options options() {
        return new OwnEngine.Options(false, "1g", List.of());
    }

    @Test
    void whatDiedIsStartedAgain() {
        JsonNode container = deploy("mortal", Map.of("min_scale", 2, "max_scale", 2));
        Load load = Load.on(server, Api.host(container), "/", 4);

        engine.kill();
        engine.startAgain();
        awaitServing(container);
        engine.stop();
        assertThat(get(container, "/").statusCode()).isIn(502, 503);
        engine.startAgain();
        awaitServing(container);

        assertThat(load.finish().failures())
                .allMatch(failure -> failure.startsWith("50") || failure.contains("IOException"));
        try (Load after = Load.on(server, Api.host(container), "/", 4)) {
            int before = after.answered();
            Awaitility.await("requests are answered").until(() -> after.answered() > before + 100);
            assertThat(after.finish().failures()).isEmpty();
        }
    }

    private void awaitServing(JsonNode container) {
        Awaitility.await("two instances are ready")
                .until(() ->
                        api.instances(container, "ready") == 2
                                && engine.docker("ps", "--quiet").lines().count() == 2);
    }
}
