package dev.dormouse.model;

import java.time.Duration;

/**
 * A health check of one instance, made against the container's port.
 *
 * @param failureThreshold failures in a row that count as a failed instance
 * @param interval time between two checks
 * @param timeout how long one check may take
 */
public record Probe(int failureThreshold, Duration interval, Duration timeout, Check check) {
    /** How the instance is asked. */
    public sealed interface Check {
        /** Succeeds when the port accepts a connection. */
        record Tcp() implements Check {}

        /** Succeeds when a GET of the path answers with 2xx or 3xx. */
        record Http(String path) implements Check {}
    }

    /** How long an instance that never passes keeps being tried. */
    public Duration patience() {
        return interval.multipliedBy(failureThreshold);
    }
}
