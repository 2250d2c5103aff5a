package dev.dormouse.testing;

import dev.dormouse.engine.Capabilities;
import dev.dormouse.engine.Engine;
import dev.dormouse.engine.EngineEvent;
import dev.dormouse.engine.EngineException;
import dev.dormouse.engine.EngineException.Kind;
import dev.dormouse.engine.EngineHealth;
import dev.dormouse.engine.Instance;
import dev.dormouse.engine.Instance.State;
import dev.dormouse.engine.InstanceSpec;
import dev.dormouse.engine.PushedOut;
import dev.dormouse.engine.ResolvedImage;
import dev.dormouse.engine.Swap;
import dev.dormouse.engine.Usage;
import dev.dormouse.model.ExactImage;
import dev.dormouse.model.LogLine;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * An engine in memory that passes the engine's contract, and that tests drive: images appear and
 * fail, starts wait, processes end, the engine itself goes away and comes back. Nothing happens by
 * the passing of time. Safe on any thread.
 */
public final class FakeEngine implements Engine {
    private static final long MEMORY_BYTES = 1L << 40;
    private static final long DEADLINE_SECONDS = 30;

    private final FakeMachine machine;
    private final FakeGate starts = new FakeGate();
    private final FakeGate processes = new FakeGate();
    private final AtomicInteger pushed = new AtomicInteger();
    private final FakeGate pushes = new FakeGate();
    private final FakeGate pulls = new FakeGate();
    private final UUID serverId;
    private final Set<Consumer<EngineEvent>> listeners = ConcurrentHashMap.newKeySet();
    private final Set<Subscription> logs = ConcurrentHashMap.newKeySet();
    private final List<InstanceSpec> started = new CopyOnWriteArrayList<>();
    private final List<Stop> stopped = new CopyOnWriteArrayList<>();
    private final ExecutorService events =
            Executors.newSingleThreadExecutor(Thread.ofVirtual().name("fake-events").factory());
    private volatile Function<InstanceSpec, State.Running> where =
            spec -> new State.Running("127.0.0.1", spec.port());
    private final Map<Call, EngineException> failures = new ConcurrentHashMap<>();
    private final AtomicInteger usageReads = new AtomicInteger();
    private volatile boolean away;

    /** What tests have fail. */
    public enum Call {
        START,
        STOP,
        FREEZE,
        THAW,
        USAGE
    }

    /** A call of {@link Engine#stop}. */
    public record Stop(String instanceId, Duration grace) {}

    /** The only server on a machine of its own, without images. */
    public FakeEngine(InstantSource clock) {
        this(new FakeMachine(clock), UUID.randomUUID());
    }

    private FakeEngine(FakeMachine machine, UUID serverId) {
        this.machine = machine;
        this.serverId = serverId;
        machine.join(this);
    }

    /** Another server on the same machine; with the same id it is this server after a restart. */
    public FakeEngine onSameMachine(UUID otherServerId) {
        return new FakeEngine(machine, otherServerId);
    }

    /** The id that marks this server's instances. */
    public UUID serverId() {
        return serverId;
    }

    /** Puts an image there, or new bytes under the same reference; returns its digest. */
    public String image(String reference, FakeProgram program) {
        return machine.putImage(reference, program);
    }

    /** From now on the reference cannot be resolved, until {@link #image} puts it there. */
    public void failResolve(String reference, EngineException failure) {
        machine.failImage(reference, failure);
    }

    /** From now on every such call fails so. */
    public void fail(Call call, EngineException failure) {
        failures.put(call, failure);
    }

    /** Such calls succeed again. */
    public void allow(Call call) {
        failures.remove(call);
    }

    /** Where starts wait while a test holds them, before there is an instance. */
    public FakeGate starts() {
        return starts;
    }

    /** Where they wait once the instance is created, before its process runs. */
    public FakeGate processes() {
        return processes;
    }

    /** Where images wait to be resolved or restored. */
    public FakeGate pulls() {
        return pulls;
    }

    /** Where memory waits to be pushed out. */
    public FakeGate pushing() {
        return pushes;
    }

    /** The engine loses an image, as by {@code docker image prune}; its registry still has it. */
    public void prune(String digest) {
        machine.prune(digest);
    }

    /** Its registry loses an image too. */
    public void withdraw(String digest) {
        machine.withdraw(digest);
    }

    /** How often an instance was measured. */
    public int usageReads() {
        return usageReads.get();
    }

    /** From now on the machine has this to push memory out to. */
    public void swapsTo(Swap swap) {
        machine.swapsTo(swap);
    }

    /** Of what an instance holds so many hundredths can be pushed out from now on. */
    public void pushesOut(int hundredths) {
        machine.pushesOut(hundredths);
    }

    /** How often memory was pushed out. */
    public int pushes() {
        return pushed.get();
    }

    /** From now on the machine has hardly any memory left, or again enough. */
    public void isShortOfMemory(boolean isShort) {
        machine.isShort(isShort);
    }

    /** From now on instances with sandbox v2 have their own kernel, and keep what they hold. */
    public void keepsApart() {
        machine.keepsApart(true);
    }

    /** The machine has so many CPUs. */
    public void cpus(int count) {
        machine.cpus(count);
    }

    /** Says where instances started from now on are to be reached. */
    public void reachAt(Function<InstanceSpec, State.Running> address) {
        where = address;
    }

