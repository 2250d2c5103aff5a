package dev.dormouse.reconcile;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Bounds how many starts the engine works on at a time, first come, first served. One that takes
 * long no longer counts, since it waits and does not work: one that is stuck keeps nobody waiting.
 * Safe on any thread.
 */
final class StartTurns {
    private final Semaphore free;
    private final Duration heldMost;

    /**
     * @param heldMost how long one start may keep its turn
     */
    StartTurns(int atOnce, Duration heldMost) {
        this.free = new Semaphore(atOnce, true);
        this.heldMost = heldMost;
    }

    /** A turn, to be given back by closing it. */
    interface Turn extends AutoCloseable {
        @Override
        void close();
    }

    /** Waits for a turn. */
    Turn take() throws InterruptedException {
        free.acquire();
        AtomicBoolean held = new AtomicBoolean(true);
        Runnable giveBack =
                () -> {
                    if (held.getAndSet(false)) {
                        free.release();
                    }
                };
        Future<?> late =
                CompletableFuture.runAsync(
                        giveBack,
                        CompletableFuture.delayedExecutor(
                                heldMost.toMillis(), TimeUnit.MILLISECONDS));
        return () -> {
            late.cancel(false);
            giveBack.run();
        };
    }
}
