package dev.dormouse.gateway;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The meters of one container: each is made when it first counts something, for most containers
 * sleep, and found once, so that no request looks for it. They go with their container.
 */
final class Meters {
    private static final String[] CLASSES = {"1xx", "2xx", "3xx", "4xx", "5xx", "cut"};
    private static final int CUT = CLASSES.length - 1;

    /** Few, for there are as many for each part that occurs. */
    private static final Duration[] PART_BUCKETS = {
        Duration.ofMillis(1),
        Duration.ofMillis(5),
        Duration.ofMillis(25),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofMillis(2500),
        Duration.ofSeconds(10),
        Duration.ofMinutes(1)
    };

    private static final Duration[] BUCKETS = {
        Duration.ofMillis(1),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofMillis(2500),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        Duration.ofSeconds(30),
        Duration.ofMinutes(1),
        Duration.ofMinutes(5)
    };

    private final MeterRegistry registry;
    private final Tags tags;
    private final Set<Meter> all = ConcurrentHashMap.newKeySet();
    private final Map<Dialect, AtomicReferenceArray<@Nullable Counter>> answers =
            new ConcurrentHashMap<>(1);
    private final Map<Part, Timer> parts = new ConcurrentHashMap<>(1);
    private final Map<Cause, Counter> refusals = new ConcurrentHashMap<>(1);
    private final AtomicBoolean isWatching = new AtomicBoolean();
    private volatile @Nullable Timer duration;
    private volatile boolean isRemoved;

    /** The container's name and id; both are empty for requests that reach no container. */
    Meters(MeterRegistry registry, String container, String containerId) {
        this.registry = registry;
        this.tags = Tags.of("container", container, "container_id", containerId);
    }

    /** Shows what the gate holds from now on. */
    void watch(ContainerGate gate) {
        if (isWatching.get() || isWatching.getAndSet(true)) {
            return;
        }
        gauge("dormouse.gateway.in.flight", "Requests on instances", gate, ContainerGate::inFlight);
        gauge("dormouse.gateway.queued", "Requests that wait", gate, ContainerGate::waiting);
    }

    void refused(Cause cause) {
        refusals.computeIfAbsent(
                        cause,
                        _ ->
                                kept(
                                        Counter.builder("dormouse.gateway.refusals")
                                                .description(
                                                        "Answers that the gateway gave by itself")
                                                .tags(tags.and("cause", cause.type()))
                                                .register(registry)))
                .increment();
    }

    void answered(int status, Dialect dialect, long nanos) {
        ended(Math.clamp(status / 100 - 1L, 0, CUT - 1), dialect, nanos);
    }

    /** The client left, or the connection was cut. */
    void cut(Dialect dialect, long nanos) {
        ended(CUT, dialect, nanos);
    }

    /** What a request that has ended spent on one part. */
    void spent(Part part, long nanos) {
        Timer timer = parts.get(part);
        (timer == null ? newTimer(part) : timer).record(nanos, TimeUnit.NANOSECONDS);
    }

    private void ended(int outcome, Dialect dialect, long nanos) {
        AtomicReferenceArray<@Nullable Counter> known = answers.get(dialect);
        Counter counter = known == null ? null : known.get(outcome);
        (counter == null ? newCounter(outcome, dialect) : counter).increment();
        Timer timer = duration;
        (timer == null ? newTimer() : timer).record(nanos, TimeUnit.NANOSECONDS);
    }

    /** The registry gives the same counter to all who ask at once. */
    private Counter newCounter(int outcome, Dialect dialect) {
        Counter counter =
                kept(
                        Counter.builder("dormouse.gateway.requests")
                                .description("Requests that have ended, by answer and protocol")
                                .tags(
                                        tags.and(
                                                "status",
                                                CLASSES[outcome],
                                                "protocol",
                                                dialect.label()))
                                .register(registry));
        answers.computeIfAbsent(dialect, _ -> new AtomicReferenceArray<>(CLASSES.length))
                .set(outcome, counter);
        return counter;
    }

    private Timer newTimer(Part part) {
        Timer timer =
                kept(
                        Timer.builder("dormouse.gateway.part")
                                .description("What requests' time went to, where it occurred")
                                .serviceLevelObjectives(PART_BUCKETS)
                                .tags(tags.and("part", part.label()))
                                .register(registry));
        parts.put(part, timer);
        return timer;
    }

    private Timer newTimer() {
        Timer timer =
                kept(
                        Timer.builder("dormouse.gateway.duration")
                                .description("From a request's arrival to its answer's end")
                                .serviceLevelObjectives(BUCKETS)
                                .tags(tags)
                                .register(registry));
        duration = timer;
        return timer;
    }

    void remove() {
        isRemoved = true;
        all.forEach(registry::remove);
    }

    private void gauge(
            String name, String says, ContainerGate gate, ToDoubleFunction<ContainerGate> value) {
        kept(Gauge.builder(name, gate, value).description(says).tags(tags).register(registry));
    }

    private <M extends Meter> M kept(M meter) {
        all.add(meter);
        if (isRemoved) {
            registry.remove(meter);
        }
        return meter;
    }
}
