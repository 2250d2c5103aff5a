package dev.dormouse.api;

import dev.dormouse.model.ApiKey;
import dev.dormouse.telemetry.AuditLog;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Tells the audit log of every change that a known caller asked for: who, from where, what, of
 * what, and what came of it. Of bodies it tells which fields were given, never their values.
 */
final class Audit {
    /** What of an answer says which things there are now. */
    private static final List<String> NAMING =
            List.of("id", "name", "namespace_id", "access_key", "permission_sets");

    private final AuditLog log;
    private final Document document;
    private final InstantSource clock;

    Audit(AuditLog log, Document document, InstantSource clock) {
        this.log = log;
        this.document = document;
        this.clock = clock;
    }

    /** Who asked for what. */
    record Entry(Operation operation, Reception.Arrival arrival, Optional<ApiKey> caller) {}

    void done(Entry entry, Request request, Answer answer) {
        if (!entry.operation().isChange()) {
            return;
        }
        ObjectNode line = line(entry);
        ArrayNode fields = line.putArray("fields");
        entry.operation()
                .body()
                .map(schema -> document.at(schema).path("properties"))
                .ifPresent(known ->
                        request.body().body().propertyNames().stream()
                                .filter(known::has)
                                .forEach(fields::add));
        if (answer instanceof Answer.Document(JsonNode json)) {
            ObjectNode result = line.putObject("result");
            NAMING.stream().filter(json::has).forEach(name -> result.set(name, json.path(name)));
        }
        append(line.put("status", 200));
    }

    void refused(Entry entry, Problem problem) {
        if (entry.operation().isChange()) {
            append(line(entry).put("status", problem.status()).put("error", problem.type()));
        }
    }

    private ObjectNode line(Entry entry) {
        Reception.Arrival arrival = entry.arrival();
        ApiKey caller = entry.caller().orElseThrow();
        ObjectNode line = Json.object();
        line.put("at", WireTime.format(clock.instant().truncatedTo(ChronoUnit.MICROS)))
                .put("request_id", arrival.id().toString())
                .put("operation", entry.operation().id())
                .put("key", caller.accessKey())
                .put("organization_id", caller.organizationId().toString())
                .put("project_id", caller.projectId().toString())
                .put("source", arrival.source());
        ObjectNode path = line.putObject("path");
        for (Operation.Parameter parameter : entry.operation().parameters()) {
            if (parameter.inPath()) {
                path.put(parameter.name(), arrival.parameters().get(parameter.name()));
            }
        }
        return line;
    }

    private void append(ObjectNode line) {
        log.append(new String(Json.bytes(line), StandardCharsets.UTF_8));
    }
}
