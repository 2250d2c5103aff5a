package dev.dormouse.api;

import dev.dormouse.auth.Permission;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The OpenAPI document: the one truth for the wire. Read from resources, with the limits that the
 * operator raised written into it; never changed afterwards, so safe on any thread.
 */
final class Document {
    /** What the build made of the parts in {@code src/main/resources/openapi}. */
    static final String RESOURCE = "openapi.json";

    private static final Set<String> METHODS = Set.of("get", "post", "patch", "delete");

    private final ObjectNode root;
    private final List<Operation> operations;

    private Document(ObjectNode root) {
        this.root = root;
        this.operations = List.copyOf(readOperations());
    }

    /** The published document. */
    static Document published() {
        return withLimits(Map.of());
    }

    /** The document with these settings' values in the place of the published limits. */
    static Document withLimits(Map<String, Long> limits) {
        ObjectNode root = read();
        Limits.write(root, limits);
        return new Document(root);
    }

    ObjectNode root() {
        return root;
    }

    List<Operation> operations() {
        return operations;
    }

    /** What stands at a JSON pointer, references followed. */
    JsonNode at(String pointer) {
        JsonNode node = root.at(pointer);
        while (node.has("$ref")) {
            node = root.at(node.path("$ref").stringValue().substring(1));
        }
        return node;
    }

    private static ObjectNode read() {
        try (InputStream in = Document.class.getResourceAsStream("/" + RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException("resource missing: " + RESOURCE);
            }
            return Json.body(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<Operation> readOperations() {
        List<Operation> found = new ArrayList<>();
        for (Map.Entry<String, JsonNode> path : root.path("paths").properties()) {
            for (Map.Entry<String, JsonNode> method : path.getValue().properties()) {
                if (METHODS.contains(method.getKey())) {
                    found.add(readOperation(path.getKey(), method.getKey()));
                }
            }
        }
        return found;
    }

    private Operation readOperation(String path, String method) {
        String pathPointer = "/paths/" + escape(path);
        String pointer = pathPointer + "/" + method;
        JsonNode node = root.at(pointer);
        List<Operation.Parameter> parameters = new ArrayList<>();
        readParameters(pathPointer + "/parameters", parameters);
        readParameters(pointer + "/parameters", parameters);
        String body = pointer + "/requestBody/content/application~1json/schema";
        return new Operation(
                node.path("operationId").stringValue(),
                method.toUpperCase(java.util.Locale.ROOT),
                path,
                parameters,
                root.at(body).isMissingNode() ? Optional.empty() : Optional.of(body),
                node.has("security")
                        ? Optional.empty()
                        : Optional.of(Permission.parse(node.path("x-permission").asString(""))));
    }

    private void readParameters(String pointer, List<Operation.Parameter> into) {
        for (int i = 0; i < root.at(pointer).size(); i++) {
            JsonNode node = root.at(pointer + "/" + i);
            String at =
                    node.has("$ref")
                            ? node.path("$ref").stringValue().substring(1)
                            : pointer + "/" + i;
            JsonNode parameter = root.at(at);
            into.add(
                    new Operation.Parameter(
                            parameter.path("name").stringValue(),
                            parameter.path("in").stringValue().equals("path"),
                            at + "/schema"));
        }
    }

    private static String escape(String part) {
        return part.replace("~", "~0").replace("/", "~1");
    }
}
