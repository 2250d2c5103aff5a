package dev.dormouse.reconcile;

import java.time.Duration;

/**
 * An instance failed.
 *
 * @param message why, in words for the container's owner
 * @param ranFor how long it had been ready; zero when it never was
 */
record Mishap(int revision, Kind kind, String message, Duration ranFor) {
    /** What it says of the revision. */
    enum Kind {
        /**
         * Another of the same revision would fail in the same way, so that a rollout may end here.
         */
        DECISIVE,
        /** Its process ended, or it was not well any more; another may do better. */
        ENDED,
        /** The engine did not answer. */
        ENGINE_AWAY,
        /** The host has nothing left to give to it. */
        NO_ROOM,
        /** Nothing: it was to stand by, and nobody needed it yet. */
        SPARE;

        /** What nobody needed tells nothing of those that are. */
        Kind of(boolean isSpare) {
            return isSpare ? SPARE : this;
        }
    }

    /** That it failed, and why, in words for people. */
    String words() {
        return "an instance of revision %d failed: %s".formatted(revision, message);
    }
}
