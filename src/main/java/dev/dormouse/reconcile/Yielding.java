package dev.dormouse.reconcile;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Whether a container lets go of what it does not need, for others need the room. Used by its pass
 * alone, but for {@link #ask}.
 */
final class Yielding {
    private final AtomicBoolean asked = new AtomicBoolean();
    private boolean underWay;

    /** Any thread. */
    void ask() {
        asked.set(true);
    }

    /**
     * Whether it begins now; it goes on as long as there is something to let go of.
     *
     * @param could whether there is
     */
    boolean begins(boolean could) {
        boolean begins = asked.getAndSet(false) && could;
        underWay = could && (underWay || begins);
        return begins;
    }

    boolean isUnderWay() {
        return underWay;
    }
}
