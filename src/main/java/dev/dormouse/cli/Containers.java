package dev.dormouse.cli;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Namespaces and containers by their names, in one region and project. */
final class Containers {
    private static final Set<String> TRANSIENT = Set.of("creating", "updating", "deleting");

    private static final int FILTER_LENGTH_MIN = 4;

    private final ApiClient api;
    private final Console console;
    private final Patience patience;
    private final String projectId;
    private final String base;

    Containers(ApiClient api, Console console, Patience patience, Credentials credentials) {
        this.api = api;
        this.console = console;
        this.patience = patience;
        this.projectId = credentials.projectId();
        this.base = "/containers/v1/regions/" + ApiClient.encoded(credentials.region());
    }

    Optional<JsonNode> namespace(String name) {
        return api
                .all(
                        base + "/namespaces",
                        Map.of("name", name, "project_id", projectId),
                        "namespaces")
                .stream()
                .filter(one -> one.path("name").asString("").equals(name))
                .findFirst();
    }

    /** The namespace of that name, made if there is none; ready, or whatever it came to. */
    JsonNode namespaceMadeIfMissing(String name) {
        Optional<JsonNode> found = namespace(name);
        if (found.isPresent() && isDeleting(found.get())) {
            awaitGone("/namespaces/", found.get());
            found = Optional.empty();
        }
        JsonNode namespace =
                found.orElseGet(() ->
                        api.post(
                                base + "/namespaces",
                                ApiClient.object().put("name", name).put("project_id", projectId)));
        return awaitSettled("/namespaces/", namespace);
    }

    Optional<JsonNode> container(JsonNode namespace, String name) {
        return containers("namespace_id", idOf(namespace), name).stream()
                .filter(one -> one.path("name").asString("").equals(name))
                .findFirst();
    }

    /** The container of that name, or a sentence that says that there is none. */
    JsonNode containerOrFail(String namespaceName, String name) {
        return namespace(namespaceName)
                .flatMap(namespace -> container(namespace, name))
                .orElseThrow(() ->
                        new CommandException(
                                "There is no container \"%s\" in the namespace \"%s\"; ./dormouse status lists all."
                                        .formatted(name, namespaceName)));
    }

    /** The container of that name in one namespace, or the only one of that name in the project. */
    JsonNode onlyContainer(Optional<String> namespaceName, String name) {
        if (namespaceName.isPresent()) {
            return containerOrFail(namespaceName.get(), name);
        }
        List<JsonNode> found =
                containers("project_id", projectId, name).stream()
                        .filter(one -> one.path("name").asString("").equals(name))
                        .toList();
        if (found.size() > 1) {
            throw new CommandException(
                    "There are %d containers \"%s\"; say which with --namespace."
                            .formatted(found.size(), name));
        }
        return found.stream()
                .findFirst()
                .orElseThrow(() ->
                        new CommandException(
                                "There is no container \"%s\"; ./dormouse status lists all."
                                        .formatted(name)));
    }

    JsonNode create(ObjectNode body) {
        return awaitSettled("/containers/", api.post(base + "/containers", body));
    }

    JsonNode update(JsonNode container, ObjectNode body) {
        return awaitSettled(
                "/containers/", api.patch(base + "/containers/" + idOf(container), body));
    }

    /** Returns when what that revision ran, or the newest earlier one, serves or has failed to. */
    JsonNode rollback(JsonNode container, Optional<Integer> revision) {
        ObjectNode body = ApiClient.object();
        revision.ifPresent(number -> body.put("revision", number));
        return awaitSettled("/containers/", api.post(own(container) + "/rollback", body));
    }

    JsonNode revisions(JsonNode container) {
        return api.get(own(container) + "/revisions", Map.of()).path("revisions");
    }

    private static String own(JsonNode container) {
        return "/dormouse/v1/containers/" + ApiClient.encoded(idOf(container));
    }

    /** Returns when it is gone. */
    void delete(JsonNode container) {
        awaitGone("/containers/", api.delete(base + "/containers/" + idOf(container)));
    }

    /** Returns when it is gone. */
    void awaitGone(JsonNode container) {
        awaitGone("/containers/", container);
    }

    /** The container if it came to be ready, or a sentence that says why it did not. */
    static JsonNode readyOrFail(JsonNode container) {
        if (statusOf(container).equals("ready")) {
            return container;
        }
        throw new CommandException(
                "%s is in the status \"%s\": %s"
                        .formatted(
                                container.path("name").asString(""),
                                statusOf(container),
                                container.path("error_message").asString("no reason given")));
    }

    static boolean isDeleting(JsonNode thing) {
        return statusOf(thing).equals("deleting");
    }

    static String statusOf(JsonNode thing) {
        return thing.path("status").asString("");
    }

    static String idOf(JsonNode thing) {
        return thing.path("id").asString("");
    }

    /**
     * All that may be of that name: the API's filter by name refuses names of two and three
     * characters, which a container may have, so for those it is the whole list.
     */
    private List<JsonNode> containers(String within, String id, String name) {
        Map<String, String> query = new TreeMap<>(Map.of(within, id));
        if (name.length() >= FILTER_LENGTH_MIN) {
            query.put("name", name);
        }
        return api.all(base + "/containers", query, "containers");
    }

    private JsonNode awaitSettled(String folder, JsonNode thing) {
        if (!TRANSIENT.contains(statusOf(thing))) {
            return thing;
        }
        String name = thing.path("name").asString("");
        return patience.until(
                name + " to be ready",
                console,
                () ->
                        Optional.of(api.get(base + folder + idOf(thing), Map.of()))
                                .filter(now -> !TRANSIENT.contains(statusOf(now))));
    }

    private void awaitGone(String folder, JsonNode thing) {
        String name = thing.path("name").asString("");
        patience.until(name + " to be gone", console, () -> gone(base + folder + idOf(thing)));
    }

    private Optional<Boolean> gone(String path) {
        try {
            api.get(path, Map.of());
            return Optional.empty();
        } catch (ApiException e) {
            if (e.isNotFound()) {
                return Optional.of(true);
            }
            throw e;
        }
    }
}
