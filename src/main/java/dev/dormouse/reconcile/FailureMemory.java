package dev.dormouse.reconcile;

import dev.dormouse.model.Revision;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * What is remembered of the failures of each of a container's revisions. Used by its pass alone.
 */
final class FailureMemory {
    private final RandomGenerator random;
    private final Map<Integer, Failures> byRevision = new HashMap<>();

    /** The pauses before instances are started again are a matter of chance, a little. */
    FailureMemory(RandomGenerator random) {
        this.random = random;
    }

    /** By revision number; a revision without failures is not in it. */
    Map<Integer, Failures> byRevision() {
        return Map.copyOf(byRevision);
    }

    /**
     * @param deploying whether the revision has not served yet, so that its rollout may end here
     */
    void remember(Mishap mishap, boolean deploying, Instant now) {
        Failures before = byRevision.getOrDefault(mishap.revision(), Failures.NONE);
        double chance = random.nextDouble();
        boolean ranWell = mishap.ranFor().compareTo(Failures.RAN_WELL) >= 0;
        Failures after =
                switch (mishap.kind()) {
                    case ENGINE_AWAY -> before.engineAway(mishap.message(), now, chance);
                    case SPARE -> before;
                    case NO_ROOM -> before.noRoom(mishap.message(), now, chance);
                    case DECISIVE ->
                            deploying
                                    ? before.fatal(mishap.message(), now)
                                    : before.another(mishap.message(), now, chance);
                    case ENDED ->
                            (ranWell ? Failures.NONE : before)
                                    .another(mishap.message(), now, chance);
                };
        byRevision.put(mishap.revision(), after);
    }

    /**
     * An instance that has run well for a while makes up for the failures before it became ready,
     * and for no later ones.
     */
    void forgive(Collection<Seen> instances, Instant now) {
        instances.stream()
                .filter(seen -> seen.phase() == Phase.READY)
                .filter(seen -> !now.isBefore(seen.since().plus(Failures.RAN_WELL)))
                .forEach(seen ->
                        byRevision.computeIfPresent(
                                seen.revision(),
                                (_, known) -> isMadeUpFor(known, seen) ? null : known));
    }

    private static boolean isMadeUpFor(Failures known, Seen seen) {
        return !known.hopeless() && seen.since().isAfter(known.newest());
    }

    /** Whether the engine's silence is among them. */
    boolean anyAwaitsEngine() {
        return byRevision.values().stream().anyMatch(Failures::awaitsEngine);
    }

    void engineBack() {
        byRevision.replaceAll((_, known) -> known.engineBack());
        byRevision.values().removeIf(Failures.NONE::equals);
    }

    void forget(int revision) {
        byRevision.remove(revision);
    }

    /** Forgets the revisions that are not among these. */
    void keep(Collection<Revision> revisions) {
        byRevision
                .keySet()
                .removeIf(number -> revisions.stream().noneMatch(one -> one.number() == number));
    }
}
