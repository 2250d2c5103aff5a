package dev.dormouse.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.auth.KeyRing;
import dev.dormouse.config.ServerSettings;
import dev.dormouse.config.Source;
import dev.dormouse.engine.Engine;
import dev.dormouse.engine.docker.DockerEngine;
import dev.dormouse.engine.docker.DockerSettings;
import dev.dormouse.gateway.Gateway;
import dev.dormouse.gateway.GatewaySettings;
import dev.dormouse.model.Container;
import dev.dormouse.model.Status;
import dev.dormouse.model.Workload;
import dev.dormouse.reconcile.ReconcileSettings;
import dev.dormouse.reconcile.Reconciler;
import dev.dormouse.store.Store;
import dev.dormouse.store.StoreSettings;
import dev.dormouse.telemetry.AccessLog;
import dev.dormouse.telemetry.AccessSettings;
import dev.dormouse.telemetry.ContainerLogs;
import dev.dormouse.telemetry.Metrics;
import dev.dormouse.telemetry.TelemetrySettings;
import dev.dormouse.testing.Samples;
import dev.dormouse.testing.TestImages;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Requests that come whenever an instance is about to be frozen, is being frozen, or has just been:
 * with the gateway, the control loop and the engine of the server, but in this process, so that the
 * loop's clock can run faster than the world's.
 */
@Timeout(300)
class FreezeRaceIT {
    private static final int CONTAINERS = 16;
    private static final int TRIES = 10_000;
    private static final long MEMORY_BYTES = 128_000_000;
    private static final int MVCPU = 500;

    /** Twice what an instance usually takes from one request to standing still. */
    private static final long PAUSE_NANOS_MAX = Duration.ofMillis(120).toNanos();

    private static final int CLOCK_FACTOR = 50;
    private static final Duration LOOK_EVERY = Duration.ofMillis(3);
    private static final Duration LOST = Duration.ofSeconds(20);

    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final AtomicInteger freezes = new AtomicInteger();
    private final List<UUID> containers =
            Stream.generate(UUID::randomUUID).limit(CONTAINERS).toList();
    private Reconciler reconciler;
    private Gateway gateway;
    private Store store;
    private ServerSettings server;
    private volatile boolean isOver;

    @BeforeEach
    void start(@TempDir Path folder) throws IOException {
        Instant began = Instant.now();
        long nanos = System.nanoTime();
        InstantSource fast = () -> began.plusNanos(CLOCK_FACTOR * (System.nanoTime() - nanos));
        Source source = new Source(settings(folder));
        server = ServerSettings.from(source, Map.of());
        Metrics metrics = new Metrics();
        ContainerLogs logs =
                opened(new ContainerLogs(new TelemetrySettings(folder.resolve("logs"), 1_000_000)));
        store = opened(Store.open(new StoreSettings(folder, 256, Duration.ofSeconds(20), 4)));
        DockerEngine docker =
                opened(
                        DockerEngine.connect(
                                DockerSettings.from(source),
                                UUID.randomUUID(),
                                InstantSource.system()));
        open.push(docker::purge);
        gateway =
                opened(
                        Gateway.start(
                                GatewaySettings.from(source, server),
                                new Gateway.Trust(new KeyRing(List.of()), Optional.empty()),
                                metrics.registry(),
                                opened(
                                        AccessLog.open(
                                                AccessSettings.from(source, server),
                                                metrics.registry())),
                                InstantSource.system(),
                                id -> reconciler.poke(id),
                                (id, instance) -> reconciler.wake(id, instance)));
        reconciler =
                opened(
                        new Reconciler(
                                ReconcileSettings.from(source),
                                server,
                                new Reconciler.Parts(store, counting(docker), logs, metrics),
                                gateway,
                                gateway,
                                new Reconciler.Chances(
                                        fast, InstantSource.system(), new Random())));
        reconciler.start();
    }

    private static Map<String, String> settings(Path folder) {
        Map<String, String> settings = new HashMap<>();
        settings.put("DORMOUSE_DATA_DIR", folder.toString());
        settings.put("DORMOUSE_GATEWAY_LISTEN", "127.0.0.1:0");
        settings.put("DORMOUSE_GATEWAY_TLS_LISTEN", "off");
        settings.put("DORMOUSE_IDLE_AFTER", "1s");
        settings.put("DORMOUSE_SCALE_DOWN_AFTER", "1s");
        settings.put("DORMOUSE_SLEEP", "freeze");
        settings.put("DORMOUSE_STOP_GRACE", "1s");
        return settings;
    }

