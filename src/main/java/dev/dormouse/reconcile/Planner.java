package dev.dormouse.reconcile;

import dev.dormouse.model.Container;
import dev.dormouse.model.Revision;
import dev.dormouse.model.Status;
import dev.dormouse.model.Workload;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * From the state of the world to what should be done next; a pure function. A deployment is: start
 * the new revision's instances, wait until enough of them are healthy, give it the traffic, drain
 * the old. A failed one leaves the old serving.
 */
final class Planner {
    /** Exits before a revision's first success that end its rollout. */
    static final int EXITS_MAX = 3;

    /** Tries of a rollout that an engine which does not answer may cost. */
    private static final int ENGINE_TRIES_MAX = 20;

    /**
     * How long a drained instance is left alone, so that a request already on its way still finds
     * it.
     */
    static final Duration SETTLE_TIME = Duration.ofMillis(500);

    private static final int STARTS_PER_PASS_MAX = 10;

    private static final long FIRST_GENERATION = 1;
    private static final String REPLACED = "another revision took its place";

    private static final Comparator<Seen> SOONEST_BACK =
            Comparator.comparing((Seen seen) -> seen.phase() == Phase.DEEP)
                    .thenComparing(Seen::since, Comparator.reverseOrder());

    private final Duration stopGrace;
    private final Duration frozenFor;

    /**
     * @param frozenFor how long what is frozen is kept without being needed
     */
    Planner(Duration stopGrace, Duration frozenFor) {
        this.stopGrace = stopGrace;
        this.frozenFor = frozenFor;
    }

    Plan plan(World world) {
        List<Step> steps = new ArrayList<>();
        if (world.container().status() == Status.DELETING) {
            delete(world, steps);
        } else {
            roll(world, steps);
            if (steps.stream().noneMatch(Step.GoLive.class::isInstance)) {
                serve(world, steps);
                retire(world, steps);
                settle(world, steps);
            }
        }
        return new Plan(steps, reviewAt(world));
    }

    private void delete(World world, List<Step> steps) {
        String because = "the container is being deleted";
        for (Seen seen : world.instances()) {
            switch (seen.phase()) {
                case READY, RESTING, FROZEN, SINKING, DEEP ->
                        steps.add(new Step.Drain(seen.id(), because));
                case DRAINING -> stopDrained(world, seen, stopGrace, steps);
                case STARTING, PREPARING, UNHEALTHY, EXITED ->
                        steps.add(new Step.Stop(seen.id(), stopGrace, because));
                case FREEZING, WAKING, STOPPING -> {} // the engine is at it
            }
        }
        if (world.instances().isEmpty()) {
            steps.add(new Step.Remove("its last instance is gone"));
        }
    }

    private static void roll(World world, List<Step> steps) {
        Optional<Revision> current = world.current();
        if (current.isEmpty()) {
            resolve(world, steps);
        } else if (current.get().state() == Revision.State.DEPLOYING) {
            deploy(world, current.get(), steps);
        }
    }

    private static void resolve(World world, List<Step> steps) {
        world.in(Revision.State.DEPLOYING)
                .ifPresent(old ->
                        steps.add(
                                new Step.Supersede(old.number(), "a newer write took its place")));
        Workload workload = world.container().workload();
        String cause = cause(world);
        switch (world.resolution()) {
            case Resolution.None() -> steps.add(new Step.Resolve(workload.image(), cause));
            case Resolution.Running() -> {}
            case Resolution.Done(var image) -> steps.add(new Step.Begin(image, cause));
            case Resolution.Failed(String message) ->
                    steps.add(
                            new Step.Refuse(
                                    workload.pin()
                                                    .map(pin ->
                                                            "Revision %d cannot be brought back: "
                                                                    .formatted(pin.revision()))
                                                    .orElse("")
                                            + message,
                                    cause));
        }
    }

    /** What asks for the rollout: what is wanted now is held against what was wanted before. */
    private static String cause(World world) {
        if (world.container().generation() == FIRST_GENERATION) {
            return "the container was created";
        }
        Optional<Workload> before = world.revisions().stream().findFirst().map(Revision::workload);
        Workload wanted = world.container().workload();
        if (wanted.pin().isPresent() && !wanted.pin().equals(before.flatMap(Workload::pin))) {
            return "the container was rolled back to revision " + wanted.pin().get().revision();
        }
        return before.filter(wanted::equals).isPresent()
                ? "the container was deployed again"
                : "the container was changed";
    }

    private static void deploy(World world, Revision revision, List<Step> steps) {
        Failures failures = world.failuresOf(revision);
        if (failures.hopeless()
                || failures.exits() >= EXITS_MAX
                || failures.inARow() >= ENGINE_TRIES_MAX) {
            steps.add(new Step.Fail(revision.number(), failures.message()));
            return;
        }
        int ready = world.readyOf(revision);
        int needed = Math.max(1, world.wanted());
        boolean nothingServes = world.in(Revision.State.LIVE).isEmpty();
        if (ready >= needed || (nothingServes && ready > 0)) {
            steps.add(new Step.GoLive(revision.number(), ready + " of its instances are healthy"));
            return;
        }
        String most = "max_scale is " + world.container().service().maxScale();
        shed(
                world,
                revision,
                Math.max(needed, world.container().service().maxScale()),
                most,
                steps);
        start(
                world,
                revision,
                needed,
                "revision " + revision.number() + " is being deployed",
                steps);
    }

