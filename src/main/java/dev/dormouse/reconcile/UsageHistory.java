package dev.dormouse.reconcile;

import dev.dormouse.autoscale.Observation.Use;
import dev.dormouse.engine.Usage;
import dev.dormouse.reconcile.UsageReader.Reading;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/**
 * What one container's instances used lately, and what that is on average. An instance has a figure
 * once it was read over a whole window, all the while ready; an old figure is none. Used by the
 * container's pass alone.
 */
final class UsageHistory {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double MVCPU = 1_000;
    private static final double PERCENT = 100;

    /** After so many readings that failed, what was read before says nothing of now. */
    private static final int FAILED_MAX = 3;

    private final Duration every;
    private final Duration window;

    /** By instance, oldest first; no more than the window holds and two. */
    private final Map<String, List<Reading>> readings = new HashMap<>();

    UsageHistory(Duration every, Duration window) {
        this.every = every;
        this.window = window;
    }

    void add(Map<String, Reading> read) {
        read.forEach((id, reading) -> {
            List<Reading> all = readings.computeIfAbsent(id, _ -> new ArrayList<>());
            Instant horizon = reading.at().minus(window).minus(every.multipliedBy(2));
            all.removeIf(old -> old.at().isBefore(horizon));
            all.add(reading);
        });
    }

    /** Forgets what was read of others, and of these before they became ready. */
    void keep(Collection<Tracked> ready) {
        readings.keySet().retainAll(ready.stream().map(one -> one.id).toList());
        for (Tracked one : ready) {
            List<Reading> all = readings.getOrDefault(one.id, List.of());
            if (!all.isEmpty() && all.getFirst().at().isBefore(one.since())) {
                all.removeIf(reading -> reading.at().isBefore(one.since()));
            }
        }
    }

    /** What they compute, in per cent of their limit. */
    Optional<Use> cpu(int mvcpuLimit, Instant now) {
        return average(now, span -> cpuRate(span) * MVCPU / mvcpuLimit);
    }

    /** What they hold, in per cent of their limit. */
    Optional<Use> memory(long limitBytes, Instant now) {
        return average(
                now,
                span ->
                        span.stream()
                                        .mapToLong(reading -> memory(reading.usage()))
                                        .average()
                                        .orElse(0)
                                / limitBytes);
    }

    /** What is still in swap comes back, and counts against the limit meanwhile. */
    private static long memory(Usage usage) {
        return usage.memoryBytes() + usage.swappedBytes();
    }

    /** In CPUs. */
    private static double cpuRate(List<Reading> span) {
        Reading first = span.getFirst();
        Reading last = span.getLast();
        Duration used = last.usage().cpuTime().minus(first.usage().cpuTime());
        return used.toNanos()
                / NANOS_PER_SECOND
                / (Duration.between(first.at(), last.at()).toNanos() / NANOS_PER_SECOND);
    }

    private Optional<Use> average(Instant now, ToDoubleFunction<List<Reading>> part) {
        double[] parts =
                readings.values().stream()
                        .map(all -> span(all, now))
                        .filter(span -> !span.isEmpty())
                        .mapToDouble(part)
                        .toArray();
        OptionalDouble average = DoubleStream.of(parts).average();
        return average.isPresent()
                ? Optional.of(new Use(parts.length, average.getAsDouble() * PERCENT))
                : Optional.empty();
    }

    /** The readings of the last window; empty when they do not fill it. */
    private List<Reading> span(List<Reading> all, Instant now) {
        if (all.isEmpty()
                || all.getLast().at().plus(every.multipliedBy(FAILED_MAX)).isBefore(now)) {
            return List.of();
        }
        // Readings are never quite as far apart as they should be.
        Instant begin = all.getLast().at().minus(window).plus(every.dividedBy(2));
        for (int first = all.size() - 2; first >= 0; first--) {
            Instant at = all.get(first).at();
            if (!at.isAfter(begin) && at.isBefore(all.getLast().at())) {
                return all.subList(first, all.size());
            }
        }
        return List.of();
    }
}