    /** A running or ended instance, to be driven. */
    public FakeProcess process(String instanceId) {
        return machine.find(serverId, instanceId)
                .orElseThrow(() -> new NoSuchElementException(instanceId));
    }

    /** Everything that was started, in order. */
    public List<InstanceSpec> started() {
        return List.copyOf(started);
    }

    /** Every stop that was asked for, in order. */
    public List<Stop> stopped() {
        return List.copyOf(stopped);
    }

    /** The engine stops answering; its instances run on. */
    public void goAway() {
        away = true;
    }

    /** The engine answers again. */
    public void comeBack() {
        away = false;
        listeners.forEach(listener -> deliver(listener, new EngineEvent.Resync()));
    }

    /** Returns once every event so far has been taken by the listeners. */
    public void settle() throws InterruptedException, ExecutionException, TimeoutException {
        events.submit(() -> {}).get(DEADLINE_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public Capabilities capabilities() {
        return new Capabilities(
                "an engine in memory",
                true,
                true,
                true,
                MEMORY_BYTES,
                machine.cpus(),
                true,
                machine.swap(),
                false);
    }

    @Override
    public EngineHealth health() {
        return new EngineHealth(
                "an engine in memory", !away, Instant.EPOCH, away ? "the engine is away" : "");
    }

    @Override
    public ResolvedImage resolve(String image) {
        checkThere();
        pulls.pass();
        return machine.resolve(image);
    }

    @Override
    public ResolvedImage restore(ExactImage image) {
        checkThere();
        pulls.pass();
        return machine.restore(image);
    }

    @Override
    public Instance start(InstanceSpec spec, Runnable whenCreated) {
        checkThere();
        starts.pass();
        check(Call.START);
        machine.checkCreation(serverId, spec);
        whenCreated.run();
        processes.pass();
        FakeProcess process = machine.start(serverId, spec, this);
        started.add(spec);
        return process.seen();
    }

    @Override
    public void freeze(String instanceId) {
        checkThere();
        check(Call.FREEZE);
        machine.find(serverId, instanceId).ifPresent(process -> process.freeze(true));
    }

    @Override
    public void thaw(String instanceId) {
        checkThere();
        check(Call.THAW);
        machine.find(serverId, instanceId).ifPresent(process -> process.freeze(false));
    }

    @Override
    public Usage usage(String instanceId) {
        checkThere();
        check(Call.USAGE);
        usageReads.incrementAndGet();
        return machine.find(serverId, instanceId)
                .flatMap(FakeProcess::usage)
                .orElseThrow(() -> new EngineException(Kind.REFUSED, "it does not run"));
    }

    @Override
    public PushedOut pushOut(String instanceId) {
        checkThere();
        Optional<FakeProcess> process =
                machine.find(serverId, instanceId).filter(FakeProcess::isFrozen);
        if (process.isEmpty()) {
            return PushedOut.NOTHING;
        }
        machine.checkSinking(process.get());
        pushed.incrementAndGet();
        pushes.pass();
        return process.get().pushOut(machine.pushedOut());
    }

    @Override
    public boolean isShortOfMemory() {
        return machine.isShort();
    }

    @Override
    public void stop(String instanceId, Duration grace) {
        checkThere();
        check(Call.STOP);
        stopped.add(new Stop(instanceId, grace));
        machine.find(serverId, instanceId).ifPresent(machine::remove);
    }

    @Override
    public List<Instance> list() {
        checkThere();
        return machine.of(serverId).stream().map(FakeProcess::seen).toList();
    }

    @Override
    public List<Instance> list(UUID containerId) {
        return list().stream().filter(one -> one.containerId().equals(containerId)).toList();
    }

    @Override
    public Subscription watch(Consumer<EngineEvent> listener) {
        Consumer<EngineEvent> own = event -> listener.accept(event);
        listeners.add(own);
        return () -> listeners.remove(own);
    }

    @Override
    public Subscription logs(
            String instanceId, Instant since, Consumer<LogLine> sink, Runnable whenEnded) {
        checkThere();
        Optional<FakeProcess> process = machine.find(serverId, instanceId);
        if (process.isEmpty()) {
            whenEnded.run();
            return () -> {};
        }
        FakeLogs follower = process.get().follow(since, sink, whenEnded);
        logs.add(follower);
        return () -> {
            logs.remove(follower);
            follower.close();
        };
    }

    @Override
    public void purge() {
        checkThere();
        machine.of(serverId).forEach(machine::remove);
    }

    @Override
    public void close() {
        listeners.clear();
        logs.forEach(Subscription::close);
        events.shutdownNow();
    }

    State.Running whereOf(InstanceSpec spec) {
        return where.apply(spec);
    }

    void tell(FakeProcess process) {
        if (process.serverId().equals(serverId) && !away) {
            UUID container = process.spec().containerId();
            listeners.forEach(listener -> deliver(listener, new EngineEvent.Changed(container)));
        }
    }

    private void deliver(Consumer<EngineEvent> listener, EngineEvent event) {
        if (!events.isShutdown()) {
            events.execute(() -> {
                if (listeners.contains(listener)) {
                    listener.accept(event);
                }
            });
        }
    }

    private void check(Call call) {
        EngineException failure = failures.get(call);
        if (failure != null) {
            throw failure;
        }
    }

    private void checkThere() {
        if (away) {
            throw new EngineException(Kind.UNREACHABLE, "the engine cannot be reached");
        }
    }
}
