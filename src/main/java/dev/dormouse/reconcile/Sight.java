package dev.dormouse.reconcile;

import dev.dormouse.engine.Engine;
import dev.dormouse.engine.EngineException;
import dev.dormouse.engine.Instance;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Looks at one container's instances on the engine when there may be something new. An engine that
 * does not answer keeps nobody from going on with what was seen last; it is asked again after a
 * pause. Used by the container's pass alone, but for {@link #suspect}.
 */
final class Sight {
    private final UUID containerId;
    private final Engine engine;
    private final AtomicBoolean stale = new AtomicBoolean();
    private Failures failures = Failures.NONE;

    Sight(UUID containerId, Engine engine) {
        this.containerId = containerId;
        this.engine = engine;
    }

    /** There may be something new. */
    void suspect() {
        stale.set(true);
    }

    /** What is there, if it is worth a look and can be had. */
    Optional<List<Instance>> look(Instant now, double chance) {
        if (!failures.mayStart(now) || !stale.getAndSet(false)) {
            return Optional.empty();
        }
        try {
            List<Instance> seen = engine.list(containerId);
            failures = Failures.NONE;
            return Optional.of(seen);
        } catch (EngineException e) {
            stale.set(true);
            // The first of these is to be tried again at once, which is too soon for this one.
            Failures first =
                    failures.inARow() > 0 ? failures : failures.engineAway("", now, chance);
            failures = first.engineAway(e.getMessage(), now, chance);
            return Optional.empty();
        }
    }

    /** When to look again though nothing is heard meanwhile; empty when what is known is true. */
    Optional<Instant> retryAt() {
        return failures.retryAt();
    }

    boolean isClear() {
        return !stale.get();
    }

    void engineBack() {
        failures = Failures.NONE;
    }
}
