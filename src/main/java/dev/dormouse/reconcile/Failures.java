package dev.dormouse.reconcile;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What is remembered of a revision's instances that failed.
 *
 * @param inARow failures since an instance last ran well
 * @param exits those among them that were the instance's own, not the engine's
 * @param hopeless whether starting another cannot help
 * @param message the newest failure, in words for the container's owner
 * @param newest when that was
 * @param retryAt before this no other instance is started
 */
record Failures(
        int inARow,
        int exits,
        boolean hopeless,
        String message,
        Instant newest,
        Optional<Instant> retryAt) {
    static final Failures NONE = new Failures(0, 0, false, "", Instant.MIN, Optional.empty());

    /** An instance that was ready for so long had started well; its end is a first failure. */
    static final Duration RAN_WELL = Duration.ofSeconds(10);

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
    private static final int DOUBLINGS_MAX = 6;

    /**
     * One more; the first is retried at once, later ones after a pause that doubles up to a minute.
     */
    Failures another(String why, Instant now) {
        return new Failures(inARow + 1, exits + 1, false, why, now, pausedAt(now));
    }

    /** One more that says nothing of the instance: the engine did not answer. */
    Failures engineAway(String why, Instant now) {
        return new Failures(inARow + 1, exits, false, why, now, pausedAt(now));
    }

    /** The last one: another instance would fail in the same way. */
    Failures fatal(String why, Instant now) {
        return new Failures(inARow + 1, exits + 1, true, why, now, Optional.empty());
    }

    /** The same while it is being tried again. */
    Failures retried() {
        return new Failures(inARow, exits, hopeless, message, newest, Optional.empty());
    }

    private Optional<Instant> pausedAt(Instant now) {
        return inARow == 0 ? Optional.empty() : Optional.of(now.plus(pause(inARow + 1)));
    }

    /** Also when the clock was set back since: nobody waits for it to catch up. */
    boolean mayStart(Instant now) {
        return retryAt.map(at -> !now.isBefore(at) || now.isBefore(newest)).orElse(true);
    }

    /** Whether the engine's silence is a part of it. */
    boolean awaitsEngine() {
        return inARow > exits;
    }

    /** The engine answers again: what was its failure is forgotten, and nothing has to wait. */
    Failures engineBack() {
        if (!awaitsEngine()) {
            return this;
        }
        return exits == 0
                ? NONE
                : new Failures(exits, exits, hopeless, message, newest, Optional.empty());
    }

    private static Duration pause(int count) {
        Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(DOUBLINGS_MAX, count - 2));
        return pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
    }
}
