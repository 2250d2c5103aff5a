package dev.dormouse.store;

import dev.dormouse.model.ExactImage;
import dev.dormouse.model.Pin;
import dev.dormouse.model.Probe;
import dev.dormouse.model.Secret;
import dev.dormouse.model.Workload;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A workload as a JSON document, all but its secrets, which have a column of their own. */
final class WorkloadDocument {
    static final String COLUMN = "workload";

    private WorkloadDocument() {}

    static String write(Workload workload) {
        ObjectNode document =
                Json.object()
                        .put("image", workload.image())
                        .put("port", workload.port())
                        .put("protocol", StoredNames.PROTOCOL.write(workload.protocol()))
                        .put("sandbox", StoredNames.SANDBOX.write(workload.sandbox()))
                        .put("memory_limit_bytes", workload.memoryLimitBytes())
                        .put("mvcpu_limit", workload.mvcpuLimit())
                        .put("local_storage_limit_bytes", workload.localStorageLimitBytes())
                        .set("command", Json.array(workload.command()))
                        .set("args", Json.array(workload.args()))
                        .set("environment", Json.object(workload.environment()))
                        .set("liveness_probe", probe(workload.livenessProbe()));
        workload.pin().ifPresent(pin -> document.set("pin", pin(pin)));
        workload.privateNetworkId()
                .ifPresent(id -> document.put("private_network_id", id.toString()));
        workload.startupProbe().ifPresent(probe -> document.set("startup_probe", probe(probe)));
        return Json.text(document);
    }

    static Workload read(String text, Map<String, Secret> secrets, Place row) {
        return Json.read(
                text,
                row.column(COLUMN).toString(),
                document ->
                        new Workload(
                                document.required("image").stringValue(),
                                document.optional("pin").map(WorkloadDocument::pin),
                                Json.list(document.required("command")),
                                Json.list(document.required("args")),
                                Json.map(document.required("environment")),
                                secrets,
                                document.required("port").intValue(),
                                StoredNames.PROTOCOL.read(
                                        document.required("protocol").stringValue()),
                                StoredNames.SANDBOX.read(
                                        document.required("sandbox").stringValue()),
                                document.required("memory_limit_bytes").longValue(),
                                document.required("mvcpu_limit").intValue(),
                                document.required("local_storage_limit_bytes").longValue(),
                                document.optional("private_network_id")
                                        .map(id -> UUID.fromString(id.stringValue())),
                                probe(document.required("liveness_probe")),
                                document.optional("startup_probe").map(WorkloadDocument::probe)));
    }

    private static ObjectNode pin(Pin pin) {
        return Json.object()
                .put("revision", pin.revision())
                .put("id", pin.image().id())
                .put("repository_digest", pin.image().repositoryDigest());
    }

    private static Pin pin(JsonNode document) {
        return new Pin(
                document.required("revision").intValue(),
                new ExactImage(
                        document.required("id").stringValue(),
                        document.required("repository_digest").stringValue()));
    }

    private static ObjectNode probe(Probe probe) {
        ObjectNode document =
                Json.object()
                        .put("failure_threshold", probe.failureThreshold())
                        .put("interval", probe.interval().toString())
                        .put("timeout", probe.timeout().toString());
        return switch (probe.check()) {
            case Probe.Check.Tcp() -> document.put("check", "tcp");
            case Probe.Check.Http(String path) -> document.put("check", "http").put("path", path);
        };
    }

    private static Probe probe(JsonNode document) {
        String check = document.required("check").stringValue();
        return new Probe(
                document.required("failure_threshold").intValue(),
                Duration.parse(document.required("interval").stringValue()),
                Duration.parse(document.required("timeout").stringValue()),
                switch (check) {
                    case "tcp" -> new Probe.Check.Tcp();
                    case "http" -> new Probe.Check.Http(document.required("path").stringValue());
                    default -> throw new IllegalArgumentException(check);
                });
    }
}
