package dev.dormouse.reconcile;

import java.time.Duration;

/**
 * An instance failed.
 *
 * @param decisive whether another of the same revision would fail in the same way, so that a
 *     rollout may end here
 * @param message why, in words for the container's owner
 * @param ranFor how long it had been ready; zero when it never was
 */
record Mishap(int revision, boolean decisive, String message, Duration ranFor) {}
