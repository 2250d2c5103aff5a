package dev.dormouse.api;

import dev.dormouse.config.Source;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The limits that an operator may raise: wherever the document has {@code x-setting: {keyword:
 * NAME}}, the setting of that name takes the place of the keyword's value.
 */
final class Limits {
    /** What the build read from the document, so that settings are known before it is read. */
    static final String RESOURCE = "limits.properties";

    private Limits() {}

    /** Reads every such setting; none may be lower than what is published. */
    static Map<String, Long> from(Source source) {
        Map<String, Long> raised = new TreeMap<>();
        published()
                .forEach((name, limit) -> {
                    long value = source.number(name, limit, limit, highest(name));
                    if (value != limit) {
                        raised.put(name, value);
                    }
                });
        return raised;
    }

    /** Every setting with the limit that is published, as lines for {@link #RESOURCE}. */
    static String lines(JsonNode document) {
        Map<String, Long> published = new TreeMap<>();
        collect(document, published);
        StringBuilder lines = new StringBuilder();
        published.forEach(
                (name, limit) -> lines.append(name).append('=').append(limit).append('\n'));
        return lines.toString();
    }

    private static Map<String, Long> published() {
        Properties lines = new Properties();
        try (InputStream in = Limits.class.getResourceAsStream("/" + RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException("resource missing: " + RESOURCE);
            }
            lines.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<String, Long> published = new TreeMap<>();
        lines.stringPropertyNames()
                .forEach(name -> published.put(name, Long.valueOf(lines.getProperty(name))));
        return published;
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
