package dev.dormouse.autoscale;

import dev.dormouse.model.Traffic;
import java.util.Optional;

/**
 * What is seen of a container now.
 *
 * @param awake instances that take requests and do not stand still
 * @param cpu what these compute, of what they may; empty when none of them was measured
 * @param memory what they hold, of what they may; empty likewise
 */
public record Observation(Traffic traffic, int awake, Optional<Use> cpu, Optional<Use> memory) {
    /**
     * An average over the instances that were measured: one that has just become ready, or woken,
     * has no figure yet.
     *
     * @param instances how many those are, at least one
     * @param percent of their limits
     */
    public record Use(int instances, double percent) {}

    /** Nothing but its traffic is known. */
    public static Observation of(Traffic traffic) {
        return new Observation(traffic, 0, Optional.empty(), Optional.empty());
    }
}
