package dev.dormouse.api;

import dev.dormouse.auth.Permission;
import java.util.List;
import java.util.Optional;

/**
 * One thing that the API does, as the document describes it.
 *
 * @param id the document's {@code operationId}
 * @param path the template, such as {@code /healthz} or {@code /a/{id}}
 * @param body where the body's schema stands in the document; empty means that a body is ignored
 * @param permission what the caller needs; empty means that anybody may call
 */
record Operation(
        String id,
        String method,
        String path,
        List<Parameter> parameters,
        Optional<String> body,
        Optional<Permission> permission) {
    /**
     * One parameter of the path or the query.
     *
     * @param schema where its schema stands in the document, as a JSON pointer
     */
    record Parameter(String name, boolean inPath, String schema) {}

    /** Whether it changes anything. */
    boolean isChange() {
        return permission.filter(one -> one.action() == Permission.Action.WRITE).isPresent();
    }

    Operation {
        parameters = List.copyOf(parameters);
    }
}
