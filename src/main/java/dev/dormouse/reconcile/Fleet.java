package dev.dormouse.reconcile;

import dev.dormouse.engine.Engine;
import dev.dormouse.engine.EngineException;
import dev.dormouse.engine.Instance;
import dev.dormouse.engine.InstanceSpec;
import dev.dormouse.model.Activity;
import dev.dormouse.model.ExactImage;
import dev.dormouse.model.Revision;
import dev.dormouse.model.Route;
import dev.dormouse.model.Start;
import dev.dormouse.model.Traffic;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The instances of one container: what was asked of the engine for each, and what it and the probes
 * said. Used by the container's pass alone; slow work runs on tasks, which tell their end as a
 * {@link Report}.
 */
final class Fleet {
    private static final Logger LOG = LoggerFactory.getLogger(Fleet.class);

    private static final long STOP_PAUSE_FIRST = 200;
    private static final long STOP_PAUSE_MOST = 30_000;

    private final UUID containerId;
    private final Tools tools;
    private final Consumer<Report> reports;
    private final Map<String, Tracked> tracked = new LinkedHashMap<>();

    /**
     * What fleets share.
     *
     * @param tasks runs blocking work, a thread each
     * @param shortage asked to make room on the host, again and again while an instance waits
     */
    record Tools(
            Engine engine,
            ExecutorService tasks,
            Admission admission,
            Runnable shortage,
            ProbeRun.ProbeTools probes,
            InstanceLogs logs,
            StartLedger starts,
            ReconcileMetrics metrics) {}

    Fleet(UUID containerId, Tools tools, Consumer<Report> reports) {
        this.containerId = containerId;
        this.tools = tools;
        this.reports = reports;
    }

    boolean isEmpty() {
        return tracked.isEmpty();
    }

    /** Every instance in the planner's eyes. */
    List<Seen> seen(Traffic traffic) {
        return tracked.values().stream()
                .map(one ->
                        new Seen(
                                one.id, one.revision, one.phase(), one.since(), traffic.on(one.id)))
                .toList();
    }

    /** Where the revision's ready instances take requests. */
    List<Route.Target> targets(int revision) {
        List<Route.Target> targets = new ArrayList<>();
        for (Tracked one : tracked.values()) {
            if (one.revision == revision && one.phase() == Phase.READY) {
                one.at()
                        .ifPresent(at ->
                                targets.add(new Route.Target(one.id, at.address(), at.port())));
            }
        }
        return targets;
    }

    /**
     * What people are told.
     *
     * @param ahead how far their clock is ahead of the one that decisions are made by
     */
    List<Activity.InstanceView> views(Traffic traffic, Duration ahead) {
        return tracked.values().stream()
                .map(one ->
                        new Activity.InstanceView(
                                one.id,
                                one.revision,
                                one.phase().word(),
                                one.since().plus(ahead),
                                traffic.on(one.id)))
                .toList();
    }

    /**
     * @param image what the specification names, to be fetched again if the engine has lost it
     */
    void start(InstanceSpec spec, ExactImage image, StartWatch watch, Instant now) {
        Tracked one = new Tracked(spec.instanceId(), spec.revision(), now, watch);
        tracked.put(one.id, one);
        StartTask task = new StartTask(spec, image, one, watch, tools);
        tools.tasks().execute(() -> reports.accept(task.run()));
    }

    /** How many instances of the revision serve or are on their way to. */
    int active(int revision) {
        return (int)
                tracked.values().stream()
                        .filter(one -> one.revision == revision)
                        .filter(one -> one.phase() == Phase.STARTING || one.phase() == Phase.READY)
                        .count();
    }

    /** The gateway knows of these: their starts are over. */
    void served(Collection<Route.Target> targets) {
        for (Route.Target target : targets) {
            Optional.ofNullable(tracked.get(target.instanceId()))
                    .ifPresent(one -> startOver(one, Start.Outcome.READY, ""));
        }
    }

    private void startOver(Tracked one, Start.Outcome outcome, String message) {
        one.startOver(outcome, message)
                .ifPresent(start -> {
                    tools.starts().keep(containerId, start);
                    tools.metrics().startOver(start);
                });
    }

