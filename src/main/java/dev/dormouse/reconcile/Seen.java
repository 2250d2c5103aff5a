package dev.dormouse.reconcile;

import java.time.Instant;

/**
 * One instance in the planner's eyes.
 *
 * @param since when it entered the phase
 */
record Seen(String id, int revision, Phase phase, Instant since, int inFlight) {
    boolean isActive() {
        return phase == Phase.STARTING || phase == Phase.READY;
    }
}
