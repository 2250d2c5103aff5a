package dev.dormouse.reconcile;

import dev.dormouse.engine.EngineException;
import dev.dormouse.engine.Usage;
import dev.dormouse.model.Start;
import dev.dormouse.store.StoreException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What each container's newest boot computed, where that was long; kept for the next server. Any
 * thread.
 */
final class KnownBoots {
    private static final Logger LOG = LoggerFactory.getLogger(KnownBoots.class);

    /** What is kept is not kept anew for less than this. */
    private static final int DIFFERENT = 2;

    private final Map<UUID, Duration> slow = new ConcurrentHashMap<>();
    private final Map<UUID, Duration> kept = new ConcurrentHashMap<>();
    private final Executor tasks;
    private final Function<String, Usage> usage;
    private final Keeping keeping;

    /** Where they are kept. */
    interface Keeping {
        /** Of all containers of which one is kept. */
        Map<UUID, Duration> slowBoots();

        /**
         * In place of what was kept.
         *
         * @param slow empty for one whose boots are quick now
         * @return whether there is such a container
         */
        boolean keepBoot(UUID containerId, Optional<Duration> slow);
    }

    /**
     * @param tasks runs what blocks
     * @param usage what an instance has used
     */
    KnownBoots(Executor tasks, Function<String, Usage> usage, Keeping keeping) {
        this.tasks = tasks;
        this.usage = usage;
        this.keeping = keeping;
    }

    /** Takes what the server before left; to be called before anything is heard. */
    void read() {
        try {
            kept.putAll(keeping.slowBoots());
            slow.putAll(kept);
        } catch (StoreException e) {
            LOG.warn("nothing is known yet of what boots compute reason={}", e.getMessage());
        }
    }

    /** Zero where it is quick or not known. */
    Duration of(UUID containerId) {
        return slow.getOrDefault(containerId, Duration.ZERO);
    }

    /**
     * A start is over. Only of one that took long it is asked what it computed. One that did not
     * come into service would have computed more, so it can only raise what is known.
     */
    void hear(UUID containerId, Start start) {
        boolean isWhole = start.outcome() == Start.Outcome.READY;
        if (Boots.isSlow(start.boot())) {
            tasks.execute(() -> measure(containerId, start.instanceId(), isWhole));
        } else if (isWhole && slow.containsKey(containerId)) {
            tasks.execute(() -> is(containerId, start.boot()));
        }
    }

    private void measure(UUID containerId, String instanceId, boolean isWhole) {
        try {
            Duration cpuTime = usage.apply(instanceId).cpuTime();
            if (isWhole || cpuTime.compareTo(of(containerId)) > 0) {
                is(containerId, cpuTime);
            }
        } catch (EngineException gone) {
            LOG.debug("what it computed is not known instance={}", instanceId, gone);
        }
    }

    private void is(UUID containerId, Duration cpuTime) {
        if (Boots.isSlow(cpuTime)) {
            slow.put(containerId, cpuTime);
        } else {
            slow.remove(containerId);
        }
        Duration now = of(containerId);
        if (isDifferent(kept.getOrDefault(containerId, Duration.ZERO), now)) {
            keep(containerId, now);
        }
    }

    private static boolean isDifferent(Duration one, Duration other) {
        return one.compareTo(other.multipliedBy(DIFFERENT)) > 0
                || other.compareTo(one.multipliedBy(DIFFERENT)) > 0;
    }

    private void keep(UUID containerId, Duration boot) {
        Optional<Duration> some = Optional.of(boot).filter(Boots::isSlow);
        try {
            boolean isThere = keeping.keepBoot(containerId, some);
            some.filter(_ -> isThere)
                    .ifPresentOrElse(
                            it -> kept.put(containerId, it), () -> kept.remove(containerId));
            if (!isThere) {
                slow.remove(containerId); // it was removed meanwhile
            }
        } catch (StoreException e) {
            LOG.warn(
                    "what it computes while it boots is not kept container={} reason={}",
                    containerId,
                    e.getMessage());
        }
    }

    /** The container is gone. */
    void forget(UUID containerId) {
        slow.remove(containerId);
        kept.remove(containerId);
    }
}
