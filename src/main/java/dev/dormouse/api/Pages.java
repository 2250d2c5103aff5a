package dev.dormouse.api;

import dev.dormouse.store.Page;
import dev.dormouse.store.Paging;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Lists: what was asked for, and how it is answered. */
final class Pages {
    private Pages() {}

    static Paging paging(Fields query) {
        return new Paging(
                Paging.Order.valueOf(query.text("order_by").orElseThrow().toUpperCase(Locale.ROOT)),
                query.integer("page").orElseThrow(),
                query.integer("page_size").orElseThrow());
    }

    static Optional<UUID> id(Fields query, String name) {
        return query.text(name).map(UUID::fromString);
    }

    static <T> Answer answer(String name, Page<T> page, Function<T, ObjectNode> toJson) {
        ObjectNode json = Json.object();
        ArrayNode array = json.putArray(name);
        page.items().forEach(item -> array.add(toJson.apply(item)));
        return new Answer.Document(json.put("total_count", page.totalCount()));
    }
}
