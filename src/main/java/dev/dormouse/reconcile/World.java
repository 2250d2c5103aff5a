package dev.dormouse.reconcile;

import dev.dormouse.model.Container;
import dev.dormouse.model.Revision;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything the planner may look at.
 *
 * @param revisions newest first
 * @param resolution of the image for {@code container.generation()}
 * @param failures by revision number; absent means none
 * @param wanted how many instances the autoscaler wants awake
 * @param because why it wants so many
 */
record World(
        Container container,
        List<Revision> revisions,
        Resolution resolution,
        List<Seen> instances,
        Map<Integer, Failures> failures,
        int wanted,
        String because,
        Instant now) {
    World {
        revisions = List.copyOf(revisions);
        instances = List.copyOf(instances);
        failures = Map.copyOf(failures);
    }

    /** The newest revision, if it carries out the newest generation. */
    Optional<Revision> current() {
        return revisions.stream()
                .findFirst()
                .filter(newest -> newest.generation() >= container.generation());
    }

    Optional<Revision> in(Revision.State state) {
        return revisions.stream().filter(revision -> revision.state() == state).findFirst();
    }

    Failures failuresOf(Revision revision) {
        return failures.getOrDefault(revision.number(), Failures.NONE);
    }

    List<Seen> activeOf(Revision revision) {
        return instances.stream()
                .filter(seen -> seen.revision() == revision.number() && seen.isActive())
                .toList();
    }

    int readyOf(Revision revision) {
        return (int)
                instances.stream()
                        .filter(seen ->
                                seen.revision() == revision.number() && seen.phase() == Phase.READY)
                        .count();
    }
}
