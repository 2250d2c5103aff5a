package dev.dormouse.api;

import dev.dormouse.model.Container;
import dev.dormouse.model.Namespace;
import dev.dormouse.model.Status;
import dev.dormouse.store.Store;
import dev.dormouse.store.Tables;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** What the handlers of namespaces and containers share, and the checks that both make. */
record Desk(
        Store store,
        SecretHasher hasher,
        ContainerJson json,
        Consumer<UUID> containerChanged,
        RandomGenerator random) {
    static final String NAMESPACE = "namespace";
    static final String CONTAINER = "container";
    static final String REVISION = "revision";

    /** The namespace, if the caller may know of it. */
    static Namespace namespace(Tables tables, Request request, UUID id) {
        return tables.namespaces()
                .find(request.region(), id)
                .filter(namespace -> request.mayRead(namespace.projectId()))
                .orElseThrow(() -> Problem.notFound(NAMESPACE, id));
    }

    /** The container, if the caller may know of it. */
    static Container container(Tables tables, Request request, UUID id) {
        return tables.containers()
                .find(request.region(), id)
                .filter(container -> request.mayRead(container.projectId()))
                .orElseThrow(() -> Problem.notFound(CONTAINER, id));
    }

    /** The container in whatever region, if the caller may know of it. */
    static Container containerOfAnyRegion(Tables tables, Request request, UUID id) {
        return tables.containers()
                .find(id)
                .filter(container -> request.mayRead(container.projectId()))
                .orElseThrow(() -> Problem.notFound(CONTAINER, id));
    }

    /** The namespace, if it may be written. */
    static Namespace lastingNamespace(Tables tables, Request request, UUID id) {
        Namespace namespace = namespace(tables, request, id);
        if (namespace.status() == Status.DELETING) {
            throw Problem.transientState(NAMESPACE, id, Status.DELETING);
        }
        return namespace;
    }

    /** The container, if it may be written. */
    static Container lastingContainer(Tables tables, Request request, UUID id) {
        Container container = container(tables, request, id);
        if (container.status() == Status.DELETING) {
            throw Problem.transientState(CONTAINER, id, Status.DELETING);
        }
        return container;
    }
}
