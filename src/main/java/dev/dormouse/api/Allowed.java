package dev.dormouse.api;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Says in words what a schema allows, and shows a value shortly. */
final class Allowed {
    private static final int SHOWN_MAX = 60;

    private Allowed() {}

    /** What the schema allows instead of the value. */
    static String by(JsonNode schema, JsonNode given) {
        if (schema.has("x-allowed")) {
            return schema.path("x-allowed").stringValue();
        }
        if (schema.has("enum")) {
            return oneOf(schema.path("enum"));
        }
        if (given.isString()) {
            String help = Formats.mistakeOf(schema, given.stringValue()).orElse("");
            if (!help.isEmpty()) {
                return help;
            }
        }
        return byType(schema);
    }

    private static String byType(JsonNode schema) {
        return switch (typeOf(schema)) {
            case "integer" -> "a whole number" + range(schema, "minimum", "maximum");
            case "boolean" -> "true or false";
            case "array" -> "a list" + atMost(schema, "maxItems", "items");
            case "object" -> "an object" + atMost(schema, "maxProperties", "entries");
            default -> text(schema);
        };
    }

    private static String text(JsonNode schema) {
        if (schema.path("format").asString("").equals("seconds")) {
            return "a text of seconds from %ss to %ss, such as \"30s\""
                    .formatted(schema.path("x-minimum"), schema.path("x-maximum"));
        }
        String nul = schema.path("pattern").asString("").contains("\\u0000") ? " without NUL" : "";
        return "a text" + atMost(schema, "maxLength", "characters") + nul;
    }

    private static String typeOf(JsonNode schema) {
        JsonNode type = schema.path("type");
        return type.isArray() ? type.path(0).asString("") : type.asString("");
    }

    private static String range(JsonNode schema, String least, String most) {
        if (!schema.has(least)) {
            return "";
        }
        return schema.has(most)
                ? " from %s to %s".formatted(schema.path(least), schema.path(most))
                : " of at least %s".formatted(schema.path(least));
    }

    private static String atMost(JsonNode schema, String most, String what) {
        return schema.has(most) ? " of at most %s %s".formatted(schema.path(most), what) : "";
    }

    private static String oneOf(JsonNode values) {
        List<String> names = new ArrayList<>();
        for (JsonNode value : values) {
            if (value.isString() && !value.stringValue().startsWith("unknown_")) {
                names.add(value.stringValue());
            }
        }
        return "one of " + String.join(", ", names);
    }

    /** A value as an error may quote it: short, and never the inside of a list or an object. */
    static String show(JsonNode value) {
        if (value.isObject()) {
            return "an object";
        }
        if (value.isArray()) {
            return "a list";
        }
        String text = value.toString();
        if (text.length() <= SHOWN_MAX) {
            return text;
        }
        int cut = Character.isHighSurrogate(text.charAt(SHOWN_MAX - 1)) ? SHOWN_MAX - 1 : SHOWN_MAX;
        return text.substring(0, cut) + "…";
    }
}
