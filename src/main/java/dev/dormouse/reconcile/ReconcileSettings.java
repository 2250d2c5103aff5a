package dev.dormouse.reconcile;

import dev.dormouse.config.Source;
import java.time.Duration;

/**
 * How the control loop behaves.
 *
 * @param idleAfter how long the last instance of a container stays after the last request
 * @param scaleDownAfter how long a need is remembered before instances beyond the last are given up
 * @param stopGrace time between SIGTERM and SIGKILL
 * @param resyncEvery how often everything on the engine is looked at again
 * @param parallelStarts how many instances may be starting on the engine at a time
 */
public record ReconcileSettings(
        Duration idleAfter,
        Duration scaleDownAfter,
        Duration stopGrace,
        Duration resyncEvery,
        int parallelStarts) {
    /**
     * Reads {@code DORMOUSE_IDLE_AFTER}, {@code …_SCALE_DOWN_AFTER}, {@code …_STOP_GRACE} and so
     * on.
     */
    public static ReconcileSettings from(Source source) {
        int cores = Runtime.getRuntime().availableProcessors();
        return new ReconcileSettings(
                source.duration("DORMOUSE_IDLE_AFTER", Duration.ofMinutes(15)),
                source.duration("DORMOUSE_SCALE_DOWN_AFTER", Duration.ofSeconds(30)),
                source.duration("DORMOUSE_STOP_GRACE", Duration.ofSeconds(30)),
                source.duration("DORMOUSE_RESYNC_EVERY", Duration.ofSeconds(30)),
                (int) source.number("DORMOUSE_PARALLEL_STARTS", Math.max(2, cores), 1, 256));
    }
}
