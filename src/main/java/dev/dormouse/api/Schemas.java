package dev.dormouse.api;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.dialect.Dialect;
import com.networknt.schema.dialect.Dialects;
import com.networknt.schema.keyword.NonValidationKeyword;
import com.networknt.schema.path.PathType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.JsonNode;

/** Checks JSON against the document's schemas. Safe on any thread. */
final class Schemas {
    private static final List<String> OURS =
            List.of(
                    "x-allowed",
                    "x-setting",
                    "x-minimum",
                    "x-maximum",
                    "x-maximum-bytes",
                    "x-statuses");
    private static final String IRI = "https://dormouse.invalid/openapi.json";

    private final Map<String, Schema> byPointer = new ConcurrentHashMap<>();
    private final SchemaRegistry registry;
    private final JsonNode document;

    Schemas(Document document) {
        this.document = document.root();
        Dialect dialect =
                Dialect.builder(Dialects.getDraft202012())
                        .formats(List.of(Formats.values()))
                        .keywords(OURS.stream().map(NonValidationKeyword::new).toList())
                        .build();
        String text = new String(Json.bytes(document.root()), StandardCharsets.UTF_8);
        this.registry =
                SchemaRegistry.withDefaultDialect(
                        dialect,
                        builder ->
                                builder.schemas(Map.of(IRI, text))
                                        .schemaRegistryConfig(
                                                SchemaRegistryConfig.builder()
                                                        .formatAssertionsEnabled(true)
                                                        .pathType(PathType.JSON_POINTER)
                                                        .build()));
    }

    /** The library's own words on what does not fit the schema at a JSON pointer. */
    List<Error> errors(String pointer, JsonNode value) {
        return byPointer
                .computeIfAbsent(
                        pointer, at -> registry.getSchema(SchemaLocation.of(IRI + "#" + at)))
                .validate(value);
    }

    /** What the caller is told of it: one detail for each argument that is wrong. */
    List<Problem.Detail> check(String pointer, JsonNode value) {
        return check(pointer, value, "body");
    }

    /** The same for a value with a name of its own, such as a parameter. */
    List<Problem.Detail> check(String pointer, JsonNode value, String rootName) {
        Map<String, List<Complaint>> byArgument = new LinkedHashMap<>();
        for (Error error : errors(pointer, value)) {
            Complaint complaint = Complaint.of(error, value, document, rootName);
            byArgument
                    .computeIfAbsent(complaint.argumentName(), name -> new ArrayList<>())
                    .add(complaint);
        }
        return byArgument.values().stream().map(Complaint::detail).toList();
    }
}
