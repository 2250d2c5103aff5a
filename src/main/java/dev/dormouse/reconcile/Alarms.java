package dev.dormouse.reconcile;

import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says "look now" later: one pending alarm per container, the newest counts. Its one thread does no
 * work itself.
 */
final class Alarms implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Alarms.class);
    private static final long SHORTEST_NANOS = Duration.ofMillis(1).toNanos();

    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().name("reconcile-alarms").daemon().factory());
    private @Nullable ScheduledFuture<?> repeating;
    private final Map<UUID, ScheduledFuture<?>> pending = new ConcurrentHashMap<>();

    void in(UUID id, Duration pause, Runnable ring) {
        pending.compute(
                id,
                (_, old) -> {
                    if (old != null) {
                        old.cancel(false);
                    }
                    try {
                        // to the nanosecond: who is called too early has to be called again
                        return timer.schedule(
                                ring,
                                Math.max(SHORTEST_NANOS, pause.toNanos()),
                                TimeUnit.NANOSECONDS);
                    } catch (RejectedExecutionException e) {
                        return null;
                    }
                });
    }

    void cancel(UUID id) {
        ScheduledFuture<?> old = pending.remove(id);
        if (old != null) {
            old.cancel(false);
        }
    }

    /** Runs the work again and again on a thread of its own. */
    void every(Duration interval, Runnable work) {
        repeating =
                timer.scheduleWithFixedDelay(
                        () ->
                                Thread.ofVirtual()
                                        .name("resync")
                                        .start(() -> {
                                            try {
                                                work.run();
                                            } catch (RuntimeException e) {
                                                LOG.error("a resync failed", e);
                                            }
                                        }),
                        interval.toMillis(),
                        interval.toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        if (repeating != null) {
            repeating.cancel(false);
        }
        timer.shutdownNow();
    }
}
