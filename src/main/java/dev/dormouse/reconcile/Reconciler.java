package dev.dormouse.reconcile;

import dev.dormouse.config.ServerSettings;
import dev.dormouse.engine.Engine;
import dev.dormouse.engine.EngineEvent;
import dev.dormouse.engine.EngineException;
import dev.dormouse.engine.Instance;
import dev.dormouse.model.Activity;
import dev.dormouse.model.RouteSink;
import dev.dormouse.model.TrafficSource;
import dev.dormouse.store.Store;
import dev.dormouse.store.StoreException;
import dev.dormouse.telemetry.ContainerLogs;
import dev.dormouse.telemetry.Metrics;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The control loop: brings what runs on the engine to what the store asks for, container by
 * container, each on its own when something about it changed. Level-triggered: whoever calls only
 * says "look now". Cannot die: a pass that fails is logged and tried again after a pause. Safe on
 * any thread.
 */
public final class Reconciler implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Reconciler.class);

    /** How long a start waits for an engine that takes connections and does not answer. */
    private static final Duration FIRST_PATIENCE = Duration.ofSeconds(2);

    private static final Duration SIGHT_PAUSE = Duration.ofMillis(100);

    private final Engine engine;
    private final RouteSink routes;
    private final DesiredState desired;
    private final Admission admission;
    private final ContainerLoop.Tools loopTools;
    private final InstanceLogs logs;
    private final ContainerLogs kept;
    private final SocketHealthCheck check;
    private final ReconcileSettings settings;
    private final InstantSource clock;
    private final ExecutorService tasks = Executors.newVirtualThreadPerTaskExecutor();
    private final Alarms alarms = new Alarms();
    private final Map<UUID, Turn> turns = new ConcurrentHashMap<>();

    /**
     * The containers that have instances: a small part of all, looked at where all would be too
     * many.
     */
    private final Set<UUID> awake = ConcurrentHashMap.newKeySet();

    /** The containers that have not had their first pass. */
    private final Set<UUID> unpublished = ConcurrentHashMap.newKeySet();

    /** Whether what runs has been adopted; before that a pass would start it once more. */
    private volatile boolean begun;

    private volatile Engine.@Nullable Subscription watch;
    private volatile boolean closing;

    /** Where desired state is, what it is carried out on, and what both write to. */
    public record Parts(Store store, Engine engine, ContainerLogs logs, Metrics metrics) {}

    /**
     * What is passed in so that tests may choose it.
     *
     * @param clock what decisions are made by; it should not jump
     * @param wall what people are told, and what is kept for them
     */
    public record Chances(InstantSource clock, InstantSource wall, RandomGenerator random) {
        /** One clock for both. */
        public Chances(InstantSource clock, RandomGenerator random) {
            this(clock, clock, random);
        }
    }

    public Reconciler(
            ReconcileSettings settings,
            ServerSettings server,
            Parts parts,
            RouteSink routes,
            TrafficSource traffic,
            Chances chances) {
        this.engine = parts.engine();
        this.routes = routes;
        this.settings = settings;
        this.clock = chances.clock();
        this.kept = parts.logs();
        this.desired = new DesiredState(parts.store());
        this.logs = new InstanceLogs(engine, parts.logs(), clock.instant());
        this.check = new SocketHealthCheck(() -> engine.capabilities().portsAcceptEarly());
        this.admission =
                new Admission(
                        new HostBudget(
                                settings.memoryBudget(),
                                settings.cpuBudget(),
                                engine::capabilities),
                        settings.parallelStarts(),
                        settings.roomPatience());
        ReconcileMetrics metrics = new ReconcileMetrics(parts.metrics().registry());
        Fleet.Tools fleet =
                new Fleet.Tools(
                        engine,
                        tasks,
                        admission,
                        this::makeRoom,
                        new ProbeRun.ProbeTools(check, clock),
                        logs,
                        metrics);
        this.loopTools =
                new ContainerLoop.Tools(
                        desired,
                        fleet,
                        new Planner(settings.stopGrace()),
                        new RouteBuilder(server),
                        new SpecBuilder(chances.random()),
                        new Surroundings(
                                routes,
                                traffic,
                                clock,
                                chances.wall(),
                                chances.random(),
                                settings));
    }

    /**
     * Adopts what runs, and begins to keep it as the store asks. Returns when that is done, or when
     * the engine does not answer; it is then done as soon as it does, and nothing before.
     */
    public void start() {
        CountDownLatch asked = new CountDownLatch(1);
        Future<Map<UUID, List<Instance>>> looking = tasks.submit(() -> firstSight(asked));
        for (DesiredState.Desired one : desired.all()) {
            turn(one.container().id()).loop.know(one);
        }
        tasks.execute(() -> {
            try {
                begin(looking.get());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (ExecutionException | RuntimeException e) {
                LOG.error("the control loop cannot begin", e);
            } finally {
                asked.countDown();
            }
        });
        try {
            if (!asked.await(FIRST_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("the container engine has not answered yet; the server goes on without");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Looks until something is seen; says when it is known that this may take long. */
    private Map<UUID, List<Instance>> firstSight(CountDownLatch asked) throws InterruptedException {
        while (true) {
            try {
                return observeAll();
            } catch (EngineException e) {
                routes.incomplete(e.getMessage());
                if (!engine.health().because().isEmpty()) {
                    asked.countDown();
                }
                Thread.sleep(SIGHT_PAUSE);
            }
        }
    }

    private void begin(Map<UUID, List<Instance>> running) {
        Instant now = clock.instant();
        running.forEach((id, instances) -> turn(id).loop.adopt(instances, now));
        watch = engine.watch(this::heard);
        unpublished.addAll(turns.keySet());
        begun = true;
        running.keySet().forEach(id -> turn(id).soon());
        turns.values().forEach(Turn::soon);
        if (unpublished.isEmpty()) {
            routes.complete();
        }
        alarms.every(settings.resyncEvery(), this::resync);
        LOG.info("the control loop runs containers={} adopted={}", turns.size(), running.size());
    }

    private Map<UUID, List<Instance>> observeAll() {
        return engine.list().stream().collect(Collectors.groupingBy(Instance::containerId));
    }

    /** The container was written to. */
    public void changed(UUID containerId) {
        Turn turn = turn(containerId);
        turn.loop.desiredChanged();
        turn.soon();
    }

    /** Somebody is waiting for the container, or its traffic changed. */
    public void poke(UUID containerId) {
        Turn turn = turns.get(containerId);
        if (turn != null) {
            turn.soon();
        }
    }

    /** What is being done for the container. */
    public Activity activity(UUID containerId) {
        Turn turn = turns.get(containerId);
        return turn == null ? Activity.NONE : turn.loop.snapshot().activity();
    }

    /** The containers that have an instance, as of their last pass; a view of what changes. */
    public Collection<UUID> awake() {
        return Collections.unmodifiableSet(awake);
    }

    private void heard(EngineEvent event) {
        LOG.debug("the engine says {}", event);
        switch (event) {
            case EngineEvent.Changed(UUID containerId) -> {
                Turn turn = turn(containerId);
                turn.loop.observedChanged();
                turn.soon();
            }
            case EngineEvent.Noticed(UUID containerId, String words) ->
                    turn(containerId).loop.notice(words);
            case EngineEvent.Resync _ -> {
                turns.values().stream().filter(turn -> turn.loop.engineBack()).forEach(Turn::soon);
                resync();
            }
        }
    }

    /**
     * Looks at everything on the engine at once; only containers of which it differs are disturbed.
     */
    private void resync() {
        try {
            Map<UUID, List<Instance>> running = observeAll();
            Set<UUID> ids = new HashSet<>(awake);
            ids.addAll(running.keySet());
            for (UUID id : ids) {
                Turn turn = turn(id);
                if (!turn.loop.snapshot().agreesWith(running.getOrDefault(id, List.of()))) {
                    turn.loop.observedChanged();
                    turn.soon();
                }
            }
        } catch (EngineException e) {
            LOG.warn("the engine cannot be looked at reason={}", e.getMessage());
        }
    }

    /**
     * Instances wait for room on the host: unless enough of it is about to be given back, the
     * container that has been idle longest gives way.
     */
    private void makeRoom() {
        List<Turn> all = awake.stream().map(turns::get).filter(Objects::nonNull).toList();
        List<String> leaving =
                all.stream().flatMap(turn -> turn.loop.snapshot().leaving()).toList();
        if (!admission.isShort(leaving)) {
            return;
        }
        all.stream()
                .filter(turn -> turn.loop.snapshot().idleSince().isPresent())
                .min(
                        Comparator.comparing(
                                turn -> turn.loop.snapshot().idleSince().orElse(Instant.MAX)))
                .ifPresent(turn -> {
                    turn.loop.giveWay();
                    turn.soon();
                });
    }

    private Turn turn(UUID containerId) {
        return turns.computeIfAbsent(containerId, Turn::new);
    }

    /** Ends the loop; instances go on running and are adopted by the next server. */
    @Override
    public void close() {
        closing = true;
        Engine.Subscription watching = watch;
        if (watching != null) {
            watching.close();
        }
        alarms.close();
        tasks.shutdownNow();
        logs.close();
        check.close();
    }

    /**
     * One container's place in the queue: at most one pass at a time, and one more when something
     * came meanwhile.
     */
    private final class Turn {
        private final UUID id;
        private final ContainerLoop loop;
        private final PassQueue queue;
        private int failedInARow;

        Turn(UUID id) {
            this.id = id;
            this.queue = new PassQueue(tasks, this::pass);
            this.loop = new ContainerLoop(id, loopTools, this::soon);
        }

        void soon() {
            if (begun && !closing) {
                queue.request();
            }
        }

        private void pass() {
            try {
                Optional<Instant> review = loop.pass();
                loopTools.fleet().metrics().passed();
                failedInARow = 0;
                remember();
                review.ifPresent(
                        at -> alarms.in(id, Duration.between(clock.instant(), at), this::soon));
                if (loop.isGone()) {
                    forget();
                }
            } catch (RuntimeException e) {
                failed(e);
            }
        }

        private void remember() {
            if (unpublished.remove(id) && unpublished.isEmpty()) {
                routes.complete();
            }
            if (loop.snapshot().hasInstances()) {
                awake.add(id);
            } else {
                awake.remove(id);
            }
        }

        private void forget() {
            turns.remove(id, this);
            awake.remove(id);
            alarms.cancel(id);
            kept.delete(id);
        }

        private void failed(RuntimeException e) {
            if (closing) {
                return;
            }
            failedInARow++;
            loopTools.fleet().metrics().passFailed();
            loop.suspectEverything();
            Duration pause = Duration.ofMillis(Math.min(30_000, 100L << Math.min(8, failedInARow)));
            if (e instanceof EngineException || e instanceof StoreException) {
                LOG.warn(
                        "a pass failed and is tried again container={} pause={} reason={}",
                        id,
                        pause,
                        e.getMessage());
            } else {
                LOG.error("a pass failed and is tried again container={} pause={}", id, pause, e);
            }
            alarms.in(id, pause, this::soon);
        }
    }
}
