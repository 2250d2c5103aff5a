package dev.dormouse.reconcile;

import dev.dormouse.model.RouteSink;
import dev.dormouse.model.TrafficSource;
import java.time.Duration;
import java.time.InstantSource;
import java.util.random.RandomGenerator;

/**
 * What the control loop is tied to from outside.
 *
 * @param clock what decisions are made by
 * @param wall what people are told
 */
record Surroundings(
        RouteSink routes,
        TrafficSource traffic,
        InstantSource clock,
        InstantSource wall,
        RandomGenerator random,
        ReconcileSettings settings) {
    /** How far what people are told is ahead of what decisions are made by. */
    Duration wallAhead() {
        return Duration.between(clock.instant(), wall.instant());
    }
}
