package dev.dormouse.reconcile;

import dev.dormouse.engine.Engine;
import dev.dormouse.engine.EngineException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends an instance, however often the engine fails to: only the server's own end ends the trying.
 *
 * @param isPressing whether starts do not go first
 */
record StopTask(
        String instanceId, Duration grace, boolean isPressing, Admission admission, Engine engine) {
    private static final Logger LOG = LoggerFactory.getLogger(StopTask.class);
    private static final long PAUSE_FIRST = 200;
    private static final long PAUSE_MOST = 30_000;

    Report run() {
        try {
            if (!isPressing) {
                admission.letStartsPass();
            }
            return stopped();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Report.NotStopped(instanceId);
        }
    }

    private Report stopped() throws InterruptedException {
        for (int tries = 0; ; tries++) {
            try {
                engine.stop(instanceId, grace);
                return new Report.Stopped(instanceId);
            } catch (EngineException e) {
                LOG.warn(
                        "an instance could not be stopped and will be again instance={} reason={}",
                        instanceId,
                        e.getMessage());
            } catch (RuntimeException e) {
                LOG.error("stopping an instance failed unexpectedly instance={}", instanceId, e);
            }
            Thread.sleep(Math.min(PAUSE_MOST, PAUSE_FIRST << Math.min(tries, 8)));
        }
    }
}
