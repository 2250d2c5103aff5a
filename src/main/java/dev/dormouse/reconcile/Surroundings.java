package dev.dormouse.reconcile;

import dev.dormouse.model.RouteSink;
import dev.dormouse.model.TrafficSource;
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
        ReconcileSettings settings) {}
