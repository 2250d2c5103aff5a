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
 * @param telling whether requests are told why there is no instance, instead of waiting for one,
 *     while none is started
 */
record Failures(
        int inARow,
        int exits,
        boolean hopeless,
        String message,
        Instant newest,
        Optional<Instant> retryAt,
        boolean telling) {
    static final Failures NONE =
            new Failures(0, 0, false, "", Instant.MIN, Optional.empty(), false);

    /** Failures in a row after which requests no longer wait for the next try. */
    private static final int TELLING_FROM = 3;

    /** An instance that was ready for so long had started well; its end is a first failure. */
    static final Duration RAN_WELL = Duration.ofSeconds(10);

    private static final int FIRST_PAUSED = 2;
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
    private static final int DOUBLINGS_MAX = 6;

    /** The part of a pause that chance may take off, so that containers do not retry in step. */
    private static final double JITTER = 0.25;

    /**
     * One more; the first is retried at once, later ones after a pause that doubles up to a minute.
     *
     * @param chance from 0 to 1; the higher, the shorter is the pause
     */
    Failures another(String why, Instant now, double chance) {
        return next(exits + 1, why, now, pausedAt(now, chance), inARow + 1 >= TELLING_FROM);
    }

    /** One more that says nothing of the instance: the engine did not answer. */
    Failures engineAway(String why, Instant now, double chance) {
        return next(exits, why, now, pausedAt(now, chance), inARow + 1 >= TELLING_FROM);
    }

    /** One more for want of room on the host, which was waited for already. */
    Failures noRoom(String why, Instant now, double chance) {
        Instant retry = now.plus(pause(Math.max(FIRST_PAUSED, inARow + 1), chance));
        return next(exits + 1, why, now, Optional.of(retry), true);
    }

    /** The last one: another instance would fail in the same way. */
    Failures fatal(String why, Instant now) {
        return new Failures(inARow + 1, exits + 1, true, why, now, Optional.empty(), false);
    }

    /** The same while it is being tried again. */
    Failures retried() {
        return new Failures(inARow, exits, hopeless, message, newest, Optional.empty(), telling);
    }

    private Failures next(
            int newExits, String why, Instant now, Optional<Instant> retry, boolean isTelling) {
        return new Failures(inARow + 1, newExits, false, why, now, retry, isTelling);
    }

    private Optional<Instant> pausedAt(Instant now, double chance) {
        int count = inARow + 1;
        return count < FIRST_PAUSED
                ? Optional.empty()
                : Optional.of(now.plus(pause(count, chance)));
    }

    /** Why requests need not wait now, if that is so. */
    Optional<String> told(Instant now) {
        return telling && !mayStart(now) ? Optional.of(message) : Optional.empty();
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
                : new Failures(exits, exits, hopeless, message, newest, Optional.empty(), false);
    }

    private static Duration pause(int count, double chance) {
        long doublings = Math.min(DOUBLINGS_MAX, count - FIRST_PAUSED);
        Duration pause = FIRST_PAUSE.multipliedBy(1L << doublings);
        Duration capped = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
        return Duration.ofMillis((long) (capped.toMillis() * (1 - JITTER * chance)));
    }
}