    private static void serve(World world, List<Step> steps) {
        Optional<Revision> live = world.in(Revision.State.LIVE);
        if (live.isEmpty()) {
            return;
        }
        Revision revision = live.get();
        start(world, revision, world.wanted(), world.because(), steps);
        shed(world, revision, world.wanted(), world.because(), steps);
        world.spares().missing(world, revision).ifPresent(steps::add);
    }

    /** Lets go of what a revision has beyond so many: first those that would be missed least. */
    private static void shed(
            World world, Revision revision, int most, String because, List<Step> steps) {
        Comparator<Seen> leastMissed =
                Comparator.comparing((Seen seen) -> seen.phase() == Phase.READY)
                        .thenComparingInt(Seen::inFlight)
                        .thenComparing(Seen::since, Comparator.reverseOrder());
        List<Seen> active = world.activeOf(revision);
        active.stream()
                .sorted(leastMissed)
                .limit(Math.max(0, active.size() - most))
                .filter(seen -> seen.phase() != Phase.WAKING) // until the engine has woken it
                .map(seen ->
                        world.rungs().freezes() && seen.phase() == Phase.READY
                                ? new Step.Rest(seen.id(), because)
                                : new Step.Drain(seen.id(), because))
                .forEach(steps::add);
    }

    /**
     * What rests goes on first, what was used last before others, and what has its memory before
     * what is deep; what is missing then is started.
     */
    private static void start(
            World world, Revision revision, int wanted, String because, List<Step> steps) {
        int missing = wanted - world.activeOf(revision).size() - world.freezingOf(revision);
        if (missing <= 0) {
            return;
        }
        Failures failures = world.failuresOf(revision);
        boolean mayStart = failures.mayStart(world.now());
        boolean mayWake = mayStart || !failures.awaitsEngine();
        List<Seen> resumed =
                world.resumableOf(revision).stream()
                        .filter(seen -> mayWake || seen.phase() == Phase.RESTING)
                        .sorted(SOONEST_BACK)
                        .limit(missing)
                        .toList();
        resumed.forEach(seen -> steps.add(new Step.Resume(seen.id(), because)));
        int coming = world.preparingOf(revision); // as soon as one that is started now
        if (mayStart) {
            Stream.generate(() -> new Step.Start(revision.number(), because))
                    .limit(Math.clamp(missing - resumed.size() - coming, 0, STARTS_PER_PASS_MAX))
                    .forEach(steps::add);
        }
    }

    private void retire(World world, List<Step> steps) {
        for (Seen seen : world.instances()) {
            boolean wantedRevision =
                    world.revisions().stream()
                            .anyMatch(revision ->
                                    revision.number() == seen.revision()
                                            && isKept(world, revision));
            switch (seen.phase()) {
                case STARTING -> {
                    if (!wantedRevision) {
                        steps.add(
                                new Step.Stop(
                                        seen.id(),
                                        stopGrace,
                                        "its revision is not wanted any more"));
                    }
                }
                case PREPARING -> {
                    if (!wantedRevision || world.kept() == 0) {
                        steps.add(new Step.Stop(seen.id(), stopGrace, "no spare is wanted"));
                    }
                }
                case READY -> {
                    if (!wantedRevision) {
                        steps.add(new Step.Drain(seen.id(), REPLACED));
                    }
                }
                case RESTING, FROZEN, SINKING, DEEP -> {
                    if (steps.stream().noneMatch(step -> resumes(step, seen))) {
                        rest(world, seen, wantedRevision, steps);
                    }
                }
                case UNHEALTHY ->
                        steps.add(new Step.Stop(seen.id(), stopGrace, "it is not healthy"));
                case EXITED -> steps.add(new Step.Stop(seen.id(), stopGrace, "its process ended"));
                case DRAINING ->
                        stopDrained(world, seen, world.container().service().timeout(), steps);
                case FREEZING, WAKING, STOPPING -> {} // the engine is at it
            }
        }
    }

    private static boolean resumes(Step step, Seen seen) {
        return step instanceof Step.Resume(String id, _) && id.equals(seen.id());
    }

    /** What is not needed now: it is kept, unless something speaks against that. */
    private void rest(World world, Seen seen, boolean wantedRevision, List<Step> steps) {
        int most = world.container().service().maxScale();
        boolean forTooLong =
                seen.phase().isStill()
                        && !world.now().isBefore(seen.since().plus(frozenFor))
                        && world.isBeyond(world.kept(), seen);
        if (!wantedRevision) {
            steps.add(new Step.Drain(seen.id(), REPLACED));
        } else if (!world.rungs().freezes()) {
            steps.add(new Step.Drain(seen.id(), "it is not to stay frozen, or others need room"));
        } else if (world.isBeyond(most, seen)) {
            steps.add(new Step.Drain(seen.id(), "max_scale is " + most));
        } else if (forTooLong) {
            steps.add(
                    new Step.Drain(
                            seen.id(), "it was not needed for " + frozenFor.toMinutes() + " min"));
        } else if (seen.phase() == Phase.RESTING && isQuiet(world, seen)) {
            steps.add(new Step.Freeze(seen.id(), "it has no requests any more"));
        } else if (deepAt(world, seen).filter(at -> !world.now().isBefore(at)).isPresent()) {
            steps.add(new Step.PushOut(seen.id(), "nobody has woken it for a while"));
        }
    }

