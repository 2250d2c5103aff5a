package dev.dormouse.reconcile;

import dev.dormouse.engine.Instance;
import dev.dormouse.model.Revision;
import dev.dormouse.model.Start;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows what the engine shows of one container's instances: adopts what is new, has probed what
 * runs, and notices what has ended. Used by the container's pass alone.
 */
final class Sightings {
    private static final Logger LOG = LoggerFactory.getLogger(Sightings.class);

    /** Whose end is no failure, for nobody needs them. */
    private static final Set<Phase> IDLE =
            EnumSet.of(Phase.RESTING, Phase.FREEZING, Phase.FROZEN, Phase.SINKING, Phase.DEEP);

    private final UUID containerId;
    private final Fleet.Tools tools;
    private final Roster roster;
    private final Consumer<Report> reports;

    Sightings(UUID containerId, Fleet.Tools tools, Roster roster, Consumer<Report> reports) {
        this.containerId = containerId;
        this.tools = tools;
        this.roster = roster;
        this.reports = reports;
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
            Tracked known = roster.find(instance.id()).orElse(null);
            boolean beingStarted = known != null && !known.confirmed();
            if (!beingStarted) {
                Tracked one = known == null ? adopt(instance, revisions) : known;
                one.confirm(instance);
                follow(one, instance, revisions, now).ifPresent(mishaps::add);
            }
        }
        for (Tracked one : roster.all()) {
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
        roster.add(one);
        revisionOf(one, revisions)
                .map(Revision::workload)
                .ifPresent(limits ->
                        tools.admission()
                                .adopt(one.id, limits.memoryLimitBytes(), limits.mvcpuLimit()));
        return one;
    }

    /** Takes in what the engine says of one. */
    Optional<Mishap> follow(
            Tracked one, Instance instance, Collection<Revision> revisions, Instant now) {
        return switch (instance.state()) {
            case Instance.State.Running running -> {
                if (one.phase().isComingUp() && !one.isProbed()) {
                    if (running.frozen()) { // by the server before, which had seen it ready
                        one.enter(Phase.FROZEN, now);
                        attachLogs(instance);
                    } else {
                        revisionOf(one, revisions)
                                .ifPresent(revision -> watch(one, instance, revision, run -> run));
                    }
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
        boolean isKnown =
                one.phase() == Phase.DRAINING
                        || one.phase() == Phase.UNHEALTHY
                        || IDLE.contains(one.phase());
        Duration ranFor =
                one.phase() == Phase.READY ? Duration.between(one.since(), now) : Duration.ZERO;
        boolean isSpare = one.phase() == Phase.PREPARING;
        one.enter(Phase.EXITED, now);
        tools.startOver(containerId, one, Start.Outcome.FAILED, why);
        return isKnown
                ? Optional.empty()
                : Optional.of(new Mishap(one.revision, Mishap.Kind.ENDED.of(isSpare), why, ranFor));
    }

    /** It was woken: its probe asks it again soon, and its requests do not wait for that. */
    void goesOn(Tracked one, Collection<Revision> revisions) {
        one.instance()
                .ifPresent(instance ->
                        revisionOf(one, revisions)
                                .ifPresent(revision ->
                                        watch(one, instance, revision, ProbeRun::afterThaw)));
    }

    private void watch(
            Tracked one, Instance instance, Revision revision, Function<ProbeRun, Runnable> how) {
        if (!(instance.state() instanceof Instance.State.Running running)) {
            return;
        }
        ProbeRun run =
                new ProbeRun(
                        instance,
                        running,
                        revision.workload(),
                        tools.probes(),
                        one::reached,
                        reports);
        one.probedBy(tools.tasks().submit(how.apply(run)));
        attachLogs(instance);
    }

    private void attachLogs(Instance instance) {
        tools.tasks()
                .execute(() ->
                        tools.logs().attach(containerId, instance.id(), instance.createdAt()));
    }

    /** What it is an instance of, if that is still known. */
    static Optional<Revision> revisionOf(Tracked one, Collection<Revision> revisions) {
        return revisions.stream().filter(revision -> revision.number() == one.revision).findFirst();
    }
}
