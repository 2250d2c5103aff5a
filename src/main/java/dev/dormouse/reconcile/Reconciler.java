package dev.dormouse.reconcile;

import dev.dormouse.config.ServerSettings;
import dev.dormouse.engine.Engine;
import dev.dormouse.engine.EngineEvent;
import dev.dormouse.engine.EngineException;
import dev.dormouse.engine.Instance;
import dev.dormouse.model.Activity;
import dev.dormouse.model.RouteSink;
import dev.dormouse.model.Start;
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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
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
    private static final Duration READ_PAUSE = Duration.ofSeconds(1);

    private final Engine engine;
    private final RouteSink routes;
    private final TrafficSource traffic;
    private final DesiredState desired;
    private final Eviction eviction;
    private final Turn.Tools turnTools;
    private final InstanceLogs logs;
    private final StartLedger starts;
    private final ContainerLogs kept;
    private final SocketHealthCheck check;
    private final ReconcileSettings settings;
    private final InstantSource clock;
    private final ExecutorService tasks = Executors.newVirtualThreadPerTaskExecutor();
    private final Sinker sinker = new Sinker();
    private final Alarms alarms = new Alarms();
    private final Map<UUID, Turn> turns = new ConcurrentHashMap<>();

    /** The containers that have instances: a small part, looked at where all are too many. */
    private final Set<UUID> awake = ConcurrentHashMap.newKeySet();

    /** The containers that have not had their first pass. */
    private final Set<UUID> unpublished = ConcurrentHashMap.newKeySet();

    /** Whether what runs has been adopted; before that a pass would start it once more. */
    private volatile boolean begun;

    /** Whether the containers of the store have been read; before that there are more of them. */
    private volatile boolean isAllRead;

    /** What was removed from the store while it was being read. */
    private final Set<UUID> removedMeanwhile = ConcurrentHashMap.newKeySet();

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
        this.traffic = traffic;
        this.settings = settings;
        this.clock = chances.clock();
        this.kept = parts.logs();
        this.desired = new DesiredState(parts.store());
        this.starts = new StartLedger(new KnownBoots(tasks, engine::usage, desired));
        this.logs = new InstanceLogs(engine, parts.logs(), clock.instant());
        this.check = new SocketHealthCheck(() -> engine.capabilities().portsAcceptEarly());
        HostBudget budget =
                new HostBudget(settings.memoryBudget(), settings.cpuBudget(), engine::capabilities);
        Admission admission =
                new Admission(
                        budget,
                        new Boots(() -> 1_000L * engine.capabilities().cpus()),
                        settings.parallelStarts(),
                        settings.roomPatience());
        FrozenMemory frozen =
                new FrozenMemory(
                        settings.frozenMemory(),
                        () -> Math.min(engine.capabilities().memoryBytes(), budget.memoryBytes()));
        this.eviction =
                new Eviction(frozen, Eviction.Machine.of(engine), admission::isShort, clock);
        ReconcileMetrics metrics = new ReconcileMetrics(parts.metrics().registry());
        Fleet.Tools fleet =
                new Fleet.Tools(
                        engine,
                        tasks,
                        sinker,
                        admission,
                        eviction::makeRoom,
                        new ProbeRun.ProbeTools(check, clock, System::nanoTime),
                        logs,
                        starts,
                        metrics);
        ContainerLoop.Tools loops =
                new ContainerLoop.Tools(
                        desired,
                        fleet,
                        frozen,
                        new UsageReader(engine, tasks, clock),
                        new Planner(settings.stopGrace(), settings.frozenFor()),
                        new RouteBuilder(server),
                        new SpecBuilder(chances.random()),
                        new Surroundings(
                                routes,
                                traffic,
                                clock,
                                chances.wall(),
                                chances.random(),
                                settings));
        this.turnTools =
                new Turn.Tools(loops, tasks, alarms, () -> begun && !closing, this::passed);
    }

    /**
     * Adopts what runs, and begins to keep it as the store asks; what sleeps is read after that.
     * Returns when what runs is adopted, or when the engine does not answer: then that is done as
     * soon as it does, and nothing before.
     */
    public void start() {
        CountDownLatch decided = new CountDownLatch(1);
        tasks.execute(() -> begin(decided));
        try {
            if (!decided.await(FIRST_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("the container engine has not answered yet; the server goes on without");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        tasks.execute(this::readAll);
    }

    private void begin(CountDownLatch decided) {
        try {
            Map<UUID, List<Instance>> running = firstSight(decided);
            starts.boots().read();
            Instant now = clock.instant();
            running.forEach((id, instances) -> turn(id).loop().adopt(instances, now));
            watch = engine.watch(this::heard);
            begun = true;
            turns.values().forEach(Turn::soon);
            alarms.every(settings.resyncEvery(), this::resync);
            LOG.info(
                    "the control loop runs adopted={} freezes_directly={}",
                    running.size(),
                    engine.capabilities().freezesDirectly());
            completeIfAllPublished();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.error("the control loop cannot begin", e);
        } finally {
            decided.countDown();
        }
    }

    /** Looks until something is seen; says when it is known that this may take long. */
    private Map<UUID, List<Instance>> firstSight(CountDownLatch decided)
            throws InterruptedException {
        while (true) {
            try {
                return observeAll();
            } catch (EngineException e) {
                routes.incomplete(e.getMessage());
                if (!engine.health().because().isEmpty()) {
                    decided.countDown();
                }
                Thread.sleep(SIGHT_PAUSE);
            }
        }
    }

    /** Gets to know every container that nothing has been heard of yet: most of them sleep. */
    private void readAll() {
        while (!isAllRead && !closing) {
            try {
                List<Turn> all = desired.all().stream().map(this::turn).toList();
                // these were read as they had been before
                all.stream()
                        .filter(turn -> removedMeanwhile.contains(turn.id()))
                        .forEach(turn -> turn.loop().desiredChanged());
                isAllRead = true;
                all.forEach(Turn::soon);
                LOG.info("all containers are known containers={}", all.size());
                completeIfAllPublished();
            } catch (StoreException e) {
                LOG.warn("the containers cannot be read yet reason={}", e.getMessage());
                LockSupport.parkNanos(READ_PAUSE.toNanos());
            }
        }
    }

    /** Only when every container has been looked at can a host be said not to be known. */
    private void completeIfAllPublished() {
        if (begun && isAllRead && unpublished.isEmpty()) {
            routes.complete();
        }
    }

    private Map<UUID, List<Instance>> observeAll() {
        return engine.list().stream().collect(Collectors.groupingBy(Instance::containerId));
    }

    /** The container was written to. */
    public void changed(UUID containerId) {
        Turn turn = turn(containerId);
        turn.loop().desiredChanged();
        turn.soon();
    }

    /** Somebody is waiting for the container, or its traffic changed. */
    public void poke(UUID containerId) {
        Turn turn = turns.get(containerId);
        if (turn != null) {
            turn.loop().called();
            turn.soon();
        }
    }

    /** A request has come to a frozen instance of the container. */
    public CompletableFuture<Void> wake(UUID containerId, String instanceId) {
        Turn turn = turns.get(containerId);
        return turn == null
                ? CompletableFuture.failedFuture(new IllegalStateException("it is gone"))
                : turn.loop().wake(instanceId);
    }

    /** What is being done for the container. */
    public Activity activity(UUID containerId) {
        Turn turn = turns.get(containerId);
        return turn == null
                ? Activity.NONE
                : turn.loop().snapshot().activity().counting(traffic.inFlight(containerId));
    }

    /** The container's newest starts that are over, newest first. */
    public List<Start> starts(UUID containerId) {
        return starts.of(containerId);
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
                turn.loop().observedChanged();
                turn.soon();
            }
            case EngineEvent.Noticed(UUID containerId, String words) ->
                    turn(containerId).loop().notice(words);
            case EngineEvent.Resync _ -> {
                turns.values().stream()
                        .filter(turn -> turn.loop().engineBack())
                        .forEach(Turn::soon);
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
                if (!turn.loop().snapshot().agreesWith(running.getOrDefault(id, List.of()))) {
                    turn.loop().observedChanged();
                    turn.soon();
                }
            }
            eviction.review();
        } catch (EngineException e) {
            LOG.warn("the engine cannot be looked at reason={}", e.getMessage());
        }
    }

    private Turn turn(UUID containerId) {
        return turns.computeIfAbsent(containerId, this::newTurn);
    }

    /** What was read is used by a loop that knows nothing yet; another reads for itself. */
    private Turn turn(DesiredState.Desired read) {
        return turns.computeIfAbsent(
                read.container().id(),
                id -> {
                    Turn turn = newTurn(id);
                    turn.loop().know(read);
                    return turn;
                });
    }

    private Turn newTurn(UUID containerId) {
        unpublished.add(containerId);
        return new Turn(containerId, turnTools);
    }

    private void passed(Turn turn) {
        UUID id = turn.id();
        if (unpublished.remove(id)) {
            completeIfAllPublished();
        }
        if (turn.loop().snapshot().hasInstances()) {
            awake.add(id);
        } else {
            awake.remove(id);
        }
        eviction.passed(turn, turn.loop().snapshot().dispensable());
        if (turn.loop().isGone()) {
            forget(turn);
        }
    }

    private void forget(Turn turn) {
        if (!isAllRead) {
            removedMeanwhile.add(turn.id());
        }
        turns.remove(turn.id(), turn);
        awake.remove(turn.id());
        alarms.cancel(turn.id());
        kept.delete(turn.id());
        starts.forget(turn.id());
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
        sinker.close();
        tasks.shutdownNow();
        logs.close();
        check.close();
    }
}
