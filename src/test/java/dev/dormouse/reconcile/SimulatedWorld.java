package dev.dormouse.reconcile;

import dev.dormouse.engine.ResolvedImage;
import dev.dormouse.model.Container;
import dev.dormouse.model.ExactImage;
import dev.dormouse.model.Pin;
import dev.dormouse.model.Revision;
import dev.dormouse.model.Service;
import dev.dormouse.model.Status;
import dev.dormouse.model.Workload;
import dev.dormouse.testing.Samples;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * A store, an engine, callers and an owner in one, moved by hand, for trying the planner on many
 * worlds. The port that a workload listens on says what becomes of it: see {@link #BAD} and {@link
 * #ABSENT}; the image of its revision is named after its generation.
 */
final class SimulatedWorld {
    /** A workload on this port never becomes healthy. */
    static final int BAD = 1;

    /** The image of a workload on this port cannot be had. */
    static final int ABSENT = 2;

    static final int GOOD = 8080;
    static final Duration STOP_GRACE = Duration.ofSeconds(30);
    private static final Duration FROZEN_FOR = Duration.ofHours(24);
    private static final Duration RESIDENT_FOR = Duration.ofHours(1);

    private final Planner planner = new Planner(STOP_GRACE, FROZEN_FOR);
    private final RandomGenerator random;
    private final List<Revision> revisions = new ArrayList<>();
    private final Map<String, Seen> instances = new LinkedHashMap<>();
    private FailureMemory failures;
    private Container container = Samples.container();
    private Resolution resolution = new Resolution.None();
    private long resolvedGeneration = 1;
    private int ids;
    boolean faults = true;
    boolean removed;
    Rungs rungs = Rungs.STOPPED;
    Spares spares = Spares.NONE;
    int wanted;
    Instant now = Samples.NOON;

    SimulatedWorld(RandomGenerator random) {
        this.random = random;
        this.failures = new FailureMemory(random);
    }

    World world() {
        return new World(
                container,
                revisions.stream().filter(this::isInForce).toList(),
                resolution,
                List.copyOf(instances.values()),
                failures.byRevision(),
                wanted,
                "so many are wanted",
                rungs,
                spares,
                now);
    }

    /** What matters of the revisions now, which is all that is read of them. */
    private boolean isInForce(Revision revision) {
        return revision.state() == Revision.State.LIVE
                || revision.state() == Revision.State.DEPLOYING
                || revision.generation() == container.generation();
    }

    Container container() {
        return container;
    }

    List<Revision> revisions() {
        return List.copyOf(revisions);
    }

    Plan plan() {
        return planner.plan(world());
    }

    Optional<Seen> find(String id) {
        return Optional.ofNullable(instances.get(id));
    }

    /** The owner changes how the container is served. */
    void serve(Service service) {
        container = Samples.with(container, service, container.generation(), Status.UPDATING);
    }

    /** The owner asks for another workload, which listens on this port. */
    void deploy(int port) {
        write(Samples.listeningOn(container.workload(), port).withPin(Optional.empty()));
    }

    /** The owner asks for what an earlier revision ran. */
    void rollBackTo(Revision revision) {
        write(
                revision.workload()
                        .withPin(Optional.of(new Pin(revision.number(), revision.image()))));
    }

    /** The owner asks for the same once more. */
    void redeploy() {
        write(container.workload().withPin(Optional.empty()));
    }

    private void start(int revision) {
        String id = "i" + ++ids;
        instances.put(id, new Seen(id, revision, Phase.STARTING, now, 0));
    }

    void delete() {
        next(container.workload(), Status.DELETING);
    }

    private void write(Workload workload) {
        next(workload, Status.UPDATING);
    }

    private void next(Workload workload, Status status) {
        container =
                Samples.with(
                        container.withSpecification("", List.of(), workload, container.service()),
                        container.service(),
                        container.generation() + 1,
                        status);
        resolvedGeneration = container.generation();
        resolution = new Resolution.None();
    }

    /** Another server comes, which knows what the store and the engine know. */
    void restart() {
        resolution = new Resolution.None();
        failures = new FailureMemory(random);
        for (Seen seen : List.copyOf(instances.values())) {
            boolean neverStarted = seen.phase() == Phase.STARTING && random.nextInt(3) == 0;
            if (neverStarted) {
                instances.remove(seen.id());
            } else if (seen.phase() != Phase.EXITED) {
                enter(seen, seen.phase().isStill() ? Phase.FROZEN : Phase.STARTING);
            }
        }
    }

    /** The engine, the probes and the callers get on with what they do, or fail. */
    void workPassesTime() {
        now = now.plusMillis(random.nextInt(800));
        resolve();
        for (Seen seen : List.copyOf(instances.values())) {
            switch (seen.phase()) {
                case STARTING -> comeUp(seen);
                case READY -> {
                    if (fails(20)) {
                        end(seen, random.nextBoolean() ? Phase.EXITED : Phase.UNHEALTHY);
                    } else {
                        busy(seen, random.nextInt(4));
                    }
                }
                case FREEZING -> {
                    if (random.nextInt(3) > 0) {
                        enter(seen, fails(6) ? Phase.DRAINING : Phase.FROZEN);
                    }
                }
                case FROZEN, DEEP -> standStill(seen);
                case SINKING -> sink(seen);
                case WAKING -> {
                    if (random.nextBoolean()) {
                        enter(seen, fails(10) ? Phase.UNHEALTHY : Phase.READY);
                    }
                }
                case DRAINING, RESTING -> {
                    if (fails(20)) {
                        enter(seen, Phase.EXITED);
                    } else {
                        busy(seen, Math.max(0, seen.inFlight() - random.nextInt(2)));
                    }
                }
                case STOPPING -> {
                    if (!fails(3) && random.nextBoolean()) {
                        instances.remove(seen.id());
                    }
                }
                case UNHEALTHY, EXITED -> {}
            }
        }
        failures.forgive(List.copyOf(instances.values()), now);
    }

    /** It may be killed all the same, and a request may have woken it. */
    private void standStill(Seen seen) {
        if (fails(40)) {
            end(seen, Phase.EXITED);
        } else if (fails(10)) {
            enter(seen, Phase.READY);
        }
    }

    /** Pushing memory out may win nothing, and a request does not wait for its end. */
    private void sink(Seen seen) {
        if (fails(4)) {
            standStill(seen);
        } else if (fails(4)) {
            enter(seen, Phase.FROZEN, now.plus(RESIDENT_FOR));
        } else if (random.nextBoolean()) {
            enter(seen, Phase.DEEP);
        }
    }

    private void resolve() {
        if (!(resolution instanceof Resolution.Running) || random.nextBoolean()) {
            return;
        }
        Workload workload = container.workload();
        if (fails(6)) {
            resolution = new Resolution.None();
        } else if (workload.port() == ABSENT || fails(12)) {
            resolution = new Resolution.Failed("no such image");
        } else {
            ExactImage image =
                    workload.pin()
                            .map(Pin::image)
                            .orElseGet(() -> {
                                String digest = "sha256:" + resolvedGeneration;
                                return new ExactImage(digest, "x@" + digest);
                            });
            resolution =
                    new Resolution.Done(
                            new ResolvedImage(image.id(), image.repositoryDigest(), ""));
        }
    }

    private void comeUp(Seen seen) {
        if (fails(10)) {
            instances.remove(seen.id());
            remember(seen, Mishap.Kind.ENGINE_AWAY);
        } else if (isBad(seen) || fails(8)) {
            end(seen, random.nextBoolean() ? Phase.EXITED : Phase.UNHEALTHY);
        } else if (random.nextBoolean()) {
            enter(seen, Phase.READY);
        }
    }

    private boolean isBad(Seen seen) {
        return revisions.stream()
                .anyMatch(one -> one.number() == seen.revision() && one.workload().port() == BAD);
    }

    private void end(Seen seen, Phase into) {
        boolean neverCameUp = seen.phase() == Phase.STARTING && into == Phase.UNHEALTHY;
        enter(seen, into);
        remember(seen, neverCameUp ? Mishap.Kind.DECISIVE : Mishap.Kind.ENDED);
    }

    private void remember(Seen seen, Mishap.Kind kind) {
        boolean deploying =
                revisions.stream()
                        .anyMatch(one ->
                                one.number() == seen.revision()
                                        && one.state() == Revision.State.DEPLOYING);
        Duration ranFor =
                seen.phase() == Phase.READY ? Duration.between(seen.since(), now) : Duration.ZERO;
        failures.remember(new Mishap(seen.revision(), kind, "crashed", ranFor), deploying, now);
    }

    private boolean fails(int oneIn) {
        return faults && random.nextInt(oneIn) == 0;
    }

    private void enter(Seen seen, Phase phase) {
        enter(seen, phase, seen.residentUntil());
    }

    private void enter(Seen seen, Phase phase, Instant residentUntil) {
        boolean keeps = phase == Phase.DRAINING || phase == Phase.RESTING;
        int inFlight = keeps ? seen.inFlight() : 0;
        Instant since = seen.phase().isStill() && phase.isStill() ? seen.since() : now;
        instances.put(
                seen.id(),
                new Seen(seen.id(), seen.revision(), phase, since, inFlight, residentUntil));
    }

    private void busy(Seen seen, int inFlight) {
        instances.put(
                seen.id(),
                new Seen(
                        seen.id(),
                        seen.revision(),
                        seen.phase(),
                        seen.since(),
                        inFlight,
                        seen.residentUntil()));
    }

    void perform(Step step) {
        switch (step) {
            case Step.Resolve _ -> resolution = new Resolution.Running();
            case Step.Begin(var image, String because) ->
                    add(image.exact(), because, Revision.State.DEPLOYING, "");
            case Step.Refuse(String message, String because) ->
                    add(ExactImage.NONE, because, Revision.State.FAILED, message);
            case Step.Start(int revision, _) -> start(revision);
            case Step.Spare(int revision, _) -> start(revision);
            case Step.GoLive(int revision, _) -> {
                revisions.replaceAll(one ->
                        one.state() == Revision.State.LIVE
                                ? in(one, Revision.State.RETIRED)
                                : one.number() == revision ? in(one, Revision.State.LIVE) : one);
                failures.forget(revision);
            }
            case Step.Fail(int revision, _) -> mark(revision, Revision.State.FAILED);
            case Step.Supersede(int revision, _) -> mark(revision, Revision.State.SUPERSEDED);
            case Step.Drain(String id, _) -> enter(instance(id), Phase.DRAINING);
            case Step.Rest(String id, _) -> enter(instance(id), Phase.RESTING);
            case Step.Freeze(String id, _) -> enter(instance(id), Phase.FREEZING);
            case Step.PushOut(String id, _) -> enter(instance(id), Phase.SINKING);
            case Step.Resume(String id, _) -> enter(instance(id), Phase.WAKING);
            case Step.Stop(String id, _, _) -> enter(instance(id), Phase.STOPPING);
            case Step.Settle(Status status, _, _) ->
                    container =
                            Samples.with(
                                    container, container.service(), container.generation(), status);
            case Step.Remove _ -> removed = true;
        }
        failures.keep(revisions);
    }

    private Seen instance(String id) {
        return find(id).orElseThrow(() ->
                new AssertionError("a step names an instance that is not there: " + id));
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
