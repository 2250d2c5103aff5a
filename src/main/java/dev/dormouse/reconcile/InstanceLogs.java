package dev.dormouse.reconcile;

import dev.dormouse.engine.Engine;
import dev.dormouse.engine.EngineException;
import dev.dormouse.engine.Instance;
import dev.dormouse.telemetry.ContainerLogs;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries what instances write from the engine into the kept logs, going on where the last server
 * left off.
 */
final class InstanceLogs implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(InstanceLogs.class);

    private final Engine engine;
    private final ContainerLogs kept;
    private final Map<String, Engine.Subscription> attached = new ConcurrentHashMap<>();

    InstanceLogs(Engine engine, ContainerLogs kept) {
        this.engine = engine;
        this.kept = kept;
    }

    /** Begins to carry the instance's output; blocks while the engine is asked. */
    void attach(UUID containerId, Instance instance) {
        Instant since =
                kept.lastAt(containerId, instance.id())
                        .map(at -> at.plusNanos(1))
                        .orElse(instance.createdAt());
        try {
            Engine.Subscription old =
                    attached.put(
                            instance.id(),
                            engine.logs(
                                    instance.id(), since, line -> kept.append(containerId, line)));
            if (old != null) {
                old.close();
            }
        } catch (EngineException e) {
            LOG.warn(
                    "the output of an instance cannot be read instance={} reason={}",
                    instance.id(),
                    e.getMessage());
        }
    }

    /** The instance is gone; what it wrote to the end has been delivered by the engine before. */
    void detach(String instanceId) {
        Engine.Subscription subscription = attached.remove(instanceId);
        if (subscription != null) {
            subscription.close();
        }
    }

    @Override
    public void close() {
        attached.keySet().forEach(this::detach);
    }
}
