package dev.dormouse.reconcile;

import dev.dormouse.engine.Instance;
import dev.dormouse.model.Probe;
import dev.dormouse.model.Start;
import dev.dormouse.model.Workload;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The probes of one instance from its start to its end, on a thread of its own; interrupting that
 * ends it. While an instance starts it is asked every few milliseconds, so that it serves as soon
 * as it can, and given up after failure_threshold × interval, as the probe says.
 */
final class ProbeRun implements Runnable {
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(2);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(500);

    /** Who has waited so long does not notice a hundredth more. */
    private static final int WAITED_PER_PAUSE = 100;

    private static final Duration SHORTEST_BEAT = Duration.ofMillis(500);
    private static final int BEATS_PER_INTERVAL_MOST = 5;

    private final String instanceId;
    private final Instance.State.Running at;
    private final Workload workload;
    private final HealthCheck check;
    private final InstantSource clock;
    private final LongSupplier nanos;
    private final Consumer<Start.Part> reached;
    private final Consumer<Report> reports;
    private boolean listens;

    /**
     * @param reached told which part of its start the instance comes to
     */
    ProbeRun(
            Instance instance,
            Instance.State.Running at,
            Workload workload,
            ProbeTools tools,
            Consumer<Start.Part> reached,
            Consumer<Report> reports) {
        this.instanceId = instance.id();
        this.at = at;
        this.workload = workload;
        this.check = tools.check();
        this.clock = tools.clock();
        this.nanos = tools.nanos();
        this.reached = reached;
        this.reports = reports;
    }

    /** What every run needs. */
    record ProbeTools(HealthCheck check, InstantSource clock, LongSupplier nanos) {}

    @Override
    public void run() {
        try {
            boolean started =
                    workload.startupProbe().isEmpty() || comesUp(workload.startupProbe().get());
            if (started && comesUp(workload.livenessProbe())) {
                reached.accept(Start.Part.FORWARD);
                reports.accept(new Report.Healthy(instanceId));
                watch(workload.livenessProbe(), nanos.getAsLong());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** For one that had come up before it was frozen: asked on the next beat, and from then on. */
    Runnable afterThaw() {
        return () -> {
            try {
                Probe probe = workload.livenessProbe();
                watch(probe, nanos.getAsLong() - probe.interval().toNanos());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
    }

    private boolean comesUp(Probe probe) throws InterruptedException {
        Instant deadline = clock.instant().plus(probe.patience());
        long began = nanos.getAsLong();
        while (true) {
            Optional<HealthCheck.Ailment> failure = ailment(probe);
            listens(failure);
            if (failure.isEmpty()) {
                return true;
            }
            if (!clock.instant().isBefore(deadline)) {
                reports.accept(
                        new Report.Unhealthy(
                                instanceId,
                                Words.notServing(
                                        workload.port(), probe.check(), failure.get().words())));
                return false;
            }
            Thread.sleep(pause(Duration.ofNanos(nanos.getAsLong() - began), probe.interval()));
        }
    }

    private Optional<HealthCheck.Ailment> ailment(Probe probe) {
        return check.ailment(probe, at.address(), at.port(), workload);
    }

    private void listens(Optional<HealthCheck.Ailment> found) {
        if (!listens && found.map(HealthCheck.Ailment::listens).orElse(true)) {
            listens = true;
            reached.accept(Start.Part.PROBE);
        }
    }

    private void watch(Probe probe, long lastAsked) throws InterruptedException {
        int failures = 0;
        long due = lastAsked;
        while (true) {
            due = next(due, probe.interval(), nanos.getAsLong());
            Thread.sleep(Duration.ofNanos(due - nanos.getAsLong()));
            Optional<HealthCheck.Ailment> failure = ailment(probe);
            failures = failure.isEmpty() ? 0 : failures + 1;
            if (failures >= probe.failureThreshold()) {
                reports.accept(
                        new Report.Unhealthy(
                                instanceId,
                                Words.notServing(
                                        workload.port(),
                                        probe.check(),
                                        "its liveness probe failed "
                                                + failures
                                                + " times in a row, last because "
                                                + failure.get().words())));
                return;
            }
        }
    }

    /** The first beat that is to come, once the interval after the last question is over. */
    static long next(long last, Duration interval, long now) {
        long beat = beat(interval).toNanos();
        long earliest = Math.max(last + interval.toNanos(), now + 1);
        return Math.ceilDiv(earliest, beat) * beat;
    }

    /**
     * Instances that serve are asked on the beat, so that one waking does for many of them. The
     * interval is a number of beats, so that it is kept from the second question on.
     */
    static Duration beat(Duration interval) {
        long beats = Math.clamp(interval.dividedBy(SHORTEST_BEAT), 1, BEATS_PER_INTERVAL_MOST);
        return interval.dividedBy(beats);
    }

    /** Until an instance that has been starting for so long is asked again. */
    static Duration pause(Duration waited, Duration interval) {
        Duration most = interval.compareTo(LONGEST_PAUSE) < 0 ? interval : LONGEST_PAUSE;
        Duration share = waited.dividedBy(WAITED_PER_PAUSE);
        Duration least = share.compareTo(SHORTEST_PAUSE) < 0 ? SHORTEST_PAUSE : share;
        return least.compareTo(most) < 0 ? least : most;
    }
}
