package dev.dormouse.reconcile;

import dev.dormouse.autoscale.Autoscaler;
import dev.dormouse.autoscale.Decision;
import dev.dormouse.autoscale.Memory;
import dev.dormouse.autoscale.Observation;
import dev.dormouse.autoscale.Scale;
import dev.dormouse.engine.Swap;
import dev.dormouse.model.Container;
import dev.dormouse.model.ExactImage;
import dev.dormouse.model.Revision;
import dev.dormouse.model.Scaling;
import dev.dormouse.model.Service;
import dev.dormouse.model.Status;
import dev.dormouse.model.Traffic;
import dev.dormouse.model.Workload;
import dev.dormouse.simulation.EventQueue;
import dev.dormouse.simulation.Gate;
import dev.dormouse.simulation.Machine;
import dev.dormouse.simulation.Moment;
import dev.dormouse.simulation.Place;
import dev.dormouse.simulation.Profile;
import dev.dormouse.simulation.Scaler;
import dev.dormouse.testing.Samples;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * The control loop of one simulated container: decides and plans with the server's own autoscaler
 * and planner, when {@link ContainerLoop} would, and performs on a simulated engine.
 */
public final class SimulatedLoop implements Scaler, Idlest.Giver {
    /** Where the simulation's time begins. */
    static final Instant MIDNIGHT = Instant.parse("2026-11-24T00:00:00Z");

    private static final int ROUNDS_MAX = 10;

    /** As in {@link Slumber}. */
    private static final Duration SOON = Duration.ofMinutes(1);

    private final UUID id;
    private final Profile profile;
    private final Gate gate;
    private final Machine machine;
    private final SimulatedHost host;
    private final Container container;
    private final Scale scale;
    private final List<Revision> revisions;
    private final FrozenMemory.Part part;
    private final Roster roster = new Roster();
    private final Yielding yielding = new Yielding();
    private Rungs rungs = Rungs.STOPPED;
    private final Map<String, Place> places = new HashMap<>(1);
    private final Map<String, Machine.Start> starts = new HashMap<>(1);
    private final Moment review;
    private Memory memory = Memory.EMPTY;
    private Dispensable dispensable = Dispensable.NOTHING;
    private long held;
    private boolean isAsked;

    /** Whether the last pass found as many instances as are wanted, all of them ready. */
    private boolean wasSettled;

    SimulatedLoop(Profile profile, Gate gate, Machine machine, SimulatedHost host) {
        this.id = new UUID(0, profile.number());
        this.profile = profile;
        this.gate = gate;
        this.machine = machine;
        this.host = host;
        this.container = container(profile);
        this.scale = host.settings().scale(container);
        this.revisions = List.of(live(container));
        this.part = host.frozen().part();
        this.review = new Moment(gate.queue(), this::pass);
    }

    /**
     * What the server does, with these settings beside its defaults. The planner is not asked again
     * while all that is wanted is ready and nothing else is there, for then it has nothing to do.
     */
    public static Policy with(Swap swap, Map<String, String> settings) {
        return of(swap, settings, false);
    }

    /** The same, and the planner is asked in every pass: it comes to the same, and takes longer. */
    static Policy alwaysPlanning(Swap swap, Map<String, String> settings) {
        return of(swap, settings, true);
    }

    private static Policy of(Swap swap, Map<String, String> settings, boolean plansAlways) {
        return (queue, machine) -> {
            SimulatedHost host = new SimulatedHost(settings, swap, plansAlways, queue);
            return (profile, gate) -> new SimulatedLoop(profile, gate, machine, host);
        };
    }

    private static Container container(Profile profile) {
        Service service =
                new Service(
                        0,
                        profile.maxScale(),
                        new Scaling.Concurrency(profile.requestsPerInstance()),
                        Samples.service().timeout(),
                        Samples.service().privacy(),
                        false);
        Container asked =
                Samples.container(
                        Samples.limitedTo(Samples.workload(), profile.limitBytes()), service);
        return Samples.with(asked, service, 1, Status.READY);
    }

