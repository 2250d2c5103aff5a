package dev.dormouse.reconcile;

import dev.dormouse.engine.Engine;
import dev.dormouse.engine.EngineException;
import dev.dormouse.telemetry.ContainerLogs;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries what instances write from the engine into the kept logs, going on where the last server
 * left off.
 */
final class InstanceLogs implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(InstanceLogs.class);

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Engine engine;
    private final ContainerLogs kept;
    private final Instant openedAt;
    private final Map<String, Reading> readings = new ConcurrentHashMap<>();

    /**
     * @param openedAt instances made before this may have lines that an earlier server kept
     */
    InstanceLogs(Engine engine, ContainerLogs kept, Instant openedAt) {
        this.engine = engine;
        this.kept = kept;
        this.openedAt = openedAt;
    }

    /** One instance's output being carried. */
    private static final class Reading {
        final CountDownLatch ended = new CountDownLatch(1);
        Engine.@Nullable Subscription subscription;
    }

    /**
     * Begins to carry the instance's output, unless that is done already; blocks while the engine
     * is asked.
     */
    void attach(UUID containerId, String instanceId, Instant createdAt) {
        Reading reading = new Reading();
        if (readings.putIfAbsent(instanceId, reading) != null) {
            return;
        }
        Optional<Instant> lastKept =
                createdAt.isBefore(openedAt)
                        ? kept.lastAt(containerId, instanceId)
                        : Optional.empty();
        Instant since = lastKept.map(at -> at.plusNanos(1)).orElse(createdAt);
        try {
            reading.subscription =
                    engine.logs(
                            instanceId, since, kept.writer(containerId), reading.ended::countDown);
        } catch (EngineException e) {
            reading.ended.countDown();
            LOG.warn(
                    "the output of an instance cannot be read instance={} reason={}",
                    instanceId,
                    e.getMessage());
        }
    }

    /**
     * Carries what an instance whose process has ended wrote to its end; waits for that for a
     * while.
     */
    void complete(UUID containerId, String instanceId, Instant createdAt) {
        attach(containerId, instanceId, createdAt);
        Reading reading = readings.get(instanceId);
        try {
            if (reading != null
                    && !reading.ended.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("the last output of an instance may be missing instance={}", instanceId);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The instance is gone from the engine, and with it what it had still to say. */
    void forget(UUID containerId, String instanceId) {
        readings.remove(instanceId);
        kept.rest(containerId);
    }

    @Override
    public void close() {
        readings.values()
                .forEach(reading -> {
                    Engine.Subscription subscription = reading.subscription;
                    if (subscription != null) {
                        subscription.close();
                    }
                });
        readings.clear();
    }
}
