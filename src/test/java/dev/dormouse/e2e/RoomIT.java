package dev.dormouse.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A host that has room for two instances at a time. */
class RoomIT extends Story {
    @Override
    Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>(QUICK);
        settings.put("DORMOUSE_MEMORY_BUDGET", "300MB");
        settings.put("DORMOUSE_ROOM_PATIENCE", "3s");
        return settings;
    }

    @Test
    void whatIsIdleGivesWayToWhatIsCalled() {
        JsonNode first = deploy("first", Map.of());
        JsonNode second = deploy("second", Map.of());
        JsonNode third = deploy("third", Map.of());

        for (JsonNode one : List.of(first, second, third, first, third, second)) {
            assertThat(get(one, "/").statusCode()).isEqualTo(200);
        }

        assertThat(api.status(second).path("instances").size()).isEqualTo(1);
        for (JsonNode one : List.of(first, second, third)) {
            api.deleteContainer(one);
            api.awaitGone("containers", one);
        }
    }

    @Test
    void whatIsInUseDoesNotGiveWayAndWhoeverWaitsIsTold() {
        JsonNode late = deploy("late", Map.of());
        JsonNode busy = deploy("busy", Map.of("max_scale", 1));
        JsonNode busier = deploy("busier", Map.of("max_scale", 1));
        Load one = Load.on(server, Api.host(busy), "/sleep?ms=200", 2);
        Load other = Load.on(server, Api.host(busier), "/sleep?ms=200", 2);
        Awaitility.await().until(() -> one.answered() > 1 && other.answered() > 1);

        HttpResponse<String> refused = get(late, "/");
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().firstValue("Retry-After")).isPresent();
        assertThat(refused.body())
                .contains("no room for another instance", "128 MB", "of 300 MB", "256 MB");

        assertThat(one.finish().failures()).isEmpty();
        assertThat(other.finish().failures()).isEmpty();
        Awaitility.await("there is room again").until(() -> get(late, "/").statusCode() == 200);
        for (JsonNode container : List.of(late, busy, busier)) {
            api.deleteContainer(container);
            api.awaitGone("containers", container);
        }
    }

    @Test
    void whatIsLargerThanTheWholeBudgetCannotBeDeployed() {
        JsonNode huge = api.settled(create("huge", Map.of("memory_limit_bytes", 512_000_000)));

        assertThat(huge.path("status").stringValue()).isEqualTo("error");
        assertThat(huge.path("error_message").stringValue())
                .contains("no room", "512 MB", "of 300 MB");
        assertThat(get(huge, "/").body()).contains("no room");
    }
}