    private static Revision live(Container container) {
        Workload workload = container.workload();
        return new Revision(
                container.id(),
                1,
                1,
                ExactImage.NONE,
                workload,
                Map.of(),
                "",
                Revision.State.LIVE,
                "",
                MIDNIGHT);
    }

    @Override
    public void waits() {
        soon();
    }

    @Override
    public void woken(Place place) {
        thawed(place.id());
    }

    @Override
    public UUID id() {
        return id;
    }

    @Override
    public Yielding yielding() {
        return yielding;
    }

    /** As the server's gateway and its tasks ask. */
    @Override
    public void soon() {
        if (!isAsked) {
            isAsked = true;
            gate.queue().in(0, this::pass);
        }
    }

    private void pass() {
        isAsked = false;
        Instant now = now();
        Traffic traffic = gate.read();
        yielding.givesRoom(dispensable.idleSince().isPresent(), roster.isFreezing());
        rungs = yielding.rungs(host.settings(), container, host::hasSwap);
        Decision decision = Autoscaler.decide(scale, Observation.of(traffic), memory, now);
        memory = decision.memory();
        Optional<Instant> planned = Optional.empty();
        boolean isSettled = !host.plansAlways() && isSettled(decision.instances());
        if (!isSettled || !wasSettled) {
            planned = act(traffic, decision, now);
            publish();
            tally(traffic, now);
        }
        wasSettled = isSettled;
        gate.ledger().passed();
        review.set(Math.min(nanosAfter(planned, now), nanosAfter(decision.reviewAt(), now)));
        host.eviction().passed(this, dispensable);
    }

    private Instant now() {
        return MIDNIGHT.plusNanos(gate.queue().now());
    }

    private boolean isSettled(int wanted) {
        int ready = 0;
        for (Tracked one : roster.all()) {
            if (one.phase() != Phase.READY) {
                return false;
            }
            ready++;
        }
        return ready == wanted;
    }

    private static long nanosAfter(Optional<Instant> at, Instant now) {
        return at.filter(time -> time.isAfter(now))
                .map(SimulatedLoop::nanos)
                .orElse(EventQueue.NEVER);
    }

    private static long nanos(Instant at) {
        return Math.subtractExact(at.getEpochSecond(), MIDNIGHT.getEpochSecond()) * 1_000_000_000
                + at.getNano();
    }

    private Optional<Instant> act(Traffic traffic, Decision wanted, Instant now) {
        for (int round = 0; round < ROUNDS_MAX; round++) {
            Plan plan =
                    host.planner()
                            .plan(
                                    new World(
                                            container,
                                            revisions,
                                            new Resolution.None(),
                                            roster.seen(traffic),
                                            Map.of(),
                                            wanted.instances(),
                                            wanted.because(),
                                            rungs,
                                            Spares.NONE,
                                            now));
            if (plan.steps().isEmpty()) {
                return plan.reviewAt();
            }
            plan.steps().forEach(step -> perform(step, now));
        }
        return Optional.of(now.plusMillis(1));
    }

    private void perform(Step step, Instant now) {
        switch (step) {
            case Step.Start _ -> start(now);
            case Step.Drain(String id, _) -> drain(id, now);
            case Step.Stop(String id, _, _) -> stop(id, now);
            case Step.Rest(String id, _) -> enter(id, Phase.RESTING, now);
            case Step.Freeze(String id, _) -> {
                enter(id, Phase.FREEZING, now);
                gate.queue().in(machine.costs().freeze().toNanos(), () -> frozen(id));
            }
            case Step.Resume(String id, _) -> {
                enter(id, Phase.WAKING, now);
                gate.queue().in(gate.wakingTime(place(id)), () -> thawed(id));
            }
            case Step.PushOut(String id, _) -> pushOut(id, now);
            case Step.Spare _,
                    Step.Resolve _,
                    Step.Begin _,
                    Step.Refuse _,
                    Step.GoLive _,
                    Step.Fail _,
                    Step.Supersede _,
                    Step.Settle _,
                    Step.Remove _ ->
                    throw new IllegalStateException("nobody deploys or keeps spares: " + step);
        }
    }

