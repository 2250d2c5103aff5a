package dev.dormouse.reconcile;

import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * What frozen instances hold in all, and how much they may. They keep what they had grown to, so
 * this follows from the memory that there is and may be given: each is counted by its limit, and by
 * what was measured once it is deep, for then nothing in it can grow. Any thread.
 */
final class FrozenMemory {
    private static final int SHARE = 2;

    private final OptionalLong most;
    private final LongSupplier whole;
    private final AtomicLong held = new AtomicLong();

    /**
     * @param most what is set; empty is half of the whole
     * @param whole the memory that there is and may be given
     */
    FrozenMemory(OptionalLong most, LongSupplier whole) {
        this.most = most;
        this.whole = whole;
    }

    /** How much more they are counted with than they may hold. */
    long excess() {
        long now = held.get();
        return now > 0 ? Math.max(0, now - most()) : 0;
    }

    private long most() {
        return most.orElseGet(() -> whole.getAsLong() / SHARE);
    }

    /** What one container is counted with; nothing at first. */
    Part part() {
        return new Part();
    }

    /** One container's part. Used by its pass alone. */
    final class Part {
        private long before;

        /** Whether its frozen instances may hold so much and leave half of all to others. */
        boolean mayBe(long bytes) {
            return held.get() - before + bytes <= most() / SHARE;
        }

        /** Its frozen instances hold so much now. */
        void is(long bytes) {
            held.addAndGet(bytes - before);
            before = bytes;
        }
    }
}
