package dev.dormouse.api;

import dev.dormouse.config.Source;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The limits that an operator may raise: wherever the document has {@code x-setting: {keyword:
 * NAME}}, the setting of that name takes the place of the keyword's value.
 */
final class Limits {
    private Limits() {}

    /** Reads every such setting; none may be lower than what is published. */
    static Map<String, Long> from(Source source) {
        Map<String, Long> published = new TreeMap<>();
        collect(Document.published().root(), published);
        Map<String, Long> raised = new TreeMap<>();
        published.forEach((name, limit) -> {
            long value = source.number(name, limit, limit, highest(name));
            if (value != limit) {
                raised.put(name, value);
            }
        });
        return raised;
    }

    /** Sizes in bytes are long numbers, everything else must fit an int. */
    private static long highest(String name) {
        return name.endsWith("_BYTES") ? Long.MAX_VALUE / 1024 : Integer.MAX_VALUE;
    }

    static void write(JsonNode node, Map<String, Long> limits) {
        if (node instanceof ObjectNode object) {
            for (Map.Entry<String, JsonNode> setting : object.path("x-setting").properties()) {
                Long limit = limits.get(setting.getValue().stringValue());
                if (limit != null) {
                    object.put(setting.getKey(), limit);
                }
            }
        }
        node.forEach(child -> write(child, limits));
    }

    private static void collect(JsonNode node, Map<String, Long> into) {
        for (Map.Entry<String, JsonNode> setting : node.path("x-setting").properties()) {
            into.put(setting.getValue().stringValue(), node.path(setting.getKey()).longValue());
        }
        node.forEach(child -> collect(child, into));
    }
}