    void drain(String id, String because, Instant now) {
        Optional.ofNullable(tracked.get(id))
                .ifPresent(one -> {
                    one.enter(Phase.DRAINING, now);
                    startOver(one, Start.Outcome.ABANDONED, because);
                });
    }

    void stop(String id, Duration grace, String because, Instant now) {
        Tracked one = tracked.get(id);
        if (one == null) {
            return;
        }
        startOver(one, Start.Outcome.ABANDONED, because);
        one.giveUp();
        tools.admission().giveUp(id);
        boolean ended = one.phase() == Phase.EXITED;
        one.enter(Phase.STOPPING, now);
        tools.tasks()
                .execute(() -> {
                    if (ended) {
                        tools.logs().complete(containerId, id, one.askedAt);
                    }
                    reports.accept(stopped(id, grace));
                });
    }

    /**
     * Ends an instance, however often the engine fails to: only the server's own end ends the
     * trying.
     */
    private Report stopped(String id, Duration grace) {
        for (int tries = 0; ; tries++) {
            try {
                tools.engine().stop(id, grace);
                return new Report.Stopped(id);
            } catch (EngineException e) {
                LOG.warn(
                        "an instance could not be stopped and will be again instance={} reason={}",
                        id,
                        e.getMessage());
            } catch (RuntimeException e) {
                LOG.error("stopping an instance failed unexpectedly instance={}", id, e);
            }
            try {
                Thread.sleep(Math.min(STOP_PAUSE_MOST, STOP_PAUSE_FIRST << Math.min(tries, 8)));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return new Report.NotStopped(id);
            }
        }
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
            case Report.Stopped(String id) -> {
                forget(id).ifPresent(Tracked::endProbes);
                tools.logs().forget(containerId, id);
                yield Optional.empty();
            }
            case Report.NotStopped _ -> Optional.empty();
            case Report.Resolved _, Report.Unresolved _, Report.Noticed _ -> Optional.empty();
        };
    }

    private Optional<Mishap> started(
            Instance instance, Collection<Revision> revisions, Instant now) {
        Tracked one = tracked.get(instance.id());
        if (one == null) {
            // Given up while it was being started: the next look at the engine finds and ends it.
            return Optional.empty();
        }
        one.confirm(instance.state());
        tools.metrics().started(Duration.between(one.askedAt, now));
        return follow(one, instance, revisions, now);
    }

    private Optional<Mishap> notStarted(
            String id, EngineException.Kind kind, String message, Collection<Revision> revisions) {
        return notStarted(id)
                .map(one -> {
                    String why =
                            kind == EngineException.Kind.COMMAND
                                    ? revisionOf(one, revisions)
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
        startOver(one, Start.Outcome.FAILED, why);
        return new Mishap(one.revision, kind, why, Duration.ZERO);
    }

    /**
     * The instance that did not come up; empty if it was given up meanwhile, for then it says
     * nothing of its revision.
     */
    private Optional<Tracked> notStarted(String id) {
        Optional<Tracked> one = forget(id).filter(known -> known.phase() == Phase.STARTING);
        one.ifPresent(_ -> tools.metrics().startFailed());
        return one;
    }

    private Optional<Tracked> forget(String id) {
        tools.admission().release(id);
        return Optional.ofNullable(tracked.remove(id));
    }

    private Optional<Mishap> healthy(String id, Instant now) {
        Tracked one = tracked.get(id);
        if (one != null && one.phase() == Phase.STARTING) {
            one.enter(Phase.READY, now);
            tools.metrics().becameReady(Duration.between(one.askedAt, now));
        }
        return Optional.empty();
    }

    private Optional<Mishap> unhealthy(String id, String message, Instant now) {
        Tracked one = tracked.get(id);
        if (one == null || (one.phase() != Phase.STARTING && one.phase() != Phase.READY)) {
            return Optional.empty();
        }
        boolean neverCameUp = one.phase() == Phase.STARTING;
        Duration ranFor = neverCameUp ? Duration.ZERO : Duration.between(one.since(), now);
        one.enter(Phase.UNHEALTHY, now);
        startOver(one, Start.Outcome.FAILED, message);
        return Optional.of(
                new Mishap(
                        one.revision,
                        neverCameUp ? Mishap.Kind.DECISIVE : Mishap.Kind.ENDED,
                        message,
                        ranFor));
    }

    /**
     * Takes in what the engine has; what is new is adopted, what is missing or has ended is
     * noticed.
     */
    List<Mishap> observe(List<Instance> instances, Collection<Revision> revisions, Instant now) {
        List<Mishap> mishaps = new ArrayList<>();
        Set<String> present = new HashSet<>();
        for (Instance instance : instances) {
            present.add(instance.id());
            Tracked known = tracked.get(instance.id());
            boolean beingStarted = known != null && !known.confirmed();
            if (!beingStarted) {
                Tracked one = known == null ? adopt(instance, revisions) : known;
                one.confirm(instance.state());
                follow(one, instance, revisions, now).ifPresent(mishaps::add);
            }
        }
        for (Tracked one : tracked.values()) {
            boolean vanished =
                    one.confirmed() && !present.contains(one.id) && one.phase() != Phase.STOPPING;
            if (vanished && one.phase() != Phase.EXITED) {
                ended(one, "the instance was removed from the engine", now).ifPresent(mishaps::add);
            }
        }
        return mishaps;
    }

    private Tracked adopt(Instance instance, Collection<Revision> revisions) {
        LOG.info("adopted an instance instance={} revision={}", instance.id(), instance.revision());
        Tracked one = new Tracked(instance.id(), instance.revision(), instance.createdAt());
        tracked.put(one.id, one);
        revisionOf(one, revisions)
                .map(Revision::workload)
                .ifPresent(limits ->
                        tools.admission()
                                .adopt(one.id, limits.memoryLimitBytes(), limits.mvcpuLimit()));
        return one;
    }

    private Optional<Mishap> follow(
            Tracked one, Instance instance, Collection<Revision> revisions, Instant now) {
        return switch (instance.state()) {
            case Instance.State.Running running -> {
                if (one.phase() == Phase.STARTING && !one.isProbed()) {
                    revisionOf(one, revisions)
                            .ifPresent(revision -> watch(one, instance, running, revision));
                }
                yield Optional.empty();
            }
            case Instance.State.Exited exited -> {
                if (one.phase() == Phase.STOPPING || one.phase() == Phase.EXITED) {
                    yield Optional.empty();
                }
                String why =
                        revisionOf(one, revisions)
                                .map(revision ->
                                        Words.notServing(
                                                revision.workload(),
                                                Words.ended(exited, revision.workload())))
                                .orElse("its process ended");
                yield ended(one, why, now);
            }
        };
    }

    private Optional<Mishap> ended(Tracked one, String why, Instant now) {
        boolean isKnown = one.phase() == Phase.DRAINING || one.phase() == Phase.UNHEALTHY;
        Duration ranFor =
                one.phase() == Phase.READY ? Duration.between(one.since(), now) : Duration.ZERO;
        one.enter(Phase.EXITED, now);
        startOver(one, Start.Outcome.FAILED, why);
        return isKnown
                ? Optional.empty()
                : Optional.of(new Mishap(one.revision, Mishap.Kind.ENDED, why, ranFor));
    }

    private void watch(
            Tracked one, Instance instance, Instance.State.Running running, Revision revision) {
        ProbeRun run =
                new ProbeRun(
                        instance,
                        running,
                        revision.workload(),
                        tools.probes(),
                        one::reached,
                        reports);
        one.probedBy(tools.tasks().submit(run));
        tools.tasks()
                .execute(() ->
                        tools.logs().attach(containerId, instance.id(), instance.createdAt()));
    }

    private static Optional<Revision> revisionOf(Tracked one, Collection<Revision> revisions) {
        return revisions.stream().filter(revision -> revision.number() == one.revision).findFirst();
    }
}
