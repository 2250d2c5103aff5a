package dev.dormouse.reconcile;

import dev.dormouse.autoscale.Decision;
import dev.dormouse.engine.Instance;
import dev.dormouse.model.Container;
import dev.dormouse.model.Revision;
import dev.dormouse.model.Status;
import dev.dormouse.model.Traffic;
import dev.dormouse.store.StoreException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One container's part of the control loop. {@link #pass} observes, decides, plans, acts and
 * publishes; one pass runs at a time, on any thread, and does not wait for the engine's slow work:
 * that runs on tasks whose reports the next pass hears. Everything else may be called from
 * anywhere.
 */
final class ContainerLoop {
    private static final Logger LOG = LoggerFactory.getLogger(ContainerLoop.class);

    /** A plan that is not exhausted after so many rounds goes on in the next pass. */
    private static final int ROUNDS_MAX = 10;

    private static final String UNWANTED = "no such container is wanted";

    private final UUID id;
    private final Tools tools;
    private final Runnable again;
    private final Queue<Report> reports = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean desiredStale = new AtomicBoolean(true);
    private final AtomicBoolean engineIsBack = new AtomicBoolean();
    private final Yielding yielding = new Yielding();
    private final Standby standby = new Standby();
    private final Fleet fleet;
    private final Journal journal;
    private final Sight sight;
    private final ImageSearch image;
    private final Publisher publisher;
    private final Demand demand;
    private final Starts starts;

    private @Nullable Container container;
    private List<Revision> revisions = List.of();
    private final FailureMemory failures;
    private final Sizing sizing;
    private final Tally tally;
    private boolean gone;
    private volatile boolean wantsEngine;
    private volatile Snapshot snapshot = Snapshot.NONE;

    /** What the loops of all containers share. */
    record Tools(
            DesiredState desired,
            Fleet.Tools fleet,
            FrozenMemory frozen,
            UsageReader usage,
            Planner planner,
            RouteBuilder routes,
            SpecBuilder specs,
            Surroundings around) {}

    /** Asks for another pass by {@code again}, as when a report arrives. */
    ContainerLoop(UUID id, Tools tools, Runnable again) {
        this.id = id;
        this.tools = tools;
        this.again = again;
        this.fleet = new Fleet(id, tools.fleet(), this::report);
        this.starts = new Starts(fleet, tools.specs(), tools.around());
        this.demand = starts.demand();
        this.sizing = new Sizing(id, tools, this::report);
        this.journal = new Journal(tools.around().wall());
        this.tally =
                new Tally(
                        tools.fleet().metrics().counted(),
                        tools.frozen().part(),
                        journal,
                        tools.around());
        this.failures = new FailureMemory(tools.around().random());
        this.sight = new Sight(id, tools.fleet().engine());
        this.publisher = new Publisher(tools.routes(), tools.around().routes());
        this.image =
                new ImageSearch(
                        tools.fleet().engine(),
                        tools.fleet().tasks(),
                        tools.around().random(),
                        this::report);
    }

    private void report(Report report) {
        reports.add(report);
        again.run();
    }

    /** The store has something new for this container. */
    void desiredChanged() {
        demand.written(now());
        desiredStale.set(true);
    }

    /** Somebody waits for an instance, or there is more traffic than before. */
    void called() {
        demand.called(now());
    }

    /** There is something to be told to the container's owner. */
    void notice(String words) {
        report(new Report.Noticed(words));
    }

    /** The engine has something new for this container. */
    void observedChanged() {
        sight.suspect();
    }

    /**
     * The engine answers after a while in which it did not: what waits for it waits no longer. True
     * if anything does.
     */
    boolean engineBack() {
        engineIsBack.set(true);
        return wantsEngine;
    }

    private Instant now() {
        return tools.around().clock().instant();
    }

    /** For people, and for what is kept for them. */
    private Instant wall() {
        return tools.around().wall().instant();
    }

    /** What the last pass left to be read by others. */
    Snapshot snapshot() {
        return snapshot;
    }

    /** Whether the container is gone and nothing is left to do. */
    boolean isGone() {
        return gone;
    }

    /** What others may ask it to let go of. */
    Yielding yielding() {
        return yielding;
    }

