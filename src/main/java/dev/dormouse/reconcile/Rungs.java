package dev.dormouse.reconcile;

import java.time.Duration;
import java.util.Optional;

/**
 * What becomes of an instance that is not needed: how far down the ladder it goes.
 *
 * @param freezes whether it is frozen, and not stopped
 * @param deepAfter how long after that its memory is pushed out; empty is never
 */
record Rungs(boolean freezes, Optional<Duration> deepAfter) {
    static final Rungs STOPPED = new Rungs(false, Optional.empty());
    static final Rungs FROZEN = new Rungs(true, Optional.empty());
}
