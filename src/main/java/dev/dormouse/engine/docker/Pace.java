package dev.dormouse.engine.docker;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * How long work in pieces goes on: while it is wanted, for a bounded time, and on half of a CPU's
 * time at most. Used by one thread.
 */
final class Pace {
    /** Shorter pieces are not worth a pause. */
    private static final long WORTH_A_PAUSE = 200_000;

    private final BooleanSupplier isWanted;
    private final long deadline;
    private long begun;

    Pace(BooleanSupplier isWanted, Duration longest) {
        this.isWanted = isWanted;
        this.begun = System.nanoTime();
        this.deadline = begun + longest.toNanos();
    }

    /** To be asked before each piece. */
    boolean goesOn() {
        long took = System.nanoTime() - begun;
        if (took > WORTH_A_PAUSE) {
            LockSupport.parkNanos(took);
        }
        begun = System.nanoTime();
        return isWanted();
    }

    /**
     * The same without an account of a piece: whether it is wanted, in time and not interrupted.
     */
    boolean isWanted() {
        return isWanted.getAsBoolean()
                && deadline - System.nanoTime() > 0
                && !Thread.currentThread().isInterrupted();
    }
}
