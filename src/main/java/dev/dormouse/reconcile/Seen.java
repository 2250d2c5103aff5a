package dev.dormouse.reconcile;

import java.time.Instant;

/**
 * One instance in the planner's eyes.
 *
 * @param since when it entered the phase
 */
record Seen(String id, int revision, Phase phase, Instant since, int inFlight) {
    /** Serves, or is on its way to. */
    boolean isActive() {
        return phase.isActive();
    }

    /** Could serve again at once. */
    boolean isResumable() {
        return phase == Phase.RESTING || phase == Phase.FROZEN;
    }
}
