package dev.dormouse.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.model.Revision;
import dev.dormouse.model.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Carries plans out in a {@link SimulatedWorld} and holds against each step, and against the world
 * after a plan is exhausted, what no plan may ever do. Every failure names the seed.
 */
final class PlannerWatch {
    private static final int ROUNDS_MAX = 10;

    private final SimulatedWorld world;
    private final long seed;
    private int starts;

    PlannerWatch(SimulatedWorld world, long seed) {
        this.world = world;
        this.seed = seed;
    }

    /** How many starts there have been. */
    int starts() {
        return starts;
    }

    /** Plans and performs until nothing is left to do now. */
    void act() {
        for (int round = 0; round < ROUNDS_MAX && !world.removed; round++) {
            List<Step> steps = world.plan().steps();
            if (steps.isEmpty()) {
                holdsAtRest();
                return;
            }
            Optional<Revision> live = live();
            boolean served = serves();
            steps.forEach(this::perform);
            goesOnServing(served, live, steps);
        }
        assertThat(world.removed)
                .as("seed %d: a plan is exhausted after a few rounds", seed)
                .isTrue();
    }

    private void perform(Step step) {
        switch (step) {
            case Step.Start(int revision, _) -> starts(revision);
            case Step.Spare(int revision, _) -> isASpare(revision(revision));
            case Step.GoLive(int revision, _) -> goesLive(revision);
            case Step.Begin _ ->
                    assertThat(isDeleting()).as("seed %d: %s while deleting", seed, step).isFalse();
            case Step.Freeze(String id, _) -> world.find(id).ifPresent(this::isQuiet);
            case Step.PushOut(String id, _) -> world.find(id).ifPresent(this::isLongFrozen);
            case Step.Stop(String id, _, _) ->
                    world.find(id).ifPresent(seen -> doesNotCutOff(seen, step));
            case Step.Remove _ ->
                    assertThat(world.world().instances())
                            .as("seed %d: nothing is left of what is forgotten", seed)
                            .isEmpty();
            default -> {}
        }
        world.perform(step);
    }

    private void starts(int number) {
        starts++;
        Revision revision = revision(number);
        assertThat(isDeleting()).as("seed %d: a start while deleting", seed).isFalse();
        World before = world.world();
        assertThat(
                        before.freezingOf(revision)
                                + before.preparingOf(revision)
                                + before.activeOf(revision).size())
                .as("seed %d: what is there or about to be when one is started", seed)
                .isLessThan(Math.max(1, world.wanted));
        assertThat(revision.state())
                .as("seed %d: what is started of %s", seed, revision)
                .isIn(Revision.State.LIVE, Revision.State.DEPLOYING);
        assertThat(world.world().failuresOf(revision).mayStart(world.now))
                .as("seed %d: a pause after failures of %s is kept", seed, revision)
                .isTrue();
    }

    /**
     * No more of them than are wanted, only beside all that is needed, and none where none is kept.
     */
    private void isASpare(Revision revision) {
        World before = world.world();
        List<Seen> its =
                before.instances().stream()
                        .filter(seen -> seen.revision() == revision.number())
                        .toList();
        assertThat(revision.state())
                .as("seed %d: what a spare is of", seed)
                .isEqualTo(Revision.State.LIVE);
        assertThat(before.in(Revision.State.DEPLOYING)).as("seed %d: a rollout", seed).isEmpty();
        assertThat(world.rungs.freezes() && world.spares.mayStart())
                .as("seed %d: a spare may be started and is kept", seed)
                .isTrue();
        assertThat(its.stream().filter(Seen::isActive).count())
                .as("seed %d: what serves when a spare is started", seed)
                .isGreaterThanOrEqualTo(world.wanted);
        assertThat(its.stream().filter(seen -> seen.phase().isMoving() || seen.isResumable()))
                .as("seed %d: what there is when a spare is started", seed)
                .hasSizeLessThan(Math.max(1, world.wanted) + world.spares.wanted())
                .hasSizeLessThan(world.container().service().maxScale());
        assertThat(before.failuresOf(revision).mayStart(world.now))
                .as("seed %d: a pause after failures of %s is kept", seed, revision)
                .isTrue();
    }

    private void goesLive(int number) {
        Revision next = revision(number);
        assertThat(next.state())
                .as("seed %d: what goes live", seed)
                .isEqualTo(Revision.State.DEPLOYING);
        assertThat(next.generation())
                .as("seed %d: only the newest write goes live", seed)
                .isEqualTo(world.container().generation());
        assertThat(world.world().readyOf(next))
                .as("seed %d: it goes live with healthy instances", seed)
                .isPositive();
    }

