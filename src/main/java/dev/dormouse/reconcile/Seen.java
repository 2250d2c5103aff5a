package dev.dormouse.reconcile;

import java.time.Instant;

/**
 * One instance in the planner's eyes.
 *
 * @param since when it entered the phase; of one that stands still, since when it does
 * @param residentUntil until when its memory is left where it is, for pushing it out won nothing
 */
record Seen(
        String id, int revision, Phase phase, Instant since, int inFlight, Instant residentUntil) {
    /** One of which that was not tried. */
    Seen(String id, int revision, Phase phase, Instant since, int inFlight) {
        this(id, revision, phase, since, inFlight, Instant.EPOCH);
    }

    /** Serves, or is on its way to. */
    boolean isActive() {
        return phase.isActive();
    }

    /** Is on its way up. */
    boolean isStarting() {
        return phase == Phase.STARTING;
    }

    /** Could serve again at once. */
    boolean isResumable() {
        return phase == Phase.RESTING || phase.isStill();
    }
}
