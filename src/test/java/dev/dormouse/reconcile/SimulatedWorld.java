package dev.dormouse.reconcile;

import dev.dormouse.engine.ResolvedImage;
import dev.dormouse.model.Container;
import dev.dormouse.model.ExactImage;
import dev.dormouse.model.Revision;
import dev.dormouse.model.Service;
import dev.dormouse.model.Status;
import dev.dormouse.testing.Samples;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A store and an engine in one, moved by hand, for trying the planner on many worlds. */
final class SimulatedWorld {
    private final Planner planner = new Planner(Duration.ofSeconds(30));
    private final Random random;
    private final List<Revision> revisions = new ArrayList<>();
    private final Map<String, Seen> instances = new LinkedHashMap<>();
    private final Map<Integer, Failures> failures = new LinkedHashMap<>();
    private Container container = Samples.container();
    private Resolution resolution = new Resolution.None();
    private long resolvedGeneration = 1;
    private int ids;
    boolean faults = true;
    boolean removed;
    int wanted;
    Instant now = Samples.NOON;

    SimulatedWorld(Random random) {
        this.random = random;
    }

    World world() {
        return new World(
                container,
                revisions,
                resolution,
                List.copyOf(instances.values()),
                failures,
                wanted,
                "so many are wanted",
                now);
    }

    Container container() {
        return container;
    }

    Plan plan() {
        return planner.plan(world());
    }

    void write(Service service, boolean rollout, Status status) {
        long generation = container.generation() + (rollout ? 1 : 0);
        container = Samples.with(container, service, generation, status);
        if (generation != resolvedGeneration) {
            resolvedGeneration = generation;
            resolution = new Resolution.None();
        }
    }

    /** The engine and the probes get on with what they were asked for, or fail. */
    void workPassesTime() {
        now = now.plusMillis(random.nextInt(800));
        if (resolution instanceof Resolution.Running && random.nextBoolean()) {
            resolution =
                    fails(8)
                            ? new Resolution.Failed("no such image")
                            : new Resolution.Done(
                                    new ResolvedImage("sha256:" + resolvedGeneration, "x", ""));
        }
        for (Seen seen : List.copyOf(instances.values())) {
            switch (seen.phase()) {
                case STARTING -> comeUp(seen);
                case READY -> {
                    if (fails(20)) {
                        crash(seen, Phase.EXITED);
                    }
                }
                case STOPPING -> {
                    if (random.nextBoolean()) {
                        instances.remove(seen.id());
                    }
                }
                case UNHEALTHY, DRAINING, EXITED -> {}
            }
        }
    }

    private void comeUp(Seen seen) {
        if (fails(6)) {
            crash(seen, random.nextBoolean() ? Phase.EXITED : Phase.UNHEALTHY);
        } else if (random.nextBoolean()) {
            enter(seen, Phase.READY);
        }
    }

    private void crash(Seen seen, Phase into) {
        enter(seen, into);
        failures.merge(
                seen.revision(),
                Failures.NONE.another("crashed", now, 0),
                (before, _) -> before.another("crashed", now, 0));
    }

    private boolean fails(int oneIn) {
        return faults && random.nextInt(oneIn) == 0;
    }

    private void enter(Seen seen, Phase phase) {
        instances.put(seen.id(), new Seen(seen.id(), seen.revision(), phase, now, 0));
    }

    void perform(Step step) {
        switch (step) {
            case Step.Resolve _ -> resolution = new Resolution.Running();
            case Step.Begin(var image, String because) ->
                    add(image.exact(), because, Revision.State.DEPLOYING, "");
            case Step.Refuse(String message, String because) ->
                    add(ExactImage.NONE, because, Revision.State.FAILED, message);
            case Step.Start(int revision, _) -> {
                String id = "i" + ++ids;
                instances.put(id, new Seen(id, revision, Phase.STARTING, now, 0));
            }
            case Step.GoLive(int revision, _) -> {
                revisions.replaceAll(one ->
                        one.state() == Revision.State.LIVE
                                ? in(one, Revision.State.RETIRED)
                                : one.number() == revision ? in(one, Revision.State.LIVE) : one);
                failures.remove(revision);
            }
            case Step.Fail(int revision, _) -> mark(revision, Revision.State.FAILED);
            case Step.Supersede(int revision, _) -> mark(revision, Revision.State.SUPERSEDED);
            case Step.Drain(String id, _) -> enter(instance(id), Phase.DRAINING);
            case Step.Stop(String id, _, _) -> enter(instance(id), Phase.STOPPING);
            case Step.Settle(Status status, _, _) ->
                    container =
                            Samples.with(
                                    container, container.service(), container.generation(), status);
            case Step.Remove _ -> removed = true;
        }
    }

    private Seen instance(String id) {
        Seen seen = instances.get(id);
        if (seen == null) {
            throw new AssertionError("a step names an instance that is not there: " + id);
        }
        return seen;
    }

    private void mark(int number, Revision.State state) {
        revisions.replaceAll(one -> one.number() == number ? in(one, state) : one);
    }

    private void add(ExactImage image, String because, Revision.State state, String message) {
        revisions.addFirst(
                new Revision(
                        container.id(),
                        revisions.size() + 1,
                        container.generation(),
                        image,
                        container.workload(),
                        Map.of(),
                        because,
                        state,
                        message,
                        now));
    }

    private static Revision in(Revision revision, Revision.State state) {
        return new Revision(
                revision.containerId(),
                revision.number(),
                revision.generation(),
                revision.image(),
                revision.workload(),
                revision.environment(),
                revision.because(),
                state,
                revision.message(),
                revision.createdAt());
    }
}