    /** Who has a request, or may get one that is on its way, is not frozen. */
    private void isQuiet(Seen seen) {
        assertThat(seen.phase()).as("seed %d: what is frozen", seed).isEqualTo(Phase.RESTING);
        assertThat(seen.inFlight()).as("seed %d: requests of what is frozen", seed).isZero();
        assertThat(world.now)
                .as("seed %d: when it is frozen", seed)
                .isAfterOrEqualTo(seen.since().plus(Planner.SETTLE_TIME));
    }

    /** Memory is pushed out of what is frozen for long enough, and not where it has won nothing. */
    private void isLongFrozen(Seen seen) {
        assertThat(seen.phase()).as("seed %d: what is pushed out", seed).isEqualTo(Phase.FROZEN);
        assertThat(world.now)
                .as("seed %d: when memory is pushed out", seed)
                .isAfterOrEqualTo(seen.since().plus(world.rungs.deepAfter().orElseThrow()))
                .isAfterOrEqualTo(seen.residentUntil());
    }

    /** Requests that a leaving instance has are finished, within the container's patience. */
    private void doesNotCutOff(Seen seen, Step step) {
        if (seen.phase() != Phase.DRAINING) {
            assertThat(seen.phase())
                    .as("seed %d: %s of an instance that serves", seed, step)
                    .isNotIn(
                            Phase.READY,
                            Phase.RESTING,
                            Phase.FREEZING,
                            Phase.FROZEN,
                            Phase.SINKING,
                            Phase.DEEP,
                            Phase.WAKING);
            return;
        }
        Duration patience =
                isDeleting() ? SimulatedWorld.STOP_GRACE : world.container().service().timeout();
        Instant earliest = seen.since().plus(seen.inFlight() == 0 ? Planner.SETTLE_TIME : patience);
        assertThat(world.now)
                .as("seed %d: %s with %d requests", seed, step, seen.inFlight())
                .isAfterOrEqualTo(earliest);
    }

    private void goesOnServing(boolean served, Optional<Revision> before, List<Step> steps) {
        boolean mayVanish = world.wanted == 0 || isDeleting();
        assertThat(!served || mayVanish || serves())
                .as(
                        "seed %d: the last healthy instance must not go before the next is healthy: %s",
                        seed, steps)
                .isTrue();
        before.ifPresent(former ->
                assertThat(live())
                        .as("seed %d: what serves gives way to a newer revision only", seed)
                        .get()
                        .extracting(Revision::number)
                        .matches(number -> number >= former.number()));
    }

    /** What holds whenever nothing is left to do at this moment. */
    private void holdsAtRest() {
        for (Revision.State state : List.of(Revision.State.LIVE, Revision.State.DEPLOYING)) {
            assertThat(world.revisions().stream().filter(one -> one.state() == state))
                    .as("seed %d: revisions in state %s", seed, state)
                    .hasSizeLessThanOrEqualTo(1);
        }
        if (isDeleting()) {
            assertThat(world.world().instances())
                    .as("seed %d: what a deletion leaves running", seed)
                    .noneMatch(seen -> seen.phase() == Phase.READY || seen.isResumable());
            return;
        }
        Optional<Revision> deploying = world.world().in(Revision.State.DEPLOYING);
        deploying.ifPresent(revision ->
                assertThat(revision.generation())
                        .as("seed %d: a deploy that was superseded has ended", seed)
                        .isEqualTo(world.container().generation()));
        for (Seen seen : world.world().instances()) {
            assertThat(!isKept(seen) || isWanted(revision(seen.revision()).state()))
                    .as("seed %d: %s runs for nothing", seed, seen)
                    .isTrue();
        }
        world.revisions().stream()
                .filter(revision -> isWanted(revision.state()))
                .forEach(revision ->
                        assertThat(world.world().instances())
                                .as("seed %d: instances of %s", seed, revision)
                                .filteredOn(seen ->
                                        seen.revision() == revision.number() && isKept(seen))
                                .hasSizeLessThanOrEqualTo(world.container().service().maxScale()));
    }

    /** One that is being woken cannot be let go before it is awake. */
    private static boolean isKept(Seen seen) {
        return (seen.isActive() && seen.phase() != Phase.WAKING) || seen.isResumable();
    }

    private static boolean isWanted(Revision.State state) {
        return state == Revision.State.LIVE || state == Revision.State.DEPLOYING;
    }

    private boolean isDeleting() {
        return world.container().status() == Status.DELETING;
    }

    private Optional<Revision> live() {
        return world.world().in(Revision.State.LIVE);
    }

    private boolean serves() {
        return live().map(one -> world.world().readyOf(one) > 0).orElse(false);
    }

    private Revision revision(int number) {
        return world.revisions().stream()
                .filter(one -> one.number() == number)
                .findFirst()
                .orElseThrow();
    }
}
