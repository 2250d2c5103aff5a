package dev.dormouse.engine.docker;

import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.Container;
import dev.dormouse.engine.EngineException;
import dev.dormouse.engine.EngineException.Kind;
import dev.dormouse.engine.InstanceSpec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Keeps a few sandboxes ready, each for one instance, and takes away those that have served. They
 * are made when no start is under way, on the bridge where the next instance will live. Safe on any
 * thread.
 */
final class Sandboxes implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Sandboxes.class);

    /** An instance that has just started has the machine to itself so long. */
    private static final Duration QUIET = Duration.ofMillis(200);

    /**
     * What is left over goes when there was no start for so long: nobody waits for that, and a
     * server that was killed leaves all that it had ready to one that has much to do.
     */
    private static final Duration LONG_QUIET = Duration.ofSeconds(2);

    /** Where starts never end, something is done so often. */
    private static final Duration QUIET_PATIENCE = Duration.ofSeconds(2);

    /** A server that ends waits so long for one that is being made. */
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(2);

    private final Session session;
    private final Bridges bridges;
    private final SandboxMaker maker;
    private final SandboxLedger ledger;
    private final Thread keeper = Thread.ofVirtual().name("docker-sandboxes").unstarted(this::run);
    private final Semaphore causes = new Semaphore(0);

    /** Held while one is made. */
    private final Semaphore making = new Semaphore(1);

    private final Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(1));

    /** For the keeper alone. */
    private boolean troubled;

    /**
     * @param most how many are kept ready on a bridge, at most
     */
    Sandboxes(Session session, Bridges bridges, SandboxMaker maker, int most) {
        this.session = session;
        this.bridges = bridges;
        this.maker = maker;
        this.ledger = new SandboxLedger(most, System.nanoTime());
    }

    void start() {
        keeper.start();
    }

    /** A start begins. */
    void startBegins() {
        ledger.startBegins();
    }

    /** The instance's start is over, however it went. */
    void startEnds(String instanceId) {
        ledger.startEnds(instanceId, System.nanoTime());
        causes.release();
    }

    /** One that is ready on the bridge, for this instance alone. */
    Optional<Sandbox> take(String network, InstanceSpec spec) {
        return ledger.take(network, spec.containerId(), spec.instanceId());
    }

    /** The instance runs in it; returns false if it has ended meanwhile. */
    boolean settle(Sandbox sandbox) {
        return ledger.settle(sandbox.dockerId());
    }

    /** The instance is gone, if ever there was one, and its sandbox goes too. */
    void endOf(String instanceId) {
        ledger.sandboxOf(instanceId).ifPresent(this::end);
    }

    /** The instance in it is gone; if it cannot be removed now, it is later. */
    void end(String dockerId) {
        ledger.end(dockerId);
        remove(dockerId, maker::remove);
    }

    private void remove(String dockerId, Consumer<String> how) {
        try {
            how.accept(dockerId);
            ledger.gone(dockerId);
        } catch (DockerException | EngineException e) {
            LOG.atDebug().setCause(e).log("a sandbox could not be removed yet");
        }
    }

    /** One has ended; returns the container whose instance lived in it. */
    Optional<UUID> died(String dockerId) {
        Optional<UUID> containerId = ledger.died(dockerId);
        causes.release();
        return containerId;
    }

    /** Whether nothing lives in it any more, though it may run. */
    boolean isDoomed(String dockerId) {
        return ledger.isDoomed(dockerId);
    }

    /** What there is to know before the engine is asked for a list. */
    SandboxLedger.Known known() {
        return ledger.known();
    }

    /** Takes over what a list of all of this server's containers shows. */
    void observed(SandboxLedger.Known before, List<Container> listed) {
        ledger.observed(before, SandboxList.of(listed));
        causes.release();
    }

    /** Makes no more until the next start, and knows of none. */
    void clear() {
        awaitMaking();
        try {
            ledger.clear();
        } finally {
            making.release();
        }
    }

    /** The image, which all servers of an engine share, unless another uses it. */
    void removeImage() {
        maker.removeImage();
    }

    private void awaitMaking() {
        try {
            Duration most = session.settings().startTimeout().multipliedBy(2);
            if (!making.tryAcquire(most.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new EngineException(Kind.UNREACHABLE, "a sandbox is being made for too long");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineException(Kind.UNREACHABLE, "interrupted", e);
        }
    }

    @Override
    public void close() {
        try {
            making.tryAcquire(CLOSE_PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        keeper.interrupt();
    }

    private void run() {
        try {
            while (true) {
                causes.acquire();
                causes.drainPermits();
                round();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void round() throws InterruptedException {
        boolean isFilled = succeeds(this::fill);
        boolean isClean = succeeds(this::clean);
        if (isFilled && isClean) {
            troubled = false;
            backoff.reset();
        } else {
            backoff.pause();
            causes.release();
        }
    }

    private interface Work {
        void run() throws InterruptedException;
    }

    private boolean succeeds(Work work) throws InterruptedException {
        try {
            work.run();
            return true;
        } catch (DockerException | EngineException e) {
            LOG.atLevel(troubled ? Level.DEBUG : Level.WARN)
                    .addKeyValue("reason", e.getMessage())
                    .log("no sandboxes can be kept ready; starts take longer until they can");
            troubled = true;
            bridges.forget();
        } catch (RuntimeException e) {
            LOG.atError().setCause(e).log("keeping sandboxes failed unexpectedly");
        }
        return false;
    }

    private void clean() throws InterruptedException {
        if (!ledger.doomed().isEmpty()) {
            awaitQuiet(LONG_QUIET);
            ledger.doomed().forEach(one -> remove(one, maker::clear));
        }
    }

    private void fill() throws InterruptedException {
        Optional<String> lacking = lacking();
        while (lacking.isPresent()) {
            awaitQuiet(QUIET);
            making.acquire();
            try {
                lacking = lacking();
                lacking.ifPresent(this::make);
            } finally {
                making.release();
            }
        }
    }

    /** The bridge where the next instance will live, if it has too few. */
    private Optional<String> lacking() {
        return bridges.next().filter(ledger::wantsMore);
    }

    private void make(String network) {
        String name = session.nameOf("sandbox-" + UUID.randomUUID().toString().substring(0, 8));
        ledger.making(name);
        try {
            ledger.made(maker.make(name, network));
        } finally {
            ledger.making("");
        }
    }

    private void awaitQuiet(Duration quiet) throws InterruptedException {
        long end = System.nanoTime() + QUIET_PATIENCE.toNanos();
        long now = System.nanoTime();
        long rest = ledger.restUntilQuiet(quiet, now);
        while (rest > 0 && now < end) {
            Thread.sleep(Duration.ofNanos(rest));
            now = System.nanoTime();
            rest = ledger.restUntilQuiet(quiet, now);
        }
    }
}
