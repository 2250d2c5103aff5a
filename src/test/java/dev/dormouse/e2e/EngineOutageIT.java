package dev.dormouse.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.testing.OwnEngine;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** An engine that ends and comes back while what runs on it goes on. */
class EngineOutageIT extends OwnEngineStory {
    private static final List<String> FROZEN_SOON =
            List.of("dormouse.idle-after=1s", "dormouse.sleep=freeze");

    @Override
    OwnEngine.Options options() {
        return new OwnEngine.Options(true, "1g", List.of());
    }

    /** What is frozen cannot be woken without the engine then. */
    @Override
    Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>(super.settings());
        settings.put("DORMOUSE_DOCKER_FREEZE", "pause");
        return settings;
    }

    @Test
    void whatRunsIsServedAndWhatIsWrittenIsDoneWhenTheEngineComesBack() {
        JsonNode kept = deploy("kept", Map.of());
        JsonNode doomed = deploy("doomed", Map.of());
        String instance = get(kept, "/").body();
        Load load = Load.on(server, Api.host(kept), "/", 4);

        engine.stop();
        engine.startAgain();
        engine.kill();
        api.awaitEngine(false);
        JsonNode late = create("late", Map.of());
        api.deleteContainer(doomed);
        JsonNode status = api.status(late);
        engine.startAgain();

        api.awaitEngine(true);
        assertThat(status.path("waits_for_engine").asBoolean()).isTrue();
        assertThat(api.status(kept).path("waits_for_engine").asBoolean()).isFalse();
        api.ready(late);
        api.awaitGone("containers", doomed);
        Load.Result result = load.finish();
        assertThat(result.failures()).isEmpty();
        assertThat(result.answered()).isPositive();
        assertThat(get(kept, "/").body()).isEqualTo(instance);
    }

    @Test
    void whatIsFrozenIsWokenOnceTheEngineIsBack() {
        JsonNode container = deploy("frozen", Map.of("tags", FROZEN_SOON));
        String instance = get(container, "/").body();
        Awaitility.await("it is frozen").until(() -> api.instances(container, "frozen") == 1);
        String process = process(container);
        engine.kill();
        api.awaitEngine(false);

        HttpResponse<String> refused = get(container, "/");
        JsonNode status = api.status(container);
        engine.startAgain();

        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(502);
        assertThat(status.path("waits_for_engine").asBoolean()).isTrue();
        Awaitility.await("it is served").until(() -> get(container, "/").statusCode() == 200);
        assertThat(get(container, "/").body()).isEqualTo(instance);
        assertThat(process(container)).isEqualTo(process);
    }

    @Test
    void aServerThatFindsNoEngineServesItsApiAndAdoptsWhenThereIsOne() {
        JsonNode container = deploy("found", Map.of());
        String instance = get(container, "/").body();
        server.kill();
        engine.kill();

        server.startAgain();
        JsonNode late = create("asked-early", Map.of());
        HttpResponse<String> refused = get(container, "/");
        engine.startAgain();

        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(503);
        assertThat(refused.body()).contains("engine cannot be reached");
        assertThat(refused.headers().firstValue("Retry-After")).isPresent();
        Awaitility.await("it is served").until(() -> get(container, "/").statusCode() == 200);
        assertThat(get(container, "/").body()).isEqualTo(instance);
        api.ready(late);
    }
}
