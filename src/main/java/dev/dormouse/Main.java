package dev.dormouse;

import dev.dormouse.api.Api;
import dev.dormouse.auth.FirstStart;
import dev.dormouse.auth.KeyRing;
import dev.dormouse.config.ConfigException;
import dev.dormouse.config.Listen;
import dev.dormouse.doctor.Doctor;
import dev.dormouse.doctor.DoctorCommand;
import dev.dormouse.engine.Engine;
import dev.dormouse.engine.EngineException;
import dev.dormouse.engine.Usage;
import dev.dormouse.engine.docker.DockerCheckup;
import dev.dormouse.engine.docker.DockerEngine;
import dev.dormouse.gateway.Gateway;
import dev.dormouse.model.Waker;
import dev.dormouse.reconcile.Reconciler;
import dev.dormouse.reconcile.SteadyClock;
import dev.dormouse.store.Store;
import dev.dormouse.store.StoreException;
import dev.dormouse.telemetry.AccessLog;
import dev.dormouse.telemetry.AuditLog;
import dev.dormouse.telemetry.ContainerLogs;
import dev.dormouse.telemetry.Metrics;
import dev.dormouse.tls.Certificates;
import dev.dormouse.tls.TlsException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Builds every long-lived object in dependency order, starts them, and stops them in reverse. */
public final class Main implements AutoCloseable {
    private static final int FAILED = 1;
    private static final int WRONG_USAGE = 2;

    private final Deque<AutoCloseable> running = new ArrayDeque<>();

    private Main() {}

    /**
     * Without an argument: serves until SIGTERM, which leaves instances running. With {@code down}:
     * removes all that the server of this data directory ever made on the engine. With {@code
     * doctor}: tells whether this machine has what a server needs.
     */
    public static void main(String[] arguments) {
        // else every library is opened to look for one
        System.setProperty("slf4j.provider", "ch.qos.logback.classic.spi.LogbackServiceProvider");
        System.setProperty("slf4j.internal.verbosity", "WARN"); // which would tell of that
        try {
            Settings settings = Settings.from(System.getenv());
            switch (arguments.length == 0 ? "" : arguments[0]) {
                case "" -> serve(settings);
                case "down" -> down(settings);
                case "doctor" -> doctor(settings, arguments);
                default -> end(WRONG_USAGE, "usage: no argument to serve, down, or doctor");
            }
        } catch (ConfigException e) {
            end(WRONG_USAGE, e.getMessage());
        } catch (StoreException | EngineException | TlsException | IllegalStateException e) {
            end(FAILED, e.getMessage());
        }
    }

