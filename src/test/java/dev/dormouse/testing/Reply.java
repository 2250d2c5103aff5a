package dev.dormouse.testing;

import java.net.http.HttpHeaders;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** An answer of the API, its body read whole. */
public record Reply(int status, HttpHeaders headers, String text) {
    private static final JsonMapper JSON = new JsonMapper();

    /** The body as JSON. */
    public JsonNode json() {
        return JSON.readTree(text);
    }

    /** A text inside the JSON, by its JSON pointer; empty where there is none. */
    public String at(String pointer) {
        return json().at(pointer).asString("");
    }

    /** A header's first value; empty where there is none. */
    public String header(String name) {
        return headers.firstValue(name).orElse("");
    }

    /** The argument_names that a 400 complains of, in its order. */
    public java.util.List<String> arguments() {
        return json().path("details")
                .valueStream()
                .map(detail -> detail.path("argument_name").asString(""))
                .toList();
    }
}