    /** Takes what has been read already; to be called before the first pass. */
    void know(DesiredState.Desired desired) {
        desiredStale.set(false);
        know(Optional.of(desired));
    }

    /**
     * Takes over what runs already; to be called before the first pass, which does it if the store
     * cannot be read now.
     */
    void adopt(List<Instance> instances, Instant now) {
        if (!instances.stream().allMatch(Instance::isFrozen)) {
            sizing.touched(now);
        }
        try {
            readDesiredIfStale();
            fleet.observe(instances, revisions, now)
                    .forEach(mishap -> demand.lost(mishap.revision(), now));
        } catch (StoreException e) {
            suspectEverything();
        }
    }

    /** Lets a frozen instance go on. Any thread. */
    CompletableFuture<Void> wake(String instanceId) {
        return fleet.wake(instanceId);
    }

    /**
     * One look at everything.
     *
     * @return when to look again though nothing is heard meanwhile
     */
    Optional<Instant> pass() {
        Instant now = now();
        demand.hear();
        readDesiredIfStale();
        if (engineIsBack.getAndSet(false)) {
            sight.engineBack();
            failures.engineBack();
            image.engineBack();
        }
        hear(now);
        sight.look(now, tools.around().random().nextDouble())
                .ifPresent(instances ->
                        fleet.observe(instances, revisions, now)
                                .forEach(mishap -> remember(mishap, now)));
        if (container == null) {
            return endOrphans(now);
        }
        Traffic traffic = tools.around().traffic().read(id);
        boolean couldGive = snapshot.dispensable().idleSince().isPresent();
        if (yielding.givesRoom(couldGive, fleet.roster().isFreezing())) {
            sizing.giveWay(traffic);
            journal.note("what is idle gives way to others");
        }
        if (yielding.isAsked()) {
            standby.pause(now);
        }
        Decision decision = sizing.decide(container, revisions, fleet.roster(), traffic, now);
        failures.forgive(fleet.roster().seen(traffic), now);
        Optional<Instant> review = act(container, traffic, decision, now);
        if (gone) {
            return Optional.empty();
        }
        starts.settle(revisions, decision.instances());
        publish(now);
        snapshot =
                tally.of(container, fleet.roster(), traffic, sizing.memory(), decision.because());
        wantsEngine = !sight.isClear() || image.awaitsEngine() || failures.anyAwaitsEngine();
        return Stream.of(review, decision.reviewAt(), image.retryAt(), sight.retryAt())
                .flatMap(Optional::stream)
                .filter(at -> at.isAfter(now))
                .min(Comparator.naturalOrder());
    }

    /** What must be looked at again after a pass that failed half-way. */
    void suspectEverything() {
        desiredStale.set(true);
        sight.suspect();
    }

    private void readDesiredIfStale() {
        if (desiredStale.getAndSet(false)) {
            know(tools.desired().read(id));
        }
    }

    private void know(Optional<DesiredState.Desired> desired) {
        container = desired.map(DesiredState.Desired::container).orElse(null);
        revisions = desired.map(DesiredState.Desired::revisions).orElse(List.of());
        if (container != null) {
            image.aimAt(container.generation());
            demand.know(container, now());
        }
        failures.keep(revisions);
    }

    private Optional<Instant> endOrphans(Instant now) {
        fleet.stopAll(tools.around().settings().stopGrace(), UNWANTED, now);
        publisher.withdraw(id);
        gone = fleet.roster().isEmpty() && sight.isClear();
        snapshot = tally.of(null, fleet.roster(), Traffic.NONE, sizing.memory(), UNWANTED);
        return sight.retryAt();
    }

    private void hear(Instant now) {
        Report report;
        while ((report = reports.poll()) != null) {
            switch (report) {
                case Report.Resolved found -> image.hear(found);
                case Report.Noticed(String words) -> {
                    journal.note(words);
                    LOG.warn("{} container={}", words, id);
                }
                case Report.Measured measured -> sizing.hear(measured);
                case Report.Unresolved refused -> image.hear(refused, now).ifPresent(journal::note);
                default ->
                        fleet.hear(report, revisions, now)
                                .ifPresent(mishap -> remember(mishap, now));
            }
        }
        image.review(now);
    }

