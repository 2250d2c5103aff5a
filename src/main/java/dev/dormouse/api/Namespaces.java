package dev.dormouse.api;

import dev.dormouse.auth.NewKey;
import dev.dormouse.auth.Permission;
import dev.dormouse.model.Container;
import dev.dormouse.model.Namespace;
import dev.dormouse.model.Secret;
import dev.dormouse.model.Status;
import dev.dormouse.store.NamespaceFilter;
import dev.dormouse.store.Tables;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The operations on namespaces. What is stored is ready (or deleting) always, for nothing has to be
 * carried out before a namespace can be used; the answers to writes say {@code creating} and {@code
 * updating} all the same, as clients know it, and the next read says {@code ready}.
 */
final class Namespaces {
    private static final String ID = "namespace_id";

    private final Desk desk;
    private final VariableLimits limits;

    Namespaces(Desk desk, VariableLimits limits) {
        this.desk = desk;
        this.limits = limits;
    }

    Answer create(Request request) {
        Fields body = request.body();
        UUID project =
                body.text("project_id")
                        .filter(text -> !text.isEmpty())
                        .map(UUID::fromString)
                        .orElse(request.caller().projectId());
        if (!request.mayRead(project)) {
            throw Problem.permissionsDenied(
                    new Permission(Permission.Resource.NAMESPACE, Permission.Action.WRITE));
        }
        SecretChange secrets = SecretChange.of(body, Map.of(), desk.hasher());
        Namespace namespace =
                new Namespace(
                        NewKey.randomUuid(desk.random()),
                        request.region(),
                        request.caller().organizationId(),
                        project,
                        body.text("name").orElseThrow(),
                        body.text("description").orElse(""),
                        Status.READY,
                        body.map("environment_variables").orElse(Map.of()),
                        secrets.applyTo(Map.of()),
                        body.list("tags").orElse(List.of()),
                        request.now(),
                        request.now());
        desk.store().write(tables -> insert(tables, namespace));
        return answer(namespace.withStatus(Status.CREATING, namespace.updatedAt()));
    }

    private static Namespace insert(Tables tables, Namespace namespace) {
        tables.namespaces()
                .idByName(namespace.region(), namespace.projectId(), namespace.name())
                .ifPresent(id -> {
                    throw Problem.alreadyExists(
                            Desk.NAMESPACE,
                            id,
                            "the project has a namespace \"%s\" in this region already"
                                    .formatted(namespace.name()));
                });
        tables.namespaces().insert(namespace);
        return namespace;
    }

    Answer get(Request request) {
        return answer(desk.store().read(tables -> Desk.namespace(tables, request, request.id(ID))));
    }

    Answer list(Request request) {
        Fields query = request.query();
        NamespaceFilter filter =
                new NamespaceFilter(
                        request.region(),
                        Pages.id(query, "organization_id"),
                        Pages.id(query, "project_id"),
                        query.text("name"),
                        Set.of(request.caller().projectId()));
        return Pages.answer(
                "namespaces",
                desk.store().read(tables -> tables.namespaces().list(filter, Pages.paging(query))),
                desk.json()::of);
    }

    Answer update(Request request) {
        Namespace hint =
                desk.store().read(tables -> Desk.lastingNamespace(tables, request, request.id(ID)));
        SecretChange secrets =
                SecretChange.of(request.body(), hint.secretEnvironment(), desk.hasher());
        NamespaceUpdate update;
        try {
            update = store(request, secrets);
        } catch (SecretChange.StaleHintException e) {
            update = store(request, SecretChange.of(request.body(), Map.of(), desk.hasher()));
        }
        update.rolledOut().forEach(desk.containerChanged());
        Namespace after = update.after();
        boolean hasVariables =
                secrets.isGiven() || request.body().map("environment_variables").isPresent();
        return answer(hasVariables ? after.withStatus(Status.UPDATING, after.updatedAt()) : after);
    }

    /** What an update did: the namespace now, and the containers that it rolls out anew. */
    private record NamespaceUpdate(Namespace after, List<UUID> rolledOut) {}

    private NamespaceUpdate store(Request request, SecretChange secrets) {
        return desk.store().write(tables -> update(tables, request, secrets));
    }

    private NamespaceUpdate update(Tables tables, Request request, SecretChange secrets) {
        Namespace before = Desk.lastingNamespace(tables, request, request.id(ID));
        Fields body = request.body();
        Namespace after =
                before.withContent(
                        body.text("description").orElse(before.description()),
                        body.map("environment_variables").orElse(before.environment()),
                        secrets.applyTo(before.secretEnvironment()),
                        body.list("tags").orElse(before.tags()));
        if (after.equals(before)) {
            return new NamespaceUpdate(before, List.of());
        }
        Namespace written = after.withStatus(before.status(), request.now());
        tables.namespaces().update(written);
        return new NamespaceUpdate(
                written,
                merged(before).equals(merged(after))
                        ? List.of()
                        : rollOut(tables, written, request));
    }

    /** What the containers' processes see of a namespace. */
    private static Map<String, String> merged(Namespace namespace) {
        Map<String, String> merged = new TreeMap<>(namespace.environment());
        for (Map.Entry<String, Secret> secret : namespace.secretEnvironment().entrySet()) {
            merged.put(secret.getKey(), secret.getValue().value());
        }
        return merged;
    }

    private List<UUID> rollOut(Tables tables, Namespace namespace, Request request) {
        List<Container> lasting =
                tables.containers().inNamespace(namespace.id()).stream()
                        .filter(container -> container.status() != Status.DELETING)
                        .toList();
        for (Container container : lasting) {
            limits.check(container.workload(), namespace);
            tables.containers()
                    .update(
                            container.withProgress(
                                    container.generation() + 1, Status.UPDATING, request.now()));
        }
        return lasting.stream().map(Container::id).toList();
    }

    /** Deletes the containers too; the last of them to go takes the namespace with it. */
    Answer delete(Request request) {
        UUID id = request.id(ID);
        Deletion deletion = desk.store().write(tables -> delete(tables, request, id));
        deletion.containers().forEach(desk.containerChanged());
        return answer(deletion.namespace());
    }

    /** What a deletion set going. */
    private record Deletion(Namespace namespace, List<UUID> containers) {}

    private static Deletion delete(Tables tables, Request request, UUID id) {
        Namespace deleting =
                Desk.lastingNamespace(tables, request, id)
                        .withStatus(Status.DELETING, request.now());
        List<UUID> containers = tables.containers().beginDeletion(id, request.now());
        if (containers.isEmpty()) {
            tables.namespaces().delete(id);
        } else {
            tables.namespaces().update(deleting);
        }
        return new Deletion(deleting, containers);
    }

    private Answer answer(Namespace namespace) {
        return new Answer.Document(desk.json().of(namespace));
    }
}
