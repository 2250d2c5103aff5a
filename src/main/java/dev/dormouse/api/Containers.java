package dev.dormouse.api;

import dev.dormouse.auth.NewKey;
import dev.dormouse.model.Container;
import dev.dormouse.model.Namespace;
import dev.dormouse.model.Service;
import dev.dormouse.model.Status;
import dev.dormouse.model.Workload;
import dev.dormouse.store.ContainerFilter;
import dev.dormouse.store.Tables;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;

/**
 * The operations on containers: they write down what is wanted and tell the control loop to look.
 */
final class Containers {
    private static final String ID = "container_id";

    private final Desk desk;
    private final ContainerBody bodies;
    private final ContainerChecks checks;
    private final VariableLimits limits;

    Containers(Desk desk, ContainerBody bodies, ContainerChecks checks, VariableLimits limits) {
        this.desk = desk;
        this.bodies = bodies;
        this.checks = checks;
        this.limits = limits;
    }

    Answer create(Request request) {
        Fields body = request.body();
        SecretChange secrets = SecretChange.of(body, Map.of(), desk.hasher());
        Workload workload = bodies.newWorkload(body, secrets);
        Service service = bodies.newService(body);
        checks.check(workload, service);
        Container container =
                desk.store().write(tables -> insert(tables, request, workload, service));
        desk.containerChanged().accept(container.id());
        return answer(container);
    }

    private Container insert(Tables tables, Request request, Workload workload, Service service) {
        Fields body = request.body();
        Namespace namespace =
                Desk.lastingNamespace(
                        tables, request, UUID.fromString(body.text("namespace_id").orElseThrow()));
        String name = body.text("name").orElseThrow();
        tables.containers()
                .idByName(namespace.id(), name)
                .ifPresent(id -> {
                    throw Problem.alreadyExists(
                            Desk.CONTAINER,
                            id,
                            "the namespace has a container \"%s\" already".formatted(name));
                });
        limits.check(workload, namespace);
        Container container =
                new Container(
                        NewKey.randomUuid(desk.random()),
                        namespace.region(),
                        namespace.organizationId(),
                        namespace.projectId(),
                        namespace.id(),
                        namespace.name(),
                        name,
                        body.text("description").orElse(""),
                        body.list("tags").orElse(List.of()),
                        workload,
                        service,
                        1,
                        Status.CREATING,
                        "",
                        request.now(),
                        request.now());
        tables.containers().insert(container);
        return container;
    }

    Answer get(Request request) {
        return answer(desk.store().read(tables -> Desk.container(tables, request, request.id(ID))));
    }

    Answer list(Request request) {
        Fields query = request.query();
        ContainerFilter filter =
                new ContainerFilter(
                        request.region(),
                        Pages.id(query, "organization_id"),
                        Pages.id(query, "project_id"),
                        Pages.id(query, "namespace_id"),
                        query.text("name"),
                        Set.of(request.caller().projectId()));
        return Pages.answer(
                "containers",
                desk.store().read(tables -> tables.containers().list(filter, Pages.paging(query))),
                desk.json()::of);
    }

    Answer update(Request request) {
        Container hint =
                desk.store().read(tables -> Desk.lastingContainer(tables, request, request.id(ID)));
        Update update;
        try {
            update = store(request, hint.workload().secretEnvironment());
        } catch (SecretChange.StaleHintException e) {
            update = store(request, Map.of());
        }
        if (update.isWritten()) {
            desk.containerChanged().accept(update.after().id());
        }
        return answer(update.after());
    }

    /** What an update did. */
    private record Update(Container before, Container after) {
        boolean isWritten() {
            return !before.equals(after);
        }
    }

    private Update store(Request request, Map<String, dev.dormouse.model.Secret> hint) {
        SecretChange secrets = SecretChange.of(request.body(), hint, desk.hasher());
        return desk.store().write(tables -> update(tables, request, secrets));
    }

    private Update update(Tables tables, Request request, SecretChange secrets) {
        Container before = Desk.lastingContainer(tables, request, request.id(ID));
        Container after = changed(before, request, secrets);
        if (!after.equals(before)) {
            checks.check(after.workload(), after.service());
            limits.check(after.workload(), Desk.namespace(tables, request, after.namespaceId()));
            tables.containers().update(after);
        }
        return new Update(before, after);
    }

    /**
     * The container after a request. New processes are needed when the workload changes and when an
     * image is given, be it the same, for its tag may stand for other bytes now; also when the last
     * rollout failed and anything but the labels changes, for that is how owners try again.
     */
    private Container changed(Container before, Request request, SecretChange secrets) {
        Fields body = request.body();
        Container asked =
                before.withSpecification(
                        body.text("description").orElse(before.description()),
                        body.list("tags").orElse(before.tags()),
                        bodies.changedWorkload(body, before.workload(), secrets),
                        bodies.changedService(body, before.service()));
        boolean isServed = !asked.service().equals(before.service());
        boolean isRolledOut =
                body.text("image").isPresent()
                        || !asked.workload().equals(before.workload())
                        || (isServed && before.status() == Status.ERROR);
        if (isRolledOut || isServed) {
            long generation = before.generation() + (isRolledOut ? 1 : 0);
            return asked.withProgress(generation, Status.UPDATING, request.now());
        }
        return asked.equals(before) ? before : asked.withUpdatedAt(request.now());
    }

    Answer redeploy(Request request) {
        return write(
                request,
                before ->
                        before.withSpecification(
                                        before.description(),
                                        before.tags(),
                                        before.workload().withPin(Optional.empty()),
                                        before.service())
                                .withProgress(
                                        before.generation() + 1, Status.UPDATING, request.now()));
    }

    Answer delete(Request request) {
        return write(
                request,
                before ->
                        before.withProgress(
                                before.generation() + 1, Status.DELETING, request.now()));
    }

    private Answer write(Request request, UnaryOperator<Container> change) {
        Container container =
                desk.store()
                        .write(tables -> {
                            Container after =
                                    change.apply(
                                            Desk.lastingContainer(tables, request, request.id(ID)));
                            tables.containers().update(after);
                            return after;
                        });
        desk.containerChanged().accept(container.id());
        return answer(container);
    }

    private Answer answer(Container container) {
        return new Answer.Document(desk.json().of(container));
    }
}
