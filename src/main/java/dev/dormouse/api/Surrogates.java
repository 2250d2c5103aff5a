package dev.dormouse.api;

import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * Finds halves of surrogate pairs. JSON can spell them ({@code "\ud800"}) but they are no text: no
 * encoding can write them, so a value that has one could be neither kept nor answered unchanged.
 */
final class Surrogates {
    private Surrogates() {}

    static boolean isLoneIn(JsonNode node) {
        if (node.isString()) {
            return isLoneIn(node.stringValue());
        }
        for (Map.Entry<String, JsonNode> property : node.properties()) {
            if (isLoneIn(property.getKey()) || isLoneIn(property.getValue())) {
                return true;
            }
        }
        if (node.isArray()) {
            for (JsonNode item : node) {
                if (isLoneIn(item)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Pairs come out as one code point, so what is left in the surrogates' range is a half. */
    static boolean isLoneIn(String text) {
        return text.codePoints()
                .anyMatch(one -> one >= Character.MIN_SURROGATE && one <= Character.MAX_SURROGATE);
    }
}
