package dev.dormouse.reconcile;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** What the control loop counts. Safe on any thread. */
final class ReconcileMetrics {
    private final Map<Phase, AtomicInteger> byPhase = new EnumMap<>(Phase.class);
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

    /** One container's instances were these and are those now. */
    void changed(Collection<Phase> before, Collection<Phase> after) {
        before.forEach(phase -> count(phase).decrementAndGet());
        after.forEach(phase -> count(phase).incrementAndGet());
    }

    private AtomicInteger count(Phase phase) {
        return java.util.Objects.requireNonNull(byPhase.get(phase));
    }
}
