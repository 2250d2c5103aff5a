package dev.dormouse.reconcile;

import dev.dormouse.autoscale.Scale;
import dev.dormouse.config.Source;
import dev.dormouse.model.Container;
import dev.dormouse.model.Options;
import dev.dormouse.model.Scaling;
import dev.dormouse.model.Status;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * How the control loop behaves.
 *
 * @param idleAfter how long the last instance of a container stays after the last request
 * @param pace how fast the number of instances follows what is seen
 * @param usageEvery how often is read what instances use that are scaled by it
 * @param usageWindow over how long that is averaged
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
        Scale.Pace pace,
        Duration usageEvery,
        Duration usageWindow,
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
    private static final Duration SHORTEST = Duration.ofMillis(100);
    private static final int STARTS_PER_CORE = 4;
    private static final int STARTS_MOST = 64;

    /**
     * Reads {@code DORMOUSE_IDLE_AFTER}, {@code …_SCALE_DOWN_AFTER}, {@code …_STOP_GRACE} and so
     * on.
     */
    public static ReconcileSettings from(Source source) {
        return new ReconcileSettings(
                source.duration("DORMOUSE_IDLE_AFTER", Duration.ofMinutes(15)),
                new Scale.Pace(
                        source.duration("DORMOUSE_SCALE_DOWN_AFTER", Duration.ofSeconds(30)),
                        (int) source.number("DORMOUSE_SCALE_TOLERANCE", 10, 0, 50),
                        (int) source.number("DORMOUSE_SCALE_GROWTH", 2, 2, 100)),
                atLeast(source, "DORMOUSE_USAGE_EVERY", Duration.ofSeconds(5)),
                atLeast(source, "DORMOUSE_USAGE_WINDOW", Duration.ofSeconds(10)),
                source.choice("DORMOUSE_SLEEP", Options.Sleep.DEEP),
                source.duration("DORMOUSE_DEEP_AFTER", Duration.ofMinutes(5)),
                source.duration("DORMOUSE_FROZEN_FOR", Duration.ofHours(24)),
                isGiven(source.bytes("DORMOUSE_FROZEN_MEMORY", 0)),
                source.duration("DORMOUSE_STOP_GRACE", Duration.ofSeconds(30)),
                source.duration("DORMOUSE_RESYNC_EVERY", Duration.ofSeconds(30)),
                (int) source.number("DORMOUSE_PARALLEL_STARTS", startsForTheMachine(), 1, 256),
                isGiven(source.bytes("DORMOUSE_MEMORY_BUDGET", 0)),
                isGiven(source.number("DORMOUSE_CPU_BUDGET", 0, 0, Integer.MAX_VALUE)),
                source.duration("DORMOUSE_ROOM_PATIENCE", Duration.ofSeconds(30)));
    }

    /**
     * Where networks are ready, an engine's starts are the quicker together the more there are;
     * where they are not, more than this only delay the first.
     */
    private static int startsForTheMachine() {
        int cores = Runtime.getRuntime().availableProcessors();
        return Math.min(STARTS_PER_CORE * cores, STARTS_MOST);
    }

    /** What the autoscaler keeps to for this container. */
    Scale scale(Container container) {
        return new Scale(
                container.status() == Status.DELETING ? 0 : container.service().minScale(),
                container.service().maxScale(),
                signals(container),
                container.options().idleAfter().orElse(idleAfter),
                pace);
    }

    /** Whatever else it is scaled by, requests beyond what its instances may take need others. */
    private static List<Scaling> signals(Container container) {
        Scaling limit = new Scaling.Concurrency(container.requestsPerInstance());
        Stream<Scaling> measured =
                container.signals().stream()
                        .filter(signal -> !(signal instanceof Scaling.Concurrency));
        return Stream.concat(Stream.of(limit), measured).toList();
    }

    /** Nothing is measured more often: the kernel counts in steps of its own. */
    private static Duration atLeast(Source source, String name, Duration byDefault) {
        Duration given = source.duration(name, byDefault);
        if (given.compareTo(SHORTEST) < 0) {
            source.mistake(name, given.toMillis() + "ms", "100ms or more");
            return byDefault;
        }
        return given;
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