    private void remember(Mishap mishap, Instant now) {
        boolean deploying =
                revisions.stream()
                        .filter(revision -> revision.number() == mishap.revision())
                        .anyMatch(revision -> revision.state() == Revision.State.DEPLOYING);
        failures.remember(mishap, deploying, now);
        if (mishap.kind() == Mishap.Kind.SPARE) {
            standby.pause(now);
        } else {
            demand.lost(mishap.revision(), now);
        }
        journal.note(mishap.words());
        LOG.warn("{} container={}", mishap.words(), id);
    }

    private Optional<Instant> act(Container asked, Traffic traffic, Decision wanted, Instant now) {
        Rungs rungs = yielding.rungs(tools.around().settings(), asked, fleet::hasSwap);
        Optional<Instant> review = Optional.empty();
        for (int round = 0; round < ROUNDS_MAX && container != null; round++) {
            Plan plan =
                    tools.planner()
                            .plan(
                                    new World(
                                            container,
                                            revisions,
                                            image.resolution(),
                                            fleet.roster().seen(traffic),
                                            failures.byRevision(),
                                            wanted.instances(),
                                            wanted.because(),
                                            rungs,
                                            standby.spares(asked, revisions, fleet, tally, now),
                                            now));
            review = plan.reviewAt();
            if (plan.steps().isEmpty()) {
                return review;
            }
            for (Step step : plan.steps()) {
                if (container != null) {
                    journal.note(Journal.words(step));
                    LOG.info("{} container={} name={}", Journal.words(step), id, container.name());
                    perform(container, step, now);
                }
            }
            if (plan.steps().stream().anyMatch(Step.GoLive.class::isInstance)) {
                // What is wanted was decided before the revision counted as called.
                again.run();
                return review;
            }
            if (gone) {
                return Optional.empty();
            }
        }
        return Optional.of(now.plusMillis(1));
    }

    private void perform(Container wanted, Step step, Instant now) {
        switch (step) {
            case Step.Resolve _ -> image.begin(wanted.workload());
            case Step.Start(int number, String because) ->
                    starts.start(wanted, revisions, number, because, now);
            case Step.Spare(int number, String because) ->
                    starts.startSpare(wanted, revisions, number, because, now);
            case Step.Drain(String instanceId, String because) ->
                    fleet.drain(instanceId, because, now);
            case Step.Stop(String instanceId, var grace, String because) ->
                    fleet.stop(instanceId, grace, because, now);
            case Step.Rest(String instanceId, _) -> fleet.rest(instanceId, now);
            case Step.Freeze(String instanceId, _) -> fleet.freeze(instanceId, now);
            case Step.PushOut(String instanceId, _) -> fleet.pushOut(instanceId, now);
            case Step.Resume(String instanceId, _) -> fleet.resume(instanceId, now);
            case Step.Remove _ -> remove();
            case Step.GoLive(int number, _) -> {
                tools.desired().goLive(id, number);
                failures.forget(number);
                sizing.touched(now);
                know(tools.desired().read(id));
            }
            case Step.Begin(var exact, String because) -> {
                demand.begun(now);
                change(() -> tools.desired().begin(wanted, exact, because, wall()));
            }
            case Step.Refuse(String message, String because) ->
                    change(() -> tools.desired().refuse(wanted, message, because, wall()));
            case Step.Fail(int number, String because) ->
                    change(() -> tools.desired().mark(id, number, Revision.State.FAILED, because));
            case Step.Supersede(int number, String because) ->
                    change(() ->
                            tools.desired().mark(id, number, Revision.State.SUPERSEDED, because));
            case Step.Settle(Status status, String message, _) -> {
                // who reads "ready" may call at once, and is served as was asked for
                publish(now);
                change(() -> tools.desired().settle(wanted, status, message, wall()));
            }
        }
    }

    private void change(Runnable write) {
        write.run();
        know(tools.desired().read(id));
    }

    private void remove() {
        publisher.withdraw(id);
        tools.desired().remove(id);
        tally.isOver();
        snapshot = Snapshot.NONE;
        gone = true;
    }

    private void publish(Instant now) {
        if (container != null) {
            publisher.publish(container, revisions, fleet, failures.byRevision(), now);
        }
    }
}
