package dev.dormouse.api;

import dev.dormouse.model.Container;
import dev.dormouse.model.Namespace;
import dev.dormouse.model.Pin;
import dev.dormouse.model.Revision;
import dev.dormouse.model.Status;
import dev.dormouse.model.Workload;
import dev.dormouse.store.Tables;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What was rolled out of a container, and bringing one of it back. */
final class Revisions {
    private static final String ID = "container_id";

    private final Desk desk;
    private final ContainerChecks checks;
    private final VariableLimits limits;

    Revisions(Desk desk, ContainerChecks checks, VariableLimits limits) {
        this.desk = desk;
        this.checks = checks;
        this.limits = limits;
    }

    Answer list(Request request) {
        List<Revision> revisions =
                desk.store()
                        .read(tables -> {
                            UUID id = request.id(ID);
                            Desk.containerOfAnyRegion(tables, request, id);
                            return tables.revisions().of(id);
                        });
        ObjectNode json = Json.object();
        ArrayNode array = json.putArray("revisions");
        revisions.forEach(revision -> array.add(json(revision)));
        return new Answer.Document(json.put("total_count", revisions.size()));
    }

    /**
     * Asks for the workload of an earlier revision and the exact image that it ran: a rollout like
     * any other. How the container is served stays as it is.
     */
    Answer rollback(Request request) {
        Container after = desk.store().write(tables -> rollback(tables, request));
        desk.containerChanged().accept(after.id());
        return new Answer.Document(desk.json().of(after));
    }

    private Container rollback(Tables tables, Request request) {
        Container before = Desk.containerOfAnyRegion(tables, request, request.id(ID));
        if (before.status() == Status.DELETING) {
            throw Problem.transientState(Desk.CONTAINER, before.id(), Status.DELETING);
        }
        List<Revision> revisions = tables.revisions().of(before.id());
        Optional<Integer> number = request.body().integer("revision");
        Revision revision =
                number.isPresent()
                        ? chosen(before, revisions, number.get())
                        : former(before, revisions);
        Workload workload =
                revision.workload()
                        .withPin(Optional.of(new Pin(revision.number(), revision.image())));
        Container after =
                before.withSpecification(
                                before.description(), before.tags(), workload, before.service())
                        .withProgress(before.generation() + 1, Status.UPDATING, request.now());
        checks.check(after.workload(), after.service());
        limits.check(after.workload(), namespace(tables, after));
        tables.containers().update(after);
        return after;
    }

    private static Namespace namespace(Tables tables, Container container) {
        return tables.namespaces()
                .find(container.region(), container.namespaceId())
                .orElseThrow(() -> Problem.notFound(Desk.NAMESPACE, container.namespaceId()));
    }

    /** What served before the newest write; a rollout that failed or is not done does not count. */
    private static Revision former(Container container, List<Revision> revisions) {
        return revisions.stream()
                .filter(revision -> revision.state().hasServed())
                .filter(revision -> !isWanted(container, revision))
                .findFirst()
                .orElseThrow(
                        () -> Problem.noSuchState("there is no earlier revision that ever served"));
    }

    private static Revision chosen(Container container, List<Revision> revisions, int number) {
        Revision revision =
                revisions.stream()
                        .filter(one -> one.number() == number)
                        .findFirst()
                        .orElseThrow(
                                () -> Problem.notFound(Desk.REVISION, Integer.toString(number)));
        if (!revision.state().hasServed()) {
            throw Problem.noSuchState("revision %d never served".formatted(number));
        }
        if (revision.state() == Revision.State.LIVE && isWanted(container, revision)) {
            throw Problem.noSuchState("revision %d serves already".formatted(number));
        }
        return revision;
    }

    /** Whether the revision is what the newest write asked for. */
    private static boolean isWanted(Container container, Revision revision) {
        return revision.generation() >= container.generation();
    }

    private static ObjectNode json(Revision revision) {
        ObjectNode json = Json.object();
        json.put("number", revision.number())
                .put("image", revision.workload().image())
                .put("digest", revision.image().repositoryDigest())
                .put("created_at", WireTime.format(revision.createdAt()))
                .put("reason", revision.because())
                .put("state", revision.state().name().toLowerCase(Locale.ROOT))
                .put("live", revision.state() == Revision.State.LIVE)
                .put("message", revision.message());
        return json;
    }
}
