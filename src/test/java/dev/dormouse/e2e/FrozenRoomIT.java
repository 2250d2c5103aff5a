package dev.dormouse.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A host that has room for three instances, of which two may stand still. */
class FrozenRoomIT extends Story {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final List<String> TAGS = List.of("dormouse.idle-after=1s");

    private final Map<String, JsonNode> containers = new HashMap<>();

    @Override
    Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>(QUICK);
        settings.put("DORMOUSE_SLEEP", "freeze");
        settings.put("DORMOUSE_MEMORY_BUDGET", "400MB");
        settings.put("DORMOUSE_FROZEN_MEMORY", "300MB");
        settings.put("DORMOUSE_ROOM_PATIENCE", "20s");
        return settings;
    }

    @AfterEach
    void remove() {
        containers.values().forEach(api::deleteContainer);
        containers.values().forEach(one -> api.awaitGone("containers", one));
        containers.clear();
    }

    private JsonNode deployed(String name, Map<String, Object> fields) {
        JsonNode container = deploy(name, fields);
        containers.put(name, container);
        return container;
    }

    private JsonNode frozen(String name) {
        JsonNode container = deployed(name, Map.of("tags", TAGS));
        awaitFrozen(container);
        return container;
    }

    private void awaitFrozen(JsonNode container) {
        Awaitility.await("it is frozen")
                .atMost(PATIENCE)
                .until(() -> api.instances(container, "frozen") == 1);
    }

    private void awaitNone(JsonNode container) {
        Awaitility.await("it has left")
                .atMost(PATIENCE)
                .until(() -> api.status(container).path("instances").isEmpty());
    }

    @Test
    void ofWhatIsFrozenWhatWasUsedLeastRecentlyLeavesFirst() {
        JsonNode first = frozen("first");
        JsonNode second = frozen("second");
        assertThat(get(first, "/").statusCode()).isEqualTo(200);
        awaitFrozen(first);

        JsonNode third = deployed("third", Map.of("tags", TAGS));

        awaitNone(second);
        awaitFrozen(third);
        awaitFrozen(first);
        assertThat(get(second, "/").statusCode()).isEqualTo(200);
        awaitNone(first);
        awaitFrozen(second);
        awaitFrozen(third);
    }

    @Test
    void whatIsFrozenLeavesBeforeAStartIsRefused() {
        deployed("busy", Map.of("min_scale", 1));
        JsonNode older = frozen("older");
        JsonNode newer = frozen("newer");

        JsonNode late = deployed("late", Map.of("min_scale", 1));

        assertThat(get(late, "/").statusCode()).isEqualTo(200);
        awaitNone(older);
        awaitFrozen(newer);
    }
}
