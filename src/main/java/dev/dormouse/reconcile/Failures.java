package dev.dormouse.reconcile;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What is remembered of a revision's instances that failed.
 *
 * @param inARow failures since an instance last ran well
 * @param hopeless whether starting another cannot help
 * @param message the newest failure, in words for the container's owner
 * @param retryAt before this no other instance is started
 */
record Failures(int inARow, boolean hopeless, String message, Optional<Instant> retryAt) {
    static final Failures NONE = new Failures(0, false, "", Optional.empty());

    /** An instance that was ready for so long had started well; its end is a first failure. */
    static final Duration RAN_WELL = Duration.ofSeconds(10);

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
    private static final int DOUBLINGS_MAX = 6;

    /**
     * One more failure; the first is retried at once, later ones after a pause that doubles up to a
     * minute.
     */
    Failures another(String why, Instant now) {
        int count = inARow + 1;
        return new Failures(
                count,
                false,
                why,
                count == 1 ? Optional.empty() : Optional.of(now.plus(pause(count))));
    }

    Failures fatal(String why) {
        return new Failures(inARow + 1, true, why, Optional.empty());
    }

    boolean mayStart(Instant now) {
        return retryAt.map(at -> !now.isBefore(at)).orElse(true);
    }

    private static Duration pause(int count) {
        Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(DOUBLINGS_MAX, count - 2));
        return pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
    }
}
