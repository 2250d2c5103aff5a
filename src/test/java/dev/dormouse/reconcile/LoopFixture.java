package dev.dormouse.reconcile;

import dev.dormouse.config.Endpoints;
import dev.dormouse.config.Listen;
import dev.dormouse.config.ServerSettings;
import dev.dormouse.config.Source;
import dev.dormouse.engine.Instance;
import dev.dormouse.engine.Instance.State;
import dev.dormouse.model.Container;
import dev.dormouse.model.Pin;
import dev.dormouse.model.Revision;
import dev.dormouse.model.Route;
import dev.dormouse.model.RouteSink;
import dev.dormouse.model.Status;
import dev.dormouse.model.Traffic;
import dev.dormouse.model.Workload;
import dev.dormouse.store.Store;
import dev.dormouse.store.StoreSettings;
import dev.dormouse.telemetry.ContainerLogs;
import dev.dormouse.telemetry.Metrics;
import dev.dormouse.telemetry.TelemetrySettings;
import dev.dormouse.testing.FakeEngine;
import dev.dormouse.testing.FakeTraffic;
import dev.dormouse.testing.Samples;
import dev.dormouse.testing.SettableClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole control loop over a real store and an engine in memory, with a clock that only tests
 * move. A process of the image {@link #IMAGE} listens, unless it is told to listen on {@link #BAD}:
 * then it exits at once with code 3.
 */
abstract class LoopFixture {
    static final UUID ID = Samples.CONTAINER_ID;
    static final String IMAGE = "hello:latest";
    static final int BAD = 1;

    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final Duration TICK = Duration.ofMillis(100);
    private static final Duration PAUSE = Duration.ofMillis(1);

    @TempDir private Path folder;

    final SettableClock clock = new SettableClock(Samples.NOON);
    final Gatekeeper gatekeeper = new Gatekeeper();
    FakeEngine engine = new FakeEngine(clock);
    volatile Traffic traffic = Traffic.NONE;

    @SuppressWarnings("NullAway.Init")
    Store store;

    @SuppressWarnings("NullAway.Init")
    Reconciler reconciler;

    @SuppressWarnings("NullAway.Init")
    private ServerSocket listener;

    @SuppressWarnings("NullAway.Init")
    private ContainerLogs logs;

    /** What was published, in order. */
    static final class Gatekeeper implements RouteSink {
        private final List<Route> routes = new CopyOnWriteArrayList<>();
        private volatile boolean isWithdrawn;

        @Override
        public void publish(Route route) {
            routes.add(route);
        }

        @Override
        public void incomplete(String because) {}

        @Override
        public void complete() {}

        @Override
        public void withdraw(UUID containerId) {
            isWithdrawn = true;
        }

        List<Route> routes() {
            return List.copyOf(routes);
        }

        Optional<Route> newest() {
            return routes.isEmpty() ? Optional.empty() : Optional.of(routes.getLast());
        }

        boolean isWithdrawn() {
            return isWithdrawn;
        }

        /** Forgets what was published so far, but for the newest. */
        void beginAnew() {
            Optional<Route> newest = newest();
            routes.clear();
            newest.ifPresent(routes::add);
        }
    }

    @BeforeEach
    void open() throws IOException {
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
        publish();
        store = Store.open(new StoreSettings(folder, 256, Duration.ofSeconds(20), 4));
        logs = new ContainerLogs(new TelemetrySettings(folder.resolve("logs"), 1_000_000));
        store.write(tables -> {
            tables.namespaces().insert(Samples.namespace());
            return true;
        });
        connect(engine);
        run();
    }

    @AfterEach
    void close() throws IOException {
        reconciler.close();
        engine.starts().release();
        engine.pulls().release();
        engine.close();
        logs.close();
        store.close();
        listener.close();
    }

    /** New bytes under the reference; returns their digest. */
    final String publish() {
        return engine.image(
                IMAGE,
                process -> {
                    if (process.spec().port() == BAD) {
                        process.exit(3);
                    }
                });
    }

    private void connect(FakeEngine to) {
        engine = to;
        engine.reachAt(_ -> new State.Running("127.0.0.1", listener.getLocalPort()));
    }

    /** What decisions are made by. */
    InstantSource loopClock() {
        return clock;
    }

    /** Where they are not the defaults. */
    Map<String, String> settings() {
        return Map.of("DORMOUSE_SLEEP", "stop");
    }

    /** A server begins. */
    final void run() {
        reconciler =
                new Reconciler(
                        ReconcileSettings.from(new Source(settings())),
                        new ServerSettings(
                                folder,
                                new Listen("127.0.0.1", 0),
                                new Listen("127.0.0.1", 8000),
                                Optional.empty(),
                                new Endpoints(
                                        "functions.fnc.<region>.localhost",
                                        Endpoints.Scheme.HTTPS,
                                        8443)),
                        new Reconciler.Parts(store, engine, logs, new Metrics()),
                        gatekeeper,
                        new FakeTraffic(() -> traffic),
                        new Reconciler.Chances(loopClock(), clock, new Random(1)));
        reconciler.start();
    }

    /** This server ends and the next begins; what runs on the engine runs on. */
    final void restart() {
        reconciler.close();
        FakeEngine before = engine;
        connect(before.onSameMachine(before.serverId()));
        before.starts().release();
        before.pulls().release();
        before.close();
        run();
    }

    /** Connections are kept open until the other side has enough of them. */
    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                Thread.ofVirtual().start(() -> drain(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private static void drain(Socket socket) {
        try (socket) {
            socket.getInputStream().skip(Long.MAX_VALUE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    final void create(Container container) {
        store.write(tables -> {
            tables.containers().insert(container);
            return true;
        });
        reconciler.changed(container.id());
    }

    /** The owner asks for a container with at least this many instances, and gets it. */
    final void createAndAwait(int minScale) {
        create(
                Samples.container(
                        Samples.workload(), Samples.scaled(Samples.service(), minScale, 5)));
        await("the first revision serves", () -> isSettled(Status.READY) && targets() > 0);
        gatekeeper.beginAnew();
    }

    /** The owner asks for a workload that listens on this port. */
    final void update(int port) {
        write(before -> before, port, Status.UPDATING);
        reconciler.changed(ID);
    }

    final void redeploy() {
        rollOut(workload -> workload.withPin(Optional.empty()));
    }

    final void rollBackTo(Revision revision) {
        rollOut(_ ->
                revision.workload()
                        .withPin(Optional.of(new Pin(revision.number(), revision.image()))));
    }

    final void delete() {
        write(before -> before, container().orElseThrow().workload().port(), Status.DELETING);
        reconciler.changed(ID);
    }

    private void rollOut(UnaryOperator<Workload> change) {
        write(change, 0, Status.UPDATING);
        reconciler.changed(ID);
    }

    /** Stores a write without telling the loop. */
    final void write(UnaryOperator<Workload> change, int port, Status status) {
        store.write(tables -> {
            Container before = tables.containers().find(ID).orElseThrow();
            Workload workload = change.apply(before.workload());
            tables.containers()
                    .update(
                            before.withSpecification(
                                            before.description(),
                                            before.tags(),
                                            port == 0
                                                    ? workload
                                                    : Samples.listeningOn(workload, port),
                                            before.service())
                                    .withProgress(
                                            before.generation() + 1, status, clock.instant()));
            return true;
        });
    }

    final Optional<Container> container() {
        return store.read(tables -> tables.containers().find(ID));
    }

    final List<Revision> revisions() {
        return store.read(tables -> tables.revisions().of(ID));
    }

    final Revision live() {
        return revisions().stream()
                .filter(one -> one.state() == Revision.State.LIVE)
                .findFirst()
                .orElseThrow();
    }

    final boolean isSettled(Status status) {
        return container().filter(one -> one.status() == status).isPresent();
    }

    /** How many instances the gateway knows of. */
    final int targets() {
        return gatekeeper.newest().map(route -> route.instances().size()).orElse(0);
    }

    /** Whether this many instances are on the engine, all of what serves. */
    final boolean onlyLiveRuns(int count) {
        List<Instance> there = engine.list(ID);
        int number = live().number();
        return there.size() == count && there.stream().allMatch(one -> one.revision() == number);
    }

    /** Returns when it is so, while time stands still. */
    final void await(String what, BooleanSupplier condition) {
        await(what, Duration.ZERO, condition);
    }

    /** Returns when it is so, while time passes. */
    final void awaitInTime(String what, BooleanSupplier condition) {
        await(what, TICK, condition);
    }

    private void await(String what, Duration tick, BooleanSupplier condition) {
        long end = System.nanoTime() + DEADLINE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError(
                        "not so: %s; %s; %s; on the engine %s"
                                .formatted(
                                        what,
                                        container().map(Container::status),
                                        reconciler.activity(ID),
                                        engine.list(ID)));
            }
            clock.advance(tick);
            reconciler.poke(ID);
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }
}
