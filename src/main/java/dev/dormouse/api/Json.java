package dev.dormouse.api;

import java.nio.charset.StandardCharsets;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Bytes to JSON and back, with bounds on what strangers send. Safe on any thread. */
final class Json {
    private static final int DEPTH_MAX = 100;
    private static final JsonMapper MAPPER =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(DEPTH_MAX)
                                                    .build())
                                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                                    .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                                    .build())
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    private Json() {}

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /** A request's body; no bytes at all stand for an empty object. */
    static ObjectNode body(byte[] bytes) {
        if (bytes.length == 0) {
            return object();
        }
        JsonNode body = parse(bytes);
        if (!(body instanceof ObjectNode object)) {
            throw malformed("the body is not a JSON object");
        }
        if (Surrogates.isLoneIn(object)) {
            throw malformed("the body has half of a surrogate pair, which is no text");
        }
        return object;
    }

    private static JsonNode parse(byte[] bytes) {
        try {
            return MAPPER.readTree(bytes);
        } catch (JacksonException e) {
            String where =
                    e.getLocation() == null
                            ? ""
                            : ": look at line %d, column %d"
                                    .formatted(
                                            e.getLocation().getLineNr(),
                                            e.getLocation().getColumnNr());
            throw malformed(
                    "the body is not JSON of at most %d levels without repeated keys%s"
                            .formatted(DEPTH_MAX, where));
        }
    }

    static byte[] bytes(JsonNode node) {
        return MAPPER.writeValueAsString(node).getBytes(StandardCharsets.UTF_8);
    }

    private static Problem malformed(String help) {
        return Problem.invalidArgument("body", Problem.Reason.FORMAT, help);
    }
}