    private <T extends AutoCloseable> T opened(T one) {
        open.push(one);
        return one;
    }

    /** The same engine; that it was asked to freeze is counted. */
    private Engine counting(Engine engine) {
        return (Engine)
                Proxy.newProxyInstance(
                        Engine.class.getClassLoader(),
                        new Class<?>[] {Engine.class},
                        (_, method, arguments) -> {
                            if (method.getName().equals("freeze")) {
                                freezes.incrementAndGet();
                            }
                            try {
                                return method.invoke(engine, arguments);
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
    }

    @AfterEach
    void stop() throws Exception {
        isOver = true;
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }

    @Test
    void noRequestIsLostAndNoneIsServedByAnotherStart() throws Exception {
        List<String> hosts = deploy();
        Thread.ofVirtual().start(this::hurry);
        List<Callable<Long>> callers = new ArrayList<>();
        for (String host : hosts) {
            callers.add(() -> call(host, TRIES / CONTAINERS));
        }

        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Long> caller : threads.invokeAll(callers)) {
                assertThat(caller.get()).isLessThan(LOST.toNanos());
            }
        }

        for (UUID container : containers) {
            assertThat(reconciler.starts(container)).hasSize(1);
        }
        assertThat(freezes).as("freezes that it raced with").hasValueGreaterThan(TRIES / 10);
    }

    /** The loop's alarms go by the world's clock, so it is told to look. */
    private void hurry() {
        while (!isOver) {
            containers.forEach(reconciler::poke);
            LockSupport.parkNanos(LOOK_EVERY.toNanos());
        }
    }

    private Long call(String host, int times) throws Exception {
        Random random = new Random();
        long slowest = 0;
        try (HttpClient client = HttpClient.newHttpClient()) {
            String first = ask(client, host).body();
            for (int i = 0; i < times; i++) {
                LockSupport.parkNanos(random.nextLong(PAUSE_NANOS_MAX));
                long began = System.nanoTime();
                HttpResponse<String> answer = ask(client, host);
                slowest = Math.max(slowest, System.nanoTime() - began);
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
                assertThat(answer.body()).isEqualTo(first);
            }
        }
        return slowest;
    }

    private HttpResponse<String> ask(HttpClient client, String host) throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/".formatted(gateway.port())))
                        .version(HttpClient.Version.HTTP_1_1)
                        .header("Host", host)
                        .timeout(LOST)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** The hosts of as many containers, each with an instance. */
    private List<String> deploy() {
        store.write(tables -> {
            tables.namespaces().insert(Samples.namespace());
            for (int i = 0; i < CONTAINERS; i++) {
                tables.containers().insert(container(containers.get(i), "racer-" + i));
            }
            return true;
        });
        containers.forEach(reconciler::changed);
        List<Container> all =
                Awaitility.await("all are ready")
                        .atMost(Duration.ofSeconds(90))
                        .until(
                                () -> store.read(tables -> tables.containers().all()),
                                found ->
                                        found.stream()
                                                .allMatch(one -> one.status() == Status.READY));
        return all.stream()
                .map(one -> server.endpoints().hostOf(one.hostLabel(), one.region()))
                .toList();
    }

    private static Container container(UUID id, String name) {
        Container sample = Samples.container();
        Workload workload = sample.workload();
        return new Container(
                id,
                sample.region(),
                sample.organizationId(),
                sample.projectId(),
                sample.namespaceId(),
                sample.namespaceName(),
                name,
                sample.description(),
                sample.tags(),
                new Workload(
                        TestImages.server(),
                        workload.pin(),
                        workload.command(),
                        workload.args(),
                        workload.environment(),
                        workload.secretEnvironment(),
                        workload.port(),
                        workload.protocol(),
                        workload.sandbox(),
                        MEMORY_BYTES,
                        MVCPU,
                        workload.localStorageLimitBytes(),
                        workload.privateNetworkId(),
                        workload.livenessProbe(),
                        workload.startupProbe()),
                sample.service(),
                sample.generation(),
                sample.status(),
                sample.errorMessage(),
                sample.createdAt(),
                sample.updatedAt());
    }
}