    private static void serve(Settings settings) {
        Main server = new Main();
        CountDownLatch ended = new CountDownLatch(1);
        Runtime.getRuntime()
                .addShutdownHook(
                        Thread.ofPlatform()
                                .unstarted(() -> {
                                    server.close();
                                    ended.countDown();
                                }));
        server.start(settings, InstantSource.system());
        try {
            ended.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void start(Settings settings, InstantSource clock) {
        SecureRandom random = new SecureRandom();
        DataDirectory directory = opened(DataDirectory.take(settings.server().dataDir()));
        // Opened first, for it gets to know its engine while the rest is built; the store beside
        // it.
        CompletableFuture<Store> opening = beside(() -> opened(Store.open(settings.store())));
        DockerEngine engine =
                opened(DockerEngine.open(settings.docker(), directory.serverId(), clock));
        Metrics metrics = new Metrics();
        Optional<X509ExtendedKeyManager> certificates = certificates(settings, clock, random);
        Store store = made(opening);
        FirstStart firstStart = new FirstStart(settings.server().dataDir(), clock, random);
        firstStart.ensureKey(
                store.read(tables -> tables.keys().all()),
                settings.server().apiListen(),
                key ->
                        store.write(tables -> {
                            tables.keys().insert(key);
                            return key;
                        }));
        KeyRing keys = new KeyRing(store.read(tables -> tables.keys().all()));
        AuditLog audit = opened(new AuditLog(settings.audit(), metrics.registry()));
        ContainerLogs logs = opened(new ContainerLogs(settings.telemetry()));

        // The one circle: the gateway calls the loop, which publishes to the gateway.
        AtomicReference<Consumer<UUID>> poke = new AtomicReference<>(_ -> {});
        AtomicReference<Waker> waker = new AtomicReference<>(Waker.NOBODY);
        Gateway gateway =
                opened(
                        Gateway.start(
                                settings.gateway(),
                                new Gateway.Trust(keys, certificates),
                                metrics.registry(),
                                opened(AccessLog.open(settings.access(), metrics.registry())),
                                clock,
                                id -> poke.get().accept(id),
                                (id, instance) -> waker.get().wake(id, instance)));
        Reconciler reconciler =
                opened(
                        new Reconciler(
                                settings.reconcile(),
                                settings.server(),
                                new Reconciler.Parts(store, engine, logs, metrics),
                                gateway,
                                gateway,
                                new Reconciler.Chances(
                                        new SteadyClock(clock, System::nanoTime), clock, random)));
        poke.set(reconciler::poke);
        waker.set(reconciler::wake);
        reconciler.start();
        Api api =
                Api.start(
                        settings.api(),
                        settings.server(),
                        new Api.State(store, keys, logs, audit, metrics),
                        new Api.Loop(
                                reconciler::changed,
                                reconciler::activity,
                                reconciler::starts,
                                reconciler::awake,
                                engine::health,
                                instance -> usage(engine, instance),
                                () -> engine.capabilities().freezesDirectly(),
                                engine::warnings),
                        new Api.Chances(clock, random));
        opened(() -> closeTogether(gateway, api));
        firstStart.refreshUrl(new Listen(settings.server().apiListen().host(), api.port()));
        log().info(
                        "serving api={} gateway={} tls={} engine=\"{}\"",
                        settings.server().apiListen(),
                        settings.server().gatewayListen(),
                        settings.server().tlsListen().map(Listen::toString).orElse("off"),
                        engine.health().description());
    }

    /** Empty where the engine would have to be asked, which takes seconds. */
    private static Optional<Usage> usage(Engine engine, String instanceId) {
        try {
            return engine.health().answers() && engine.capabilities().freezesDirectly()
                    ? Optional.of(engine.usage(instanceId))
                    : Optional.empty();
        } catch (EngineException gone) {
            return Optional.empty();
        }
    }

    /** None is needed where nobody listens with TLS. */
    private Optional<X509ExtendedKeyManager> certificates(
            Settings settings, InstantSource clock, SecureRandom random) {
        return settings.server()
                .tlsListen()
                .map(_ -> opened(Certificates.open(settings.tls(), clock, random)).keyManager());
    }

    private static <T> CompletableFuture<T> beside(Supplier<T> making) {
        return CompletableFuture.supplyAsync(making, task -> Thread.ofPlatform().start(task));
    }

    /** Waits as long as the making takes; what was thrown there is thrown on. */
    private static <T> T made(CompletableFuture<T> making) {
        try {
            return making.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    private <T extends AutoCloseable> T opened(T one) {
        synchronized (running) {
            running.push(one);
        }
        return one;
    }

    /** Stops in reverse; the gateway finishes what it is doing, and instances go on running. */
    @Override
    public void close() {
        synchronized (running) {
            while (!running.isEmpty()) {
                AutoCloseable one = running.pop();
                try {
                    one.close();
                } catch (Exception e) {
                    log().warn("closing failed part={}", one.getClass().getSimpleName(), e);
                }
            }
        }
    }

    /** Both at once, and before the loop: who waits for an instance still gets one from it. */
    private static void closeTogether(Gateway gateway, Api api) throws InterruptedException {
        Thread other = Thread.ofVirtual().start(api::close);
        gateway.close();
        other.join();
    }

    private static void down(Settings settings) {
        try (DataDirectory directory = DataDirectory.take(settings.server().dataDir());
                DockerEngine engine =
                        DockerEngine.connect(
                                settings.docker(), directory.serverId(), InstantSource.system())) {
            engine.purge();
        } catch (java.io.IOException e) {
            throw new IllegalStateException(
                    "the data directory cannot be let go: " + e.getMessage(), e);
        }
    }

    private static void doctor(Settings settings, String[] arguments) {
        // its findings are its output, and say whatever a line of the log would
        System.setProperty("dormouse.log.level", "OFF");
        Doctor doctor =
                Doctor.of(
                        settings.server(),
                        settings.docker().host(),
                        () -> DockerCheckup.ask(settings.docker()),
                        InstantSource.system());
        System.exit(
                DoctorCommand.run(
                        doctor,
                        new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                        new PrintWriter(System.err, true, StandardCharsets.UTF_8),
                        Arrays.copyOfRange(arguments, 1, arguments.length)));
    }

    /** Not a constant: settings decide how it logs, and are read first. */
    private static Logger log() {
        return LoggerFactory.getLogger(Main.class);
    }

    @SuppressWarnings("SystemOut")
    private static void end(int status, @Nullable String message) {
        System.err.println(message);
        System.exit(status);
    }
}
