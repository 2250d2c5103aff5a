package dev.dormouse.store;

import java.time.DateTimeException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * JSON documents as they stand in a column. Nothing is mapped by reflection: every name in a stored
 * document is written out where it is written and read, so that renaming a Java field changes no
 * document.
 */
final class Json {
    private static final JsonMapper MAPPER = JsonMapper.shared();

    private Json() {}

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    static String text(JsonNode node) {
        return MAPPER.writeValueAsString(node);
    }

    /**
     * Reads a document; what goes wrong is told by the place alone, for a document may be secret.
     */
    static <T> T read(String text, String place, Function<JsonNode, T> reading) {
        try {
            return reading.apply(MAPPER.readTree(text));
        } catch (JacksonException | DateTimeException | IllegalArgumentException e) {
            throw new StoreException(
                    StoreException.Kind.BROKEN,
                    "The document at %s cannot be read by this version".formatted(place));
        }
    }

    static ArrayNode array(Collection<String> texts) {
        ArrayNode array = MAPPER.createArrayNode();
        texts.forEach(array::add);
        return array;
    }

    static List<String> list(JsonNode array) {
        return array.valueStream().map(JsonNode::stringValue).toList();
    }

    static ObjectNode object(Map<String, String> texts) {
        ObjectNode object = object();
        texts.forEach(object::put);
        return object;
    }

    static Map<String, String> map(JsonNode object) {
        Map<String, String> map = new LinkedHashMap<>();
        object.properties().forEach(entry -> map.put(entry.getKey(), text(entry)));
        return map;
    }

    private static String text(Map.Entry<String, JsonNode> entry) {
        return entry.getValue().stringValue();
    }
}
