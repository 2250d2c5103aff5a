package dev.dormouse.gateway;

import dev.dormouse.auth.KeyRing;
import dev.dormouse.config.Listen;
import dev.dormouse.config.ServerSettings;
import dev.dormouse.eventloop.EventLoops;
import dev.dormouse.model.Route;
import dev.dormouse.model.RouteSink;
import dev.dormouse.model.Traffic;
import dev.dormouse.model.TrafficSource;
import dev.dormouse.model.Waker;
import dev.dormouse.telemetry.AccessLog;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.transport.Transport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import javax.net.ssl.X509ExtendedKeyManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The data plane: serves the routes it was last given, counts what is asked for, and pokes when
 * somebody has to wait. Safe on any thread; publishing and reading never wait for requests.
 */
public final class Gateway implements RouteSink, TrafficSource, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);

    private static final Duration START_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);

    private final GatewaySettings settings;
    private final Routes routes;
    private final String transport;
    private final Vertx vertx;
    private final List<Entrance> entrances;
    private final List<Loop> loops = new ArrayList<>();

    private Gateway(GatewaySettings settings, Trust trust, Routes routes, Crowd crowd) {
        this.settings = settings;
        this.routes = routes;
        this.entrances = entrances(settings.server(), trust);
        Transport transport =
                Doorway.with(
                        settings.transports(),
                        new Doorkeeper(crowd, settings.http1(), settings.keepAlive()));
        this.transport = transport.name();
        this.vertx =
                Vertx.builder()
                        .with(EventLoops.options(settings.eventLoops()))
                        .withTransport(transport)
                        .build();
    }

    /**
     * Whom the gateway lets in, and how it proves itself.
     *
     * @param keys the keys that private containers are called with
     * @param certificates what a TLS listener shows; there if the settings ask for one
     */
    public record Trust(KeyRing keys, Optional<X509ExtendedKeyManager> certificates) {}

    /**
     * Opens the ports and serves.
     *
     * @param log told of every request that has ended, where it is asked for
     * @param poke told, on an event loop, which container somebody waits for; must not block
     * @param waker asked, on an event loop, for an instance that is frozen and has a request
     * @throws IllegalStateException if a port cannot be opened
     */
    public static Gateway start(
            GatewaySettings settings,
            Trust trust,
            MeterRegistry meters,
            AccessLog log,
            InstantSource clock,
            Consumer<UUID> poke,
            Waker waker) {
        LongSupplier nanos = System::nanoTime;
        int connectionsMax = settings.instances().connectionsMax();
        Routes routes =
                new Routes(route ->
                        new ContainerGate(
                                route,
                                new Meters(meters, route.name(), route.containerId().toString()),
                                connectionsMax,
                                nanos,
                                () -> poke(poke, route.containerId()),
                                waker));
        Guards guards = new Guards(settings, routes, trust.keys(), clock);
        Ledger ledger = new Ledger(log, clock, settings.trustedProxy());
        Crowd crowd = new Crowd(settings.connectionsMax(), nanos);
        Gateway gateway = new Gateway(settings, trust, routes, crowd);
        boolean hasRings = gateway.transport.equals(Doorway.RINGS);
        if (hasRings) {
            Thread.ofPlatform().daemon().name("tcp-state").start(TcpState::prepare);
        }
        try {
            gateway.open(
                    new Shared(
                            settings, guards, new Meters(meters, "", ""), ledger, nanos, hasRings));
        } catch (RuntimeException e) {
            gateway.close();
            throw e;
        }
        return gateway;
    }

    /** The port that is listened on without TLS. */
    public int port() {
        return entrances.getFirst().listen().port();
    }

    /** The port that is listened on with TLS, if one is. */
    public OptionalInt tlsPort() {
        return entrances.stream()
                .filter(entrance -> entrance.tls().isPresent())
                .mapToInt(entrance -> entrance.listen().port())
                .findFirst();
    }

    @Override
    public void publish(Route route) {
        routes.publish(route);
    }

    @Override
    public void withdraw(UUID containerId) {
        routes.withdraw(containerId);
    }

    @Override
    public void incomplete(String because) {
        routes.incomplete(Optional.of(because));
    }

    @Override
    public void complete() {
        routes.incomplete(Optional.empty());
    }

    @Override
    public Traffic read(UUID containerId) {
        return routes.read(containerId);
    }

    @Override
    public Map<String, Integer> inFlight(UUID containerId) {
        ContainerGate gate = routes.find(containerId);
        return gate == null ? Map.of() : gate.inFlightByInstance();
    }

    /**
     * Accepts nothing more, lets requests in progress end within the grace that the settings give,
     * then cuts them. Returns when all is closed; harmless when repeated.
     */
    @Override
    public void close() {
        List<Future<Void>> stopped =
                loops.stream().map(loop -> loop.shutdown(settings.closeGrace())).toList();
        loops.clear();
        await(Future.join(stopped), settings.closeGrace().plus(STOP_TIMEOUT), "stop");
        await(vertx.close(), STOP_TIMEOUT, "close");
    }

    /** How many threads serve: one for each loop. */
    int threads() {
        return (int) loops.stream().map(Loop::thread).distinct().count();
    }

    /**
     * First all loops get their threads, which go round, then they open: what a loop opens takes
     * threads too, so that others deployed after it would share its own.
     */
    private void open(Shared shared) {
        Supplier<Loop> another =
                () -> {
                    loops.add(new Loop(shared, entrances, RandomGenerator.of("L64X128MixRandom")));
                    return loops.getLast();
                };
        DeploymentOptions all = new DeploymentOptions().setInstances(settings.eventLoops());
        Future<?> opened =
                vertx.deployVerticle(another, all)
                        .compose(_ -> Future.join(loops.stream().map(Loop::open).toList()));
        if (!await(opened, START_TIMEOUT, "open")) {
            throw new IllegalStateException("The gateway cannot listen on " + where());
        }
        EventLoops.rest(vertx);
        LOG.atInfo()
                .addKeyValue("listen", where())
                .addKeyValue("port", port())
                .addKeyValue("tls_port", tlsPort().orElse(0))
                .addKeyValue("event_loops", settings.eventLoops())
                .addKeyValue("transport", transport)
                .log("The gateway serves");
    }

    private String where() {
        return entrances.stream()
                .map(entrance -> entrance.listen().toString())
                .collect(Collectors.joining(" and "));
    }

    private static List<Entrance> entrances(ServerSettings server, Trust trust) {
        List<Entrance> all = new ArrayList<>();
        all.add(new Entrance(known(server.gatewayListen()), Optional.empty()));
        server.tlsListen()
                .ifPresent(listen ->
                        all.add(new Entrance(known(listen), trust.certificates().map(Tls::new))));
        return all;
    }

    /**
     * The loops share one port, so that of a port left to the system one is chosen for all of them.
     */
    private static Listen known(Listen listen) {
        if (listen.port() != 0) {
            return listen;
        }
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(listen.host(), 0));
            return new Listen(listen.host(), socket.getLocalPort());
        } catch (IOException e) {
            throw new IllegalStateException(
                    "The gateway cannot listen on " + listen + ": " + e.getMessage(), e);
        }
    }

    /** A request must not suffer from what the poked one does. */
    private static void poke(Consumer<UUID> poke, UUID containerId) {
        try {
            poke.accept(containerId);
        } catch (RuntimeException e) {
            LOG.atWarn().addKeyValue("container_id", containerId).setCause(e).log("A poke failed");
        }
    }

    private static boolean await(Future<?> what, Duration most, String name) {
        try {
            what.toCompletionStage()
                    .toCompletableFuture()
                    .get(most.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.atWarn().addKeyValue("step", name).setCause(e).log("The gateway has trouble");
        }
        return false;
    }
}
