package dev.dormouse.api;

import dev.dormouse.model.Start;
import dev.dormouse.store.Store;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Where the time of a container's newest starts went. */
final class StartsView {
    private static final double MICROS_PER_MILLI = 1_000;
    private static final int NANOS_PER_MICRO = 1_000;

    private final Store store;
    private final Function<UUID, List<Start>> starts;

    StartsView(Store store, Function<UUID, List<Start>> starts) {
        this.store = store;
        this.starts = starts;
    }

    Answer list(Request request) {
        UUID id = request.id("container_id");
        store.read(tables -> Desk.containerOfAnyRegion(tables, request, id));
        List<Start> newestFirst = starts.apply(id);
        ObjectNode json = Json.object();
        ArrayNode array = json.putArray("starts");
        newestFirst.forEach(start -> array.add(json(start)));
        return new Answer.Document(json.put("total_count", newestFirst.size()));
    }

    private static ObjectNode json(Start start) {
        ObjectNode json = Json.object();
        json.put("instance", start.instanceId())
                .put("revision", start.revision())
                .put("cause", start.cause().word())
                .put("because", start.because())
                .put("at", WireTime.format(start.at()))
                .put("outcome", start.outcome().word())
                .put("message", start.message())
                .put("milliseconds", milliseconds(start.whole()));
        ArrayNode parts = json.putArray("parts");
        start.took()
                .forEach((part, took) ->
                        parts.addObject()
                                .put("part", part.word())
                                .put("milliseconds", milliseconds(took)));
        return json;
    }

    /** To the microsecond. */
    private static double milliseconds(Duration duration) {
        return Math.rint(duration.toNanos() / (double) NANOS_PER_MICRO) / MICROS_PER_MILLI;
    }
}
