package dev.dormouse.api;

import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The defaults that the document writes beside the properties of a schema. */
final class Defaults {
    private Defaults() {}

    /** The object that stands for a body in which nothing is given. */
    static Fields of(Document document, String schema) {
        ObjectNode defaults = Json.object();
        for (Map.Entry<String, JsonNode> property :
                document.at(schema + "/properties").properties()) {
            JsonNode byDefault = property.getValue().get("default");
            if (byDefault != null) {
                defaults.set(property.getKey(), byDefault);
            }
        }
        return new Fields(defaults);
    }
}
