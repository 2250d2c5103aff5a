package dev.dormouse.api;

import dev.dormouse.model.ApiKey;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * A request that may be carried out: its caller is let in and may do it, and its path, query and
 * body have passed the document's schemas.
 *
 * @param path the path's parameters
 * @param query the query's parameters, the document's defaults filled in
 * @param key the caller's key; empty where anybody may call
 * @param now when it arrived, in whole microseconds
 */
record Request(
        Operation operation,
        Fields path,
        Fields query,
        Fields body,
        Optional<ApiKey> key,
        Instant now) {
    ApiKey caller() {
        return key.orElseThrow();
    }

    String region() {
        return path.text("region").orElseThrow();
    }

    UUID id(String name) {
        return UUID.fromString(path.text(name).orElseThrow());
    }

    /** Whether the caller may know of what belongs to this project. */
    boolean mayRead(UUID projectId) {
        return caller().projectId().equals(projectId);
    }
}
