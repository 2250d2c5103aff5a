package dev.dormouse.reconcile;

import dev.dormouse.autoscale.Scale;
import dev.dormouse.config.Source;
import dev.dormouse.model.Container;
import dev.dormouse.model.Options;
import dev.dormouse.model.Status;
import java.time.Duration;
import java.util.OptionalLong;

/**
 * How the control loop behaves.
 *
 * @param idleAfter how long the last instance of a container stays after the last request
 * @param scaleDownAfter how long a need is remembered before instances beyond the last are given up
 * @param sleep what becomes of instances that are not needed, where a container's tags do not say
 * @param deepAfter how long an instance is frozen before its memory is pushed out
 * @param frozenFor how long a frozen instance is kept without being needed
 * @param frozenMemory bytes that frozen instances may hold; empty follows from the host
 * @param stopGrace time between SIGTERM and SIGKILL
 * @param resyncEvery how often everything on the engine is looked at again
 * @param parallelStarts how many instances may be starting on the engine at a time
 * @param memoryBudget bytes that instances may be given in all; empty follows from the host
 * @param cpuBudget thousandths of a CPU that they may be given; empty follows from the host
 * @param roomPatience how long a start waits for room before it is refused
 */
public record ReconcileSettings(
        Duration idleAfter,
        Duration scaleDownAfter,
        Options.Sleep sleep,
        Duration deepAfter,
        Duration frozenFor,
        OptionalLong frozenMemory,
        Duration stopGrace,
        Duration resyncEvery,
        int parallelStarts,
        OptionalLong memoryBudget,
        OptionalLong cpuBudget,
        Duration roomPatience) {
    /**
     * Reads {@code DORMOUSE_IDLE_AFTER}, {@code …_SCALE_DOWN_AFTER}, {@code …_STOP_GRACE} and so
     * on.
     */
    public static ReconcileSettings from(Source source) {
        int cores = Runtime.getRuntime().availableProcessors();
        return new ReconcileSettings(
                source.duration("DORMOUSE_IDLE_AFTER", Duration.ofMinutes(15)),
                source.duration("DORMOUSE_SCALE_DOWN_AFTER", Duration.ofSeconds(30)),
                source.choice("DORMOUSE_SLEEP", Options.Sleep.DEEP),
                source.duration("DORMOUSE_DEEP_AFTER", Duration.ofMinutes(5)),
                source.duration("DORMOUSE_FROZEN_FOR", Duration.ofHours(24)),
                isGiven(source.bytes("DORMOUSE_FROZEN_MEMORY", 0)),
                source.duration("DORMOUSE_STOP_GRACE", Duration.ofSeconds(30)),
                source.duration("DORMOUSE_RESYNC_EVERY", Duration.ofSeconds(30)),
                (int) source.number("DORMOUSE_PARALLEL_STARTS", Math.max(2, cores), 1, 256),
                isGiven(source.bytes("DORMOUSE_MEMORY_BUDGET", 0)),
                isGiven(source.number("DORMOUSE_CPU_BUDGET", 0, 0, Integer.MAX_VALUE)),
                source.duration("DORMOUSE_ROOM_PATIENCE", Duration.ofSeconds(30)));
    }

    /** What the autoscaler keeps to for this container. */
    Scale scale(Container container) {
        return new Scale(
                container.status() == Status.DELETING ? 0 : container.service().minScale(),
                container.service().maxScale(),
                RouteBuilder.instanceConcurrency(container.service().scaling()),
                container.options().idleAfter().orElse(idleAfter),
                scaleDownAfter);
    }

    /** Whether what this container does not need now is frozen. */
    boolean freezes(Container container) {
        return container.options().sleep().orElse(sleep) != Options.Sleep.STOP;
    }

    /** Whether the memory of what this container does not need now may be pushed out. */
    boolean sinks(Container container) {
        return container.options().sleep().orElse(sleep) == Options.Sleep.DEEP;
    }

    private static OptionalLong isGiven(long amount) {
        return amount == 0 ? OptionalLong.empty() : OptionalLong.of(amount);
    }
}
