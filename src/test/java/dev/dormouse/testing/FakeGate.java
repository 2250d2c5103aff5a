package dev.dormouse.testing;

import dev.dormouse.engine.EngineException;
import dev.dormouse.engine.EngineException.Kind;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Where calls of one kind wait while a test holds them. Open at first. Safe on any thread. */
public final class FakeGate {
    private static final long DEADLINE_SECONDS = 30;

    /** Guarded by this object, as is the next. */
    private CountDownLatch latch = new CountDownLatch(0);

    private int waiting;

    /** From now on they wait. */
    public synchronized void hold() {
        latch = new CountDownLatch(1);
    }

    /** Those that wait go on, and later ones too. */
    public synchronized void release() {
        latch.countDown();
    }

    /** Returns once this many calls wait. */
    public synchronized void awaitHeld(int count) throws InterruptedException, TimeoutException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
        while (waiting < count) {
            long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            if (left <= 0) {
                throw new TimeoutException(waiting + " calls wait, not " + count);
            }
            wait(left);
        }
    }

    /** Goes through, now or once the gate is opened. */
    void pass() {
        CountDownLatch current;
        synchronized (this) {
            current = latch;
            waiting++;
            notifyAll();
        }
        try {
            if (!current.await(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
                throw new EngineException(Kind.UNREACHABLE, "the call was held too long");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineException(Kind.UNREACHABLE, "the call was interrupted", e);
        } finally {
            synchronized (this) {
                waiting--;
            }
        }
    }
}
