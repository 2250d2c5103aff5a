package dev.dormouse.reconcile;

import dev.dormouse.model.Revision;
import dev.dormouse.model.Revision.State;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Instances that are kept frozen beyond what is needed, for bursts.
 *
 * @param wanted how many
 * @param mayStart whether the host has room for one more that nobody waits for
 */
record Spares(int wanted, boolean mayStart) {
    static final Spares NONE = new Spares(0, false);

    /** How often room is looked for where there was none. */
    private static final Duration LOOK_EVERY = Duration.ofSeconds(30);

    /** The start of one that is missing: one at a time, once all that is needed is there. */
    Optional<Step> missing(World world, Revision live) {
        boolean isItsTurn =
                mayStart
                        && !isBusy(world, live)
                        && world.failuresOf(live).mayStart(world.now())
                        && world.sparesMissing(live) > 0;
        return isItsTurn
                ? Optional.of(
                        new Step.Spare(
                                live.number(),
                                "of %d to stand by for bursts one is missing".formatted(wanted)))
                : Optional.empty();
    }

    private static boolean isBusy(World world, Revision live) {
        return world.current().filter(newest -> newest.state() != State.DEPLOYING).isEmpty()
                || world.activeOf(live).size() < world.wanted()
                || world.instances().stream()
                        .anyMatch(seen ->
                                seen.phase() == Phase.STARTING || seen.phase() == Phase.PREPARING);
    }

    /** When to look for room again, if one is missing only for that. */
    Optional<Instant> lookAt(World world) {
        return world.in(State.LIVE)
                .filter(live -> !mayStart && world.sparesMissing(live) > 0)
                .map(_ -> world.now().plus(LOOK_EVERY));
    }
}