    private void enter(String id, Phase phase, Instant now) {
        roster.find(id).orElseThrow().enter(phase, now);
    }

    private Place place(String id) {
        return Optional.ofNullable(places.get(id)).orElseThrow();
    }

    private void start(Instant now) {
        Place place = gate.add();
        places.put(place.id(), place);
        roster.add(new Tracked(place.id(), 1, now));
        starts.put(
                place.id(),
                machine.start(profile, gate.random(), () -> becomes(place.id(), Phase.READY)));
    }

    private void drain(String id, Instant now) {
        enter(id, Phase.DRAINING, now);
        gate.leave(place(id));
        if (!rungs.freezes() && host.settings().freezes(container)) {
            gate.ledger().evicted(gate.queue().now());
        }
    }

    private void pushOut(String id, Instant now) {
        Tracked one = roster.find(id).orElseThrow();
        one.enter(Phase.SINKING, now);
        boolean isTaken =
                host.sinker()
                        .takes(
                                () -> one.phase() == Phase.SINKING,
                                machine.costs().deep().pushOutNanos(profile.memoryBytes()),
                                () -> sunk(one));
        if (!isTaken) {
            one.floats(now.plus(SOON), now);
        }
    }

    private void sunk(Tracked one) {
        if (one.phase() == Phase.SINKING) {
            one.holds(machine.costs().deep().held(profile.memoryBytes()));
            one.enter(Phase.DEEP, now());
            gate.ledger().sank(gate.queue().now());
        }
        soon();
    }

    private void stop(String id, Instant now) {
        enter(id, Phase.STOPPING, now);
        gate.leave(place(id));
        Optional.ofNullable(starts.remove(id)).ifPresent(Machine.Start::giveUp);
        gate.queue()
                .in(
                        machine.costs().stop().toNanos(),
                        () -> {
                            roster.remove(id);
                            gate.enter(place(id), Place.State.GONE);
                            places.remove(id);
                            soon();
                        });
    }

    private void frozen(String id) {
        becomes(id, Phase.FROZEN);
    }

    /** The engine or the probes say so, which the next pass hears unless it is too late. */
    private void becomes(String id, Phase phase) {
        roster.find(id)
                .filter(one ->
                        one.phase() == (phase == Phase.READY ? Phase.STARTING : Phase.FREEZING))
                .ifPresent(one -> one.enter(phase, now()));
        starts.remove(id);
        soon();
    }

    private void thawed(String id) {
        roster.find(id).filter(Tracked::isAsleep).ifPresent(one -> one.enter(Phase.READY, now()));
        soon();
    }

    /** The gate is told of the route, and the account of what stands still. */
    private void publish() {
        for (Tracked one : roster.all()) {
            Place place = place(one.id);
            switch (one.phase()) {
                case FROZEN, SINKING -> {
                    gate.rests(place);
                    gate.openAsleep(place);
                }
                case DEEP -> gate.sinks(place);
                case WAKING -> gate.openAsleep(place);
                case READY -> {
                    gate.goesOn(place);
                    gate.open(place);
                }
                case STARTING,
                        PREPARING,
                        RESTING,
                        FREEZING,
                        UNHEALTHY,
                        DRAINING,
                        EXITED,
                        STOPPING ->
                        gate.close(place);
            }
        }
    }

    private void tally(Traffic traffic, Instant now) {
        long before = held;
        held = roster.held(profile.limitBytes());
        part.is(held);
        gate.ledger().counted(held - before, gate.queue().now());
        boolean maySink = host.settings().sinks(container);
        dispensable =
                Dispensable.of(
                        container,
                        roster.seen(traffic),
                        traffic,
                        memory,
                        maySink && roster.canSink(now),
                        roster.winnings(profile.limitBytes(), maySink, now));
    }
}
