package dev.dormouse.reconcile;

import dev.dormouse.engine.Engine;
import dev.dormouse.engine.EngineException;
import dev.dormouse.engine.EngineException.Kind;
import dev.dormouse.engine.PushedOut;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Freezes and wakes one container's instances, on tasks that tell how it went. */
final class Slumber {
    private static final Logger LOG = LoggerFactory.getLogger(Slumber.class);

    /** Where pushing out won nothing, it will hardly do so soon. */
    private static final Duration NOT_AGAIN_FOR = Duration.ofHours(1);

    /** Until others have been served. */
    private static final Duration SOON = Duration.ofMinutes(1);

    private final Engine engine;
    private final ExecutorService tasks;
    private final Sinker sinker;
    private final Consumer<Report> reports;

    Slumber(Engine engine, ExecutorService tasks, Sinker sinker, Consumer<Report> reports) {
        this.engine = engine;
        this.tasks = tasks;
        this.sinker = sinker;
        this.reports = reports;
    }

    /** In the container's pass. */
    void freeze(Tracked one, Instant now) {
        one.enter(Phase.FREEZING, now);
        tasks.execute(() -> reports.accept(frozen(one.id)));
    }

    /** In the container's pass. A wake that comes meanwhile does not wait for it. */
    void pushOut(Tracked one, Instant now) {
        one.enter(Phase.SINKING, now);
        if (!sinker.takes(() -> reports.accept(pushedOut(one.id)))) {
            one.floats(now.plus(SOON), now);
        }
    }

    /** In the container's pass: what came of it, unless it has been woken meanwhile. */
    void hear(Tracked one, PushedOut memory, Instant now) {
        if (one.phase() != Phase.SINKING) {
            return;
        }
        if (memory.heldBefore() > 0) {
            one.holds(memory.heldAfter());
        }
        if (memory.isWon()) {
            one.enter(Phase.DEEP, now);
        } else {
            one.floats(now.plus(NOT_AGAIN_FOR), now);
        }
    }

    private Report pushedOut(String instanceId) {
        try {
            PushedOut memory = engine.pushOut(instanceId);
            LOG.info(
                    "memory of an instance was pushed out instance={} held_before={} held_after={}",
                    instanceId,
                    memory.heldBefore(),
                    memory.heldAfter());
            return new Report.Sank(instanceId, memory);
        } catch (EngineException e) {
            LOG.warn(
                    "the memory of an instance could not be pushed out instance={} reason={}",
                    instanceId,
                    e.getMessage());
        } catch (RuntimeException | LinkageError e) {
            LOG.error("pushing memory out failed unexpectedly instance={}", instanceId, e);
        }
        return new Report.Sank(instanceId, PushedOut.NOTHING);
    }

    /** In the container's pass. */
    void resume(Tracked one, Instant now) {
        one.enter(Phase.WAKING, now);
        var _ = wake(one.id);
    }

    private Report frozen(String instanceId) {
        try {
            engine.freeze(instanceId);
            return new Report.Frozen(instanceId);
        } catch (EngineException e) {
            LOG.warn(
                    "an instance could not be frozen instance={} reason={}",
                    instanceId,
                    e.getMessage());
            return new Report.NotFrozen(instanceId, String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            LOG.error("freezing an instance failed unexpectedly instance={}", instanceId, e);
            return new Report.NotFrozen(instanceId, "it could not be frozen");
        }
    }

    /** Completes when the instance goes on; waking one twice is harmless. Any thread. */
    CompletableFuture<Void> wake(String instanceId) {
        try {
            return CompletableFuture.runAsync(() -> engine.thaw(instanceId), tasks)
                    .whenComplete((_, failure) -> reports.accept(woken(instanceId, failure)));
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static Report woken(String instanceId, @Nullable Throwable failure) {
        if (failure == null) {
            return new Report.Thawed(instanceId);
        }
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        String message = "it could not be woken: " + cause.getMessage();
        boolean away = cause instanceof EngineException e && e.kind() == Kind.UNREACHABLE;
        return away
                ? new Report.NotThawed(instanceId, message)
                : new Report.Unhealthy(instanceId, message);
    }
}
