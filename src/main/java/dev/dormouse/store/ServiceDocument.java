package dev.dormouse.store;

import dev.dormouse.model.Scaling;
import dev.dormouse.model.Service;
import java.time.Duration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** How a container is scaled and served, as a JSON document. */
final class ServiceDocument {
    static final String COLUMN = "service";

    private ServiceDocument() {}

    static String write(Service service) {
        ObjectNode document =
                Json.object()
                        .put("min_scale", service.minScale())
                        .put("max_scale", service.maxScale())
                        .put("timeout", service.timeout().toString())
                        .put("privacy", StoredNames.PRIVACY.write(service.privacy()))
                        .put("https_only", service.httpsOnly());
        ObjectNode scaling = document.putObject("scaling");
        switch (service.scaling()) {
            case Scaling.Concurrency(int requests) ->
                    scaling.put("by", "concurrency").put("threshold", requests);
            case Scaling.Cpu(int percent) -> scaling.put("by", "cpu").put("threshold", percent);
            case Scaling.Memory(int percent) ->
                    scaling.put("by", "memory").put("threshold", percent);
        }
        return Json.text(document);
    }

    static Service read(String text, Place row) {
        return Json.read(
                text,
                row.column(COLUMN).toString(),
                document ->
                        new Service(
                                document.required("min_scale").intValue(),
                                document.required("max_scale").intValue(),
                                scaling(document.required("scaling")),
                                Duration.parse(document.required("timeout").stringValue()),
                                StoredNames.PRIVACY.read(
                                        document.required("privacy").stringValue()),
                                document.required("https_only").booleanValue()));
    }

    private static Scaling scaling(JsonNode document) {
        String by = document.required("by").stringValue();
        int threshold = document.required("threshold").intValue();
        return switch (by) {
            case "concurrency" -> new Scaling.Concurrency(threshold);
            case "cpu" -> new Scaling.Cpu(threshold);
            case "memory" -> new Scaling.Memory(threshold);
            default -> throw new IllegalArgumentException(by);
        };
    }
}
