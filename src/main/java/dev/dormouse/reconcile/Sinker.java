package dev.dormouse.reconcile;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Pushes memory out, one instance after another, on a thread of the system's own: the kernel holds
 * it for long, and the threads on which requests wake instances are as few as there are CPUs. Any
 * thread.
 */
final class Sinker implements AutoCloseable {
    /** What comes on top is tried again after a while, like what could not be pushed out. */
    static final int WAITING_MOST = 1_000;

    private static final Duration END_WITHIN = Duration.ofSeconds(1);

    private final ThreadPoolExecutor thread =
            new ThreadPoolExecutor(
                    0,
                    1,
                    1,
                    TimeUnit.MINUTES,
                    new ArrayBlockingQueue<>(WAITING_MOST),
                    Thread.ofPlatform().daemon().name("sinker").factory());

    /** Whether it will be done. */
    boolean takes(Runnable task) {
        try {
            thread.execute(task);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
        try { // what was lifted for it is to bind again
            boolean _ = thread.awaitTermination(END_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
