package dev.dormouse.reconcile;

import dev.dormouse.model.RouteSink;
import dev.dormouse.model.TrafficSource;
import java.time.InstantSource;
import java.util.random.RandomGenerator;

/** What the control loop is tied to from outside. */
record Surroundings(
        RouteSink routes,
        TrafficSource traffic,
        InstantSource clock,
        RandomGenerator random,
        ReconcileSettings settings) {}
