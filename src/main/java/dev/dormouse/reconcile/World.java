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
 * @param rungs what becomes of what is not needed
 * @param spares what is kept though it is not needed
 */
record World(
        Container container,
        List<Revision> revisions,
        Resolution resolution,
        List<Seen> instances,
        Map<Integer, Failures> failures,
        int wanted,
        String because,
        Rungs rungs,
        Spares spares,
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

    /** How many instances of what serves are kept however long they are not needed. */
    int kept() {
        return spares.wanted() == 0 || !rungs.freezes()
                ? 0
                : Math.min(container.service().maxScale(), Math.max(1, wanted) + spares.wanted());
    }

    /** How many more of the revision are to be kept than there are. */
    int sparesMissing(Revision revision) {
        return kept()
                - activeOf(revision).size()
                - resumableOf(revision).size()
                - freezingOf(revision)
                - preparingOf(revision);
    }

    List<Seen> activeOf(Revision revision) {
        return instances.stream()
                .filter(seen -> seen.revision() == revision.number() && seen.isActive())
                .toList();
    }

    /** How many are being frozen, and can serve again once that is over. */
    int freezingOf(Revision revision) {
        return in(Phase.FREEZING, revision);
    }

    /** How many come up to stand by, and serve if they are needed when they are ready. */
    int preparingOf(Revision revision) {
        return in(Phase.PREPARING, revision);
    }

    private int in(Phase phase, Revision revision) {
        return (int)
                instances.stream()
                        .filter(seen ->
                                seen.revision() == revision.number() && seen.phase() == phase)
                        .count();
    }

    /**
     * Whether there would be more than so many of its revision if it served again, and those that
     * were needed later than it.
     */
    boolean isBeyond(int most, Seen resting) {
        long before =
                instances.stream()
                        .filter(seen -> seen.revision() == resting.revision())
                        .filter(seen ->
                                seen.isActive()
                                        || seen.phase() == Phase.FREEZING
                                        || (seen.isResumable() && isBefore(seen, resting)))
                        .count();
        return before >= most;
    }

    private static boolean isBefore(Seen one, Seen other) {
        int order = other.since().compareTo(one.since());
        return order < 0 || (order == 0 && one.id().compareTo(other.id()) < 0);
    }

    List<Seen> resumableOf(Revision revision) {
        return instances.stream()
                .filter(seen -> seen.revision() == revision.number() && seen.isResumable())
                .toList();
    }

    int readyOf(Revision revision) {
        return in(Phase.READY, revision);
    }
}
