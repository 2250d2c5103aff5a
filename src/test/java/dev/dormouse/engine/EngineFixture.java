package dev.dormouse.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.engine.Engine.Subscription;
import dev.dormouse.engine.Instance.State;
import dev.dormouse.model.LogLine;
import dev.dormouse.model.Sandbox;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A server on an engine under test, and how to wait for what happens there. */
abstract class EngineFixture {
    protected static final long DEADLINE_SECONDS = 30;
    protected static final Duration NO_GRACE = Duration.ZERO;
    protected static final int PORT = 8080;

    static final long MEMORY_BYTES = 64L << 20;
    static final long STORAGE_BYTES = 256L << 20;
    static final Instant BEGINNING = Instant.EPOCH;

    protected final UUID serverId = UUID.randomUUID();
    protected final UUID container = UUID.randomUUID();
    protected final BlockingQueue<EngineEvent> events = new LinkedBlockingQueue<>();
    private final List<Engine> engines = new ArrayList<>();
    private int instances;

    /** The engine under test, connected before each test; each has a server id of its own. */
    @SuppressWarnings("NullAway.Init")
    protected Engine engine;

    /** Connects to the engine as this server. */
    protected abstract Engine connect(UUID asServer);

    /** A reference to the test server's image. */
    protected abstract String image();

    /** Makes the reference, which nobody has, name other bytes than before each time. */
    protected abstract void publish(String reference);

    /** Gives the engine's machine compressed swap until it is closed. */
    protected abstract AutoCloseable swap();

    /** How the instances are kept apart from the machine. */
    protected Sandbox sandbox() {
        return Sandbox.V1;
    }

    /** Of the time that a program is told it has computed, how much it has, in hundredths. */
    protected int hundredthsComputed() {
        return 100;
    }

    @BeforeEach
    void connectAndWatch() {
        engine = connected(serverId);
        engine.watch(events::add);
    }

    @AfterEach
    void leaveNothingBehind() {
        for (Engine one : engines) {
            one.purge();
            one.close();
        }
    }

    protected final Engine connected(UUID asServer) {
        Engine connected = connect(asServer);
        engines.add(connected);
        return connected;
    }

    /** An engine that the test closed itself. */
    final void forget(Engine closed) {
        engines.remove(closed);
    }

    protected final InstanceSpec spec(String... args) {
        return specOf(container, args);
    }

    protected final InstanceSpec specOf(UUID containerId, String... args) {
        instances++;
        return new InstanceSpec(
                "hello-" + instances,
                containerId,
                instances,
                engine.resolve(image()).digest(),
                List.of(),
                List.of(args),
                Map.of("PORT", Integer.toString(PORT)),
                PORT,
                MEMORY_BYTES,
                500,
                STORAGE_BYTES,
                sandbox());
    }

    protected static InstanceSpec withCommand(InstanceSpec spec, String... command) {
        return new InstanceSpec(
                spec.instanceId(),
                spec.containerId(),
                spec.revision(),
                spec.image(),
                List.of(command),
                spec.args(),
                spec.environment(),
                spec.port(),
                spec.memoryLimitBytes(),
                spec.mvcpuLimit(),
                spec.localStorageLimitBytes(),
                spec.sandbox());
    }

    protected static InstanceSpec of(InstanceSpec spec, Sandbox sandbox) {
        return new InstanceSpec(
                spec.instanceId(),
                spec.containerId(),
                spec.revision(),
                spec.image(),
                spec.command(),
                spec.args(),
                spec.environment(),
                spec.port(),
                spec.memoryLimitBytes(),
                spec.mvcpuLimit(),
                spec.localStorageLimitBytes(),
                sandbox);
    }

    static InstanceSpec withImage(InstanceSpec spec, String image) {
        return new InstanceSpec(
                spec.instanceId(),
                spec.containerId(),
                spec.revision(),
                image,
                spec.command(),
                spec.args(),
                spec.environment(),
                spec.port(),
                spec.memoryLimitBytes(),
                spec.mvcpuLimit(),
                spec.localStorageLimitBytes(),
                spec.sandbox());
    }

    /** Looks at the instances, and again after each event, until they are as expected. */
    protected final List<Instance> awaitInstances(Predicate<List<Instance>> expected)
            throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
        List<Instance> seen = engine.list();
        while (!expected.test(seen)) {
            EngineEvent event = events.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            assertThat(event).as("an event that changes %s", seen).isNotNull();
            seen = engine.list();
        }
        return seen;
    }

    /** Measures the instance until it uses what is expected. */
    protected final Usage awaitUsage(Instance instance, Predicate<Usage> expected) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
        Usage used = engine.usage(instance.id());
        while (!expected.test(used)) {
            assertThat(System.nanoTime()).as("still uses %s", used).isLessThan(end);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
            used = engine.usage(instance.id());
        }
        return used;
    }

    protected final State awaitEnd(String instanceId) throws InterruptedException {
        return awaitInstances(all ->
                        all.stream()
                                .anyMatch(one ->
                                        one.id().equals(instanceId)
                                                && one.state() instanceof State.Exited))
                .stream()
                .filter(one -> one.id().equals(instanceId))
                .map(Instance::state)
                .findFirst()
                .orElseThrow();
    }

    protected final List<LogLine> awaitLines(String instanceId, Instant since, int count)
            throws InterruptedException {
        BlockingQueue<LogLine> lines = new LinkedBlockingQueue<>();
        List<LogLine> read = new ArrayList<>();
        try (Subscription _ = engine.logs(instanceId, since, lines::add)) {
            while (read.size() < count) {
                LogLine line = lines.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
                assertThat(line).as("a line after %s", read).isNotNull();
                read.add(line);
            }
        }
        return read;
    }
}
