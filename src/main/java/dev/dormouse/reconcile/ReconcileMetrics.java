package dev.dormouse.reconcile;

import static java.util.Objects.requireNonNull;

import dev.dormouse.model.Start;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;

/** What the control loop counts. Safe on any thread. */
final class ReconcileMetrics {
    /** From what a wake-up of a small program's parts take to what a pull of a large image does. */
    private static final Duration[] PART_BUCKETS =
            LongStream.of(
                            1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000,
                            60_000, 300_000)
                    .mapToObj(Duration::ofMillis)
                    .toArray(Duration[]::new);

    private final Map<Phase, AtomicInteger> byPhase = new EnumMap<>(Phase.class);
    private final Map<Start.Part, Timer> parts = new EnumMap<>(Start.Part.class);
    private final Timer started;
    private final Timer ready;
    private final Counter startFailures;
    private final Counter passes;
    private final Counter failedPasses;

    ReconcileMetrics(MeterRegistry registry) {
        for (Phase phase : Phase.values()) {
            AtomicInteger count = new AtomicInteger();
            byPhase.put(phase, count);
            Gauge.builder("dormouse.instances", count, AtomicInteger::get)
                    .description("Instances by state")
                    .tag("state", phase.word())
                    .register(registry);
        }
        for (Start.Part part : Start.Part.values()) {
            parts.put(part, timer(registry, part));
        }
        started =
                Timer.builder("dormouse.instance.start")
                        .description("From asking for an instance to its process running")
                        .publishPercentileHistogram()
                        .register(registry);
        ready =
                Timer.builder("dormouse.instance.ready")
                        .description("From asking for an instance to its probes passing")
                        .publishPercentileHistogram()
                        .register(registry);
        startFailures =
                Counter.builder("dormouse.instance.start.failures")
                        .description("Instances that the engine did not start")
                        .register(registry);
        passes =
                Counter.builder("dormouse.reconcile.passes")
                        .description("Passes of the control loop over one container")
                        .register(registry);
        failedPasses =
                Counter.builder("dormouse.reconcile.passes.failed")
                        .description("Passes that ended in an error and are tried again")
                        .register(registry);
    }

    private static Timer timer(MeterRegistry registry, Start.Part part) {
        return Timer.builder("dormouse.start.part")
                .description("What the parts of those starts took that came into service")
                .tag("part", part.word())
                .serviceLevelObjectives(PART_BUCKETS)
                .register(registry);
    }

    /** A start is over. */
    void startOver(Start start) {
        if (start.outcome() == Start.Outcome.READY) {
            start.took().forEach((part, took) -> requireNonNull(parts.get(part)).record(took));
        }
    }

    void started(Duration took) {
        started.record(took);
    }

    void becameReady(Duration took) {
        ready.record(took);
    }

    void startFailed() {
        startFailures.increment();
    }

    void passed() {
        passes.increment();
    }

    void passFailed() {
        failedPasses.increment();
    }

    /** What one container is counted with; none at first. */
    Counted counted() {
        return new Counted();
    }

    /** One container's part of what is counted. Used by its pass alone. */
    final class Counted {
        private List<Phase> before = List.of();

        /** Its instances are these now. */
        void are(List<Phase> now) {
            if (!now.equals(before)) {
                before.forEach(phase -> count(phase).decrementAndGet());
                now.forEach(phase -> count(phase).incrementAndGet());
                before = now;
            }
        }
    }

    private AtomicInteger count(Phase phase) {
        return requireNonNull(byPhase.get(phase));
    }
}
