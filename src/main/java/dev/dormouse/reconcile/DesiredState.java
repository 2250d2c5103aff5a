package dev.dormouse.reconcile;

import dev.dormouse.engine.ResolvedImage;
import dev.dormouse.model.Container;
import dev.dormouse.model.ExactImage;
import dev.dormouse.model.Namespace;
import dev.dormouse.model.Revision;
import dev.dormouse.model.Status;
import dev.dormouse.model.Workload;
import dev.dormouse.store.Store;
import dev.dormouse.store.Tables;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * What the loop reads and writes of the store, and what it leaves there for the next server; each
 * write is one transaction, so that nothing is half done.
 */
final class DesiredState implements KnownBoots.Keeping {
    private static final int REVISIONS_KEPT = 20;

    private final Store store;

    DesiredState(Store store) {
        this.store = store;
    }

    /**
     * A container with those of its revisions that matter now, newest first. What a revision asks
     * for is mostly what the container asks for, and is then the same object: there are many
     * containers, and most of them sleep.
     */
    record Desired(Container container, List<Revision> revisions) {
        Desired {
            Workload workload = container.workload();
            revisions =
                    revisions.stream()
                            .map(one ->
                                    one.workload().equals(workload)
                                            ? one.withWorkload(workload)
                                            : one)
                            .toList();
        }
    }

    List<Desired> all() {
        return store.read(tables -> {
            Map<UUID, List<Revision>> revisions = tables.revisions().allInForce();
            return tables.containers().all().stream()
                    .map(one -> new Desired(one, revisions.getOrDefault(one.id(), List.of())))
                    .toList();
        });
    }

    Optional<Desired> read(UUID id) {
        return store.read(tables ->
                tables.containers()
                        .find(id)
                        .map(container -> new Desired(container, tables.revisions().inForce(id))));
    }

    /**
     * Freezes the specification into the next revision, unless the container has changed again
     * meanwhile.
     */
    void begin(Container container, ResolvedImage image, String because, Instant now) {
        insert(container, image.exact(), because, Revision.State.DEPLOYING, "", now);
    }

    /** Keeps on record that this generation could not be rolled out. */
    void refuse(Container container, String message, String because, Instant now) {
        insert(container, ExactImage.NONE, because, Revision.State.FAILED, message, now);
    }

    private void insert(
            Container container,
            ExactImage image,
            String because,
            Revision.State state,
            String message,
            Instant now) {
        store.write(tables -> {
            Optional<Container> newest = tables.containers().find(container.id());
            if (newest.isEmpty() || newest.get().generation() != container.generation()) {
                return false;
            }
            tables.revisions()
                    .insert(
                            new Revision(
                                    container.id(),
                                    tables.revisions().nextNumber(container.id()),
                                    container.generation(),
                                    image,
                                    container.workload(),
                                    environment(tables, container),
                                    because,
                                    state,
                                    message,
                                    now.truncatedTo(ChronoUnit.MICROS)));
            tables.revisions().prune(container.id(), REVISIONS_KEPT);
            return true;
        });
    }

    private static Map<String, String> environment(Tables tables, Container container) {
        Namespace namespace =
                tables.namespaces()
                        .find(container.region(), container.namespaceId())
                        .orElseThrow(() ->
                                new IllegalStateException(
                                        "container without namespace " + container.id()));
        return SpecBuilder.environment(namespace, container);
    }

    /** The revision serves from now on; the one that did retires. */
    void goLive(UUID id, int number) {
        store.write(tables -> {
            for (Revision revision : tables.revisions().inForce(id)) {
                if (revision.state() == Revision.State.LIVE && revision.number() != number) {
                    tables.revisions().mark(id, revision.number(), Revision.State.RETIRED, "");
                }
            }
            tables.revisions().mark(id, number, Revision.State.LIVE, "");
            return true;
        });
    }

    void mark(UUID id, int number, Revision.State state, String message) {
        store.write(tables -> {
            tables.revisions().mark(id, number, state, message);
            return true;
        });
    }

    /** Tells the owner; the time of the change has whole seconds, as on the real platform. */
    void settle(Container container, Status status, String message, Instant now) {
        store.write(tables ->
                tables.containers()
                        .settle(
                                container.id(),
                                container.generation(),
                                status,
                                message,
                                now.truncatedTo(ChronoUnit.SECONDS)));
    }

    @Override
    public Map<UUID, Duration> slowBoots() {
        return store.read(tables -> tables.slowBoots().all());
    }

    @Override
    public boolean keepBoot(UUID id, Optional<Duration> slow) {
        return store.write(tables -> {
            slow.ifPresentOrElse(
                    boot -> tables.slowBoots().put(id, boot), () -> tables.slowBoots().delete(id));
            return tables.containers().find(id).isPresent();
        });
    }

    /** Forgets the container, and its namespace if that is being deleted and was waiting for it. */
    void remove(UUID id) {
        store.write(tables -> {
            Optional<Container> container = tables.containers().find(id);
            tables.containers().delete(id);
            container.ifPresent(gone -> removeEmptied(tables, gone));
            return true;
        });
    }

    private static void removeEmptied(Tables tables, Container gone) {
        tables.namespaces()
                .find(gone.region(), gone.namespaceId())
                .filter(namespace -> namespace.status() == Status.DELETING)
                .filter(namespace -> !tables.containers().isAnyIn(namespace.id()))
                .ifPresent(namespace -> tables.namespaces().delete(namespace.id()));
    }
}
