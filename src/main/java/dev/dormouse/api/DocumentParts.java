package dev.dormouse.api;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * Puts the parts of the OpenAPI document, which people write as YAML, together as the JSON that the
 * server reads. A step of the build, for reading YAML was paid for at every start.
 */
final class DocumentParts {
    private static final List<String> PARTS =
            List.of("openapi", "namespaces", "containers", "dormouse");

    private DocumentParts() {}

    /**
     * Reads the parts from the first folder and writes {@link Document#RESOURCE} and {@link
     * Limits#RESOURCE} into the second.
     */
    public static void main(String[] folders) throws IOException {
        ObjectNode whole = whole(Path.of(folders[0]));
        write(Path.of(folders[1], Document.RESOURCE), Json.bytes(whole));
        write(
                Path.of(folders[1], Limits.RESOURCE),
                Limits.lines(whole).getBytes(StandardCharsets.UTF_8));
    }

    /** One that is newer than the jar would have the jar made again. */
    private static void write(Path file, byte[] content) throws IOException {
        if (Files.notExists(file) || !Arrays.equals(content, Files.readAllBytes(file))) {
            Files.write(file, content);
        }
    }

    private static ObjectNode whole(Path folder) {
        YAMLMapper yaml = new YAMLMapper();
        ObjectNode whole = yaml.createObjectNode();
        for (String part : PARTS) {
            merge(whole, (ObjectNode) yaml.readTree(folder.resolve(part + ".yaml").toFile()));
        }
        return whole;
    }

    private static void merge(ObjectNode into, ObjectNode from) {
        for (Map.Entry<String, JsonNode> property : from.properties()) {
            if (into.get(property.getKey()) instanceof ObjectNode mine
                    && property.getValue() instanceof ObjectNode theirs) {
                merge(mine, theirs);
            } else {
                into.set(property.getKey(), property.getValue());
            }
        }
    }
}
