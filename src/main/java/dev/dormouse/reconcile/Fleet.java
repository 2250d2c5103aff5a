package dev.dormouse.reconcile;

import dev.dormouse.engine.Engine;
import dev.dormouse.engine.EngineException;
import dev.dormouse.engine.Instance;
import dev.dormouse.engine.InstanceSpec;
import dev.dormouse.engine.PushedOut;
import dev.dormouse.engine.Swap;
import dev.dormouse.model.ExactImage;
import dev.dormouse.model.Revision;
import dev.dormouse.model.Route;
import dev.dormouse.model.Start;
import dev.dormouse.model.Workload;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;

/**
 * The instances of one container: what was asked of the engine for each, and what it and the probes
 * said. Used by the container's pass alone; slow work runs on tasks, which tell their end as a
 * {@link Report}.
 */
final class Fleet {
    private final UUID containerId;
    private final Tools tools;
    private final Consumer<Report> reports;
    private final Slumber slumber;
    private final Roster roster = new Roster();
    private final Sightings sightings;

    /**
     * What fleets share.
     *
     * @param tasks runs blocking work, a thread each
     * @param shortage asked to make room on the host, again and again while an instance waits
     */
    record Tools(
            Engine engine,
            ExecutorService tasks,
            Sinker sinker,
            Admission admission,
            Runnable shortage,
            ProbeRun.ProbeTools probes,
            InstanceLogs logs,
            StartLedger starts,
            ReconcileMetrics metrics) {
        /** The start of the container's instance is over, if it was not already. */
        void startOver(UUID containerId, Tracked one, Start.Outcome outcome, String message) {
            one.startOver(outcome, message)
                    .ifPresent(start -> {
                        starts.keep(containerId, start);
                        metrics.startOver(start);
                    });
        }
    }

    Fleet(UUID containerId, Tools tools, Consumer<Report> reports) {
        this.containerId = containerId;
        this.tools = tools;
        this.reports = reports;
        this.sightings = new Sightings(containerId, tools, roster, reports);
        this.slumber = new Slumber(tools.engine(), tools.tasks(), tools.sinker(), reports);
    }

    /** What is known of the instances. */
    Roster roster() {
        return roster;
    }

    /** Whether there is something to push memory out to. */
    boolean hasSwap() {
        return tools.engine().capabilities().swap() != Swap.NONE;
    }

    /** Whether the host has room for such an instance that nobody waits for. */
    boolean hasRoom(Workload limits) {
        return tools.admission().hasRoom(limits.memoryLimitBytes(), limits.mvcpuLimit());
    }

    /** Lets an instance go on, asked by whoever needs it. Any thread. */
    CompletableFuture<Void> wake(String id) {
        return slumber.wake(id);
    }

    /**
     * @param image what the specification names, to be fetched again if the engine has lost it
     */
    void start(InstanceSpec spec, ExactImage image, StartWatch watch, Instant now) {
        Tracked one = new Tracked(spec.instanceId(), spec.revision(), now, watch);
        roster.add(one);
        StartTask task = new StartTask(spec, image, one, watch, tools);
        tools.tasks().execute(() -> reports.accept(task.run()));
    }

    /** The gateway knows of these: their starts are over. */
    void served(Collection<Route.Target> targets) {
        for (Route.Target target : targets) {
            roster.find(target.instanceId())
                    .ifPresent(one -> tools.startOver(containerId, one, Start.Outcome.READY, ""));
        }
    }

    void drain(String id, String because, Instant now) {
        roster.find(id)
                .ifPresent(one -> {
                    one.enter(Phase.DRAINING, now);
                    tools.startOver(containerId, one, Start.Outcome.ABANDONED, because);
                });
    }

    void rest(String id, Instant now) {
        roster.find(id)
                .ifPresent(one -> {
                    one.enter(Phase.RESTING, now);
                    // that of a spare: nobody calls it
                    tools.startOver(containerId, one, Start.Outcome.READY, "");
                });
    }

    void freeze(String id, Instant now) {
        roster.find(id).ifPresent(one -> slumber.freeze(one, now));
    }

    void pushOut(String id, Instant now) {
        roster.find(id).ifPresent(one -> slumber.pushOut(one, now));
    }

    void resume(String id, Instant now) {
        roster.find(id).ifPresent(one -> slumber.resume(one, now));
    }

    void stop(String id, Duration grace, String because, Instant now) {
        Tracked one = roster.find(id).orElse(null);
        if (one == null) {
            return;
        }
        tools.startOver(containerId, one, Start.Outcome.ABANDONED, because);
        one.giveUp();
        tools.admission().giveUp(id);
        boolean ended = one.phase() == Phase.EXITED;
        boolean isPressing = one.phase() != Phase.DRAINING;
        one.enter(Phase.STOPPING, now);
        tools.tasks()
                .execute(() -> {
                    if (ended) {
                        tools.logs().complete(containerId, id, one.askedAt);
                    }
                    StopTask task =
                            new StopTask(id, grace, isPressing, tools.admission(), tools.engine());
                    reports.accept(task.run());
                });
    }

    /** Ends all that are not ending already. */
    void stopAll(Duration grace, String because, Instant now) {
        roster.all().stream()
                .filter(one -> one.phase() != Phase.STOPPING && one.phase() != Phase.FREEZING)
                .map(one -> one.id)
                .toList()
                .forEach(id -> stop(id, grace, because, now));
    }

