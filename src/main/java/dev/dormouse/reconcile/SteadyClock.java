package dev.dormouse.reconcile;

import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * Tells the time that another clock told at the beginning, and what has passed since. Whoever sets
 * that clock, or wakes the machine from its sleep, ends no pause and no patience by it. Safe on any
 * thread.
 */
public final class SteadyClock implements InstantSource {
    private final Instant beginning;
    private final LongSupplier nanos;
    private final long nanosAtBeginning;

    /**
     * @param nanos what never jumps, such as {@link System#nanoTime}
     */
    public SteadyClock(InstantSource clock, LongSupplier nanos) {
        this.beginning = clock.instant();
        this.nanos = nanos;
        this.nanosAtBeginning = nanos.getAsLong();
    }

    @Override
    public Instant instant() {
        return beginning.plusNanos(nanos.getAsLong() - nanosAtBeginning);
    }
}
