package dev.dormouse.simulation;

import java.time.Duration;
import java.util.SplittableRandom;
import java.util.function.Function;

/**
 * One simulated container.
 *
 * @param number counts from 0; with the seed it decides every chance
 * @param rhythm makes the rhythm of its calls, which may remember, anew for each run
 * @param service what a call takes, half of the time
 * @param memoryBytes what each of its instances holds
 * @param limitBytes what it is counted with
 * @param boot from its process running to its being ready
 */
public record Profile(
        int number,
        Function<SplittableRandom, Rhythm> rhythm,
        Duration service,
        int requestsPerInstance,
        int maxScale,
        long memoryBytes,
        long limitBytes,
        Duration boot) {
    private static final int QUEUE_FACTOR = 10;
    private static final int QUEUE_LEAST = 100;

    /** How many requests may wait: as many as the server's routes say. */
    public int queueDepthMax() {
        return Math.max(QUEUE_LEAST, QUEUE_FACTOR * maxScale * requestsPerInstance);
    }

    /** How many instances so many requests need. */
    public int instancesFor(int requests) {
        return Math.min(maxScale, Math.ceilDiv(requests, requestsPerInstance));
    }
}