    /** Takes in what a task said of an instance; empty unless that was a failure. */
    Optional<Mishap> hear(Report report, Collection<Revision> revisions, Instant now) {
        return switch (report) {
            case Report.Started(Instance instance) -> started(instance, revisions, now);
            case Report.NotStarted(String id, EngineException.Kind kind, String message) ->
                    notStarted(id, kind, message, revisions);
            case Report.NoRoom(String id, String message) ->
                    notStarted(id).map(one -> mishap(one, Mishap.Kind.NO_ROOM, message));
            case Report.Healthy(String id) -> healthy(id, now);
            case Report.Unhealthy(String id, String message) -> unhealthy(id, message, now);
            case Report.Frozen(String id) -> {
                roster.find(id)
                        .filter(one -> one.phase() == Phase.FREEZING)
                        .ifPresent(one -> one.enter(Phase.FROZEN, now));
                yield Optional.empty();
            }
            case Report.NotFrozen(String id, String message) -> {
                roster.find(id)
                        .filter(one -> one.phase() == Phase.FREEZING)
                        .ifPresent(_ -> drain(id, message, now)); // it is not needed
                yield Optional.empty();
            }
            case Report.Sank(String id, PushedOut memory) -> {
                roster.find(id).ifPresent(one -> slumber.hear(one, memory, now));
                yield Optional.empty();
            }
            case Report.Thawed(String id) -> {
                roster.find(id)
                        .filter(Tracked::isAsleep)
                        .ifPresent(one -> thawed(one, revisions, now));
                yield Optional.empty();
            }
            case Report.NotThawed(String id, String message) -> notThawed(id, message, now);
            case Report.Stopped(String id) -> {
                forget(id).ifPresent(Tracked::endProbes);
                tools.logs().forget(containerId, id);
                yield Optional.empty();
            }
            case Report.NotStopped _ -> Optional.empty();
            case Report.Resolved _, Report.Unresolved _, Report.Noticed _, Report.Measured _ ->
                    Optional.empty();
        };
    }

    private Optional<Mishap> started(
            Instance instance, Collection<Revision> revisions, Instant now) {
        Tracked one = roster.find(instance.id()).orElse(null);
        if (one == null) {
            // Given up while it was being started: the next look at the engine finds and ends it.
            return Optional.empty();
        }
        one.confirm(instance);
        tools.metrics().started(Duration.between(one.askedAt, now));
        return sightings.follow(one, instance, revisions, now);
    }

    private Optional<Mishap> notStarted(
            String id, EngineException.Kind kind, String message, Collection<Revision> revisions) {
        return notStarted(id)
                .map(one -> {
                    String why =
                            kind == EngineException.Kind.COMMAND
                                    ? Sightings.revisionOf(one, revisions)
                                            .map(revision ->
                                                    Words.notServing(revision.workload(), message))
                                            .orElse(message)
                                    : message;
                    return mishap(
                            one,
                            kind == EngineException.Kind.UNREACHABLE
                                    ? Mishap.Kind.ENGINE_AWAY
                                    : Mishap.Kind.DECISIVE,
                            why);
                });
    }

    private Mishap mishap(Tracked one, Mishap.Kind kind, String why) {
        tools.startOver(containerId, one, Start.Outcome.FAILED, why);
        return new Mishap(one.revision, kind.of(one.isSpare()), why, Duration.ZERO);
    }

    /**
     * The instance that did not come up; empty if it was given up meanwhile, for then it says
     * nothing of its revision.
     */
    private Optional<Tracked> notStarted(String id) {
        Optional<Tracked> one = forget(id).filter(known -> known.phase().isComingUp());
        one.ifPresent(_ -> tools.metrics().startFailed());
        return one;
    }

    private Optional<Tracked> forget(String id) {
        tools.admission().release(id);
        return roster.remove(id);
    }

    private Optional<Mishap> healthy(String id, Instant now) {
        Tracked one = roster.find(id).orElse(null);
        if (one != null && one.phase().isComingUp()) {
            one.enter(Phase.READY, now);
            tools.metrics().becameReady(Duration.between(one.askedAt, now));
        }
        return Optional.empty();
    }

    private void thawed(Tracked one, Collection<Revision> revisions, Instant now) {
        one.enter(Phase.READY, now);
        sightings.goesOn(one, revisions);
    }

    /** It is as it was; who needs it tries again. */
    private Optional<Mishap> notThawed(String id, String message, Instant now) {
        Optional<Tracked> one = roster.find(id).filter(known -> known.phase() == Phase.WAKING);
        one.ifPresent(known -> known.enter(Phase.FROZEN, now));
        return one.map(known ->
                new Mishap(known.revision, Mishap.Kind.ENGINE_AWAY, message, Duration.ZERO));
    }

    private Optional<Mishap> unhealthy(String id, String message, Instant now) {
        Tracked one = roster.find(id).orElse(null);
        if (one == null || !(one.phase().isMoving() || one.isAsleep())) {
            return Optional.empty();
        }
        boolean neverCameUp = one.phase().isComingUp();
        Duration ranFor = neverCameUp ? Duration.ZERO : Duration.between(one.since(), now);
        one.enter(Phase.UNHEALTHY, now);
        tools.startOver(containerId, one, Start.Outcome.FAILED, message);
        return Optional.of(
                new Mishap(
                        one.revision,
                        (neverCameUp ? Mishap.Kind.DECISIVE : Mishap.Kind.ENDED)
                                .of(neverCameUp && one.isSpare()),
                        message,
                        ranFor));
    }

    /**
     * Takes in what the engine has; what is new is adopted, what is missing or has ended is
     * noticed.
     */
    List<Mishap> observe(List<Instance> instances, Collection<Revision> revisions, Instant now) {
        return sightings.observe(instances, revisions, now);
    }
}