    /** When the memory of what is frozen is pushed out; empty is never. */
    private static Optional<Instant> deepAt(World world, Seen seen) {
        return world.rungs()
                .deepAfter()
                .filter(_ -> seen.phase() == Phase.FROZEN)
                .filter(_ -> !seen.residentUntil().equals(Instant.MAX))
                .map(seen.since()::plus)
                .map(at -> at.isBefore(seen.residentUntil()) ? seen.residentUntil() : at);
    }

    /**
     * A revision's instances are kept while it serves, or while it is being deployed for the newest
     * write.
     */
    private static boolean isKept(World world, Revision revision) {
        return revision.state() == Revision.State.LIVE
                || (revision.state() == Revision.State.DEPLOYING
                        && revision.generation() == world.container().generation());
    }

    private void stopDrained(World world, Seen seen, Duration patience, List<Step> steps) {
        boolean quiet = isQuiet(world, seen);
        boolean overdue = !world.now().isBefore(seen.since().plus(patience));
        if (quiet || overdue) {
            steps.add(
                    new Step.Stop(
                            seen.id(),
                            stopGrace,
                            quiet ? "it is drained" : "draining took too long"));
        }
    }

    private static boolean isQuiet(World world, Seen seen) {
        return seen.inFlight() == 0 && !world.now().isBefore(seen.since().plus(SETTLE_TIME));
    }

    private static void settle(World world, List<Step> steps) {
        Container container = world.container();
        Optional<Revision> current = world.current();
        if (current.isEmpty()) {
            return;
        }
        Revision revision = current.get();
        if (!container.status().isTransient()) {
            if (revision.state() == Revision.State.LIVE) {
                tellOfCrashes(world, revision, steps);
            }
            return;
        }
        Failures failures = world.failuresOf(revision);
        if (revision.state() == Revision.State.FAILED) {
            steps.add(new Step.Settle(Status.ERROR, revision.message(), "the rollout failed"));
        } else if (revision.state() == Revision.State.LIVE) {
            if (world.readyOf(revision) >= container.service().minScale()) {
                steps.add(new Step.Settle(Status.READY, "", "what was asked for is done"));
            } else if (failures.exits() >= EXITS_MAX) {
                steps.add(
                        new Step.Settle(
                                Status.ERROR, failures.message(), "its instances do not stay up"));
            }
        }
    }

    /** Instances that do not stay up are an error, until one has run well for a while. */
    private static void tellOfCrashes(World world, Revision live, List<Step> steps) {
        Container container = world.container();
        Failures failures = world.failuresOf(live);
        int ready = world.readyOf(live);
        if (container.status() == Status.READY && failures.exits() >= EXITS_MAX && ready == 0) {
            steps.add(
                    new Step.Settle(
                            Status.ERROR, failures.message(), "its instances do not stay up"));
        }
        boolean isWell = failures.exits() == 0 && ready >= container.service().minScale();
        if (container.status() == Status.ERROR && isWell && ready > 0) {
            steps.add(new Step.Settle(Status.READY, "", "its instances stay up again"));
        }
    }

    private Optional<Instant> reviewAt(World world) {
        Stream<Instant> drains =
                world.instances().stream()
                        .filter(seen ->
                                seen.phase() == Phase.DRAINING || seen.phase() == Phase.RESTING)
                        .map(seen ->
                                seen.since().plus(SETTLE_TIME).isAfter(world.now())
                                        ? seen.since().plus(SETTLE_TIME)
                                        : world.now().plus(SETTLE_TIME));
        Stream<Instant> retries =
                world.failures().values().stream().flatMap(failures -> failures.retryAt().stream());
        Stream<Instant> proven =
                world.instances().stream()
                        .filter(seen -> world.container().status() == Status.ERROR)
                        .filter(seen -> seen.phase() == Phase.READY)
                        .map(seen -> seen.since().plus(Failures.RAN_WELL));
        Stream<Instant> frozen =
                world.instances().stream()
                        .filter(seen -> seen.phase().isStill())
                        .map(seen -> seen.since().plus(frozenFor));
        Stream<Instant> deep =
                world.instances().stream().flatMap(seen -> deepAt(world, seen).stream());
        Stream<Instant> room = world.spares().lookAt(world).stream();
        return Stream.of(drains, retries, proven, frozen, deep, room)
                .flatMap(one -> one)
                .filter(at -> at.isAfter(world.now()))
                .min(Comparator.naturalOrder());
    }
}
