package dev.dormouse.api;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads an object that has passed its schema. Absent, null and {@code unknown_…} are one and the
 * same: not given.
 */
record Fields(ObjectNode body) {
    /** Whether the key is there, be it with null. */
    boolean has(String name) {
        return body.has(name);
    }

    /** Whether the key is there with null. */
    boolean isNull(String name) {
        return body.has(name) && body.get(name).isNull();
    }

    Optional<String> text(String name) {
        return given(name).map(JsonNode::stringValue);
    }

    Optional<Long> number(String name) {
        return given(name).map(node -> node.decimalValue().longValueExact());
    }

    Optional<Integer> integer(String name) {
        return number(name).map(Math::toIntExact);
    }

    Optional<Boolean> flag(String name) {
        return given(name).map(JsonNode::booleanValue);
    }

    Optional<Duration> duration(String name) {
        return text(name).flatMap(WireDuration::parse);
    }

    Optional<Fields> object(String name) {
        return given(name).map(node -> new Fields((ObjectNode) node));
    }

    Optional<List<String>> list(String name) {
        return given(name)
                .map(node -> {
                    List<String> items = new ArrayList<>();
                    node.forEach(item -> items.add(item.stringValue()));
                    return items;
                });
    }

    Optional<Map<String, String>> map(String name) {
        return given(name)
                .map(node -> {
                    Map<String, String> entries = new LinkedHashMap<>();
                    node.properties()
                            .forEach(entry ->
                                    entries.put(entry.getKey(), entry.getValue().stringValue()));
                    return entries;
                });
    }

    /** One of an enum's constants, which the wire writes in lower case. */
    <E extends Enum<E>> Optional<E> choice(String name, Class<E> type) {
        return text(name)
                .filter(text -> !text.startsWith("unknown_"))
                .map(text -> Enum.valueOf(type, text.toUpperCase(Locale.ROOT)));
    }

    private Optional<JsonNode> given(String name) {
        JsonNode node = body.get(name);
        return node == null || node.isNull() ? Optional.empty() : Optional.of(node);
    }
}
