package dev.dormouse.gateway;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * The meters of one container, found once so that no request looks for one. Labels have as many
 * values as there are containers, and go with their container.
 */
final class Meters {
    private static final String[] CLASSES = {"1xx", "2xx", "3xx", "4xx", "5xx", "cut"};
    private static final int CUT = CLASSES.length - 1;
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
    private final List<Meter> all = new ArrayList<>();
    private final Counter[] answers = new Counter[CLASSES.length];
    private final Map<Cause, Counter> refusals = new EnumMap<>(Cause.class);
    private final Timer duration;

    /** The container's name and id; both are empty for requests that reach no container. */
    Meters(MeterRegistry registry, String container, String containerId) {
        this.registry = registry;
        this.tags = Tags.of("container", container, "container_id", containerId);
        for (int i = 0; i < CLASSES.length; i++) {
            answers[i] =
                    kept(
                            Counter.builder("dormouse.gateway.requests")
                                    .description("Requests that have ended, by answer")
                                    .tags(tags.and("status", CLASSES[i]))
                                    .register(registry));
        }
        for (Cause cause : Cause.values()) {
            refusals.put(
                    cause,
                    kept(
                            Counter.builder("dormouse.gateway.refusals")
                                    .description("Answers that the gateway gave by itself")
                                    .tags(tags.and("cause", cause.type()))
                                    .register(registry)));
        }
        duration =
                kept(
                        Timer.builder("dormouse.gateway.duration")
                                .description("From a request's arrival to its answer's end")
                                .serviceLevelObjectives(BUCKETS)
                                .tags(tags)
                                .register(registry));
    }

    /** Shows what the gate holds. */
    void watch(ContainerGate gate) {
        gauge("dormouse.gateway.in.flight", "Requests on instances", gate, ContainerGate::inFlight);
        gauge("dormouse.gateway.queued", "Requests that wait", gate, ContainerGate::waiting);
    }

    void refused(Cause cause) {
        Counter counter = refusals.get(cause);
        if (counter != null) {
            counter.increment();
        }
    }

    void answered(int status, long nanos) {
        answers[Math.clamp(status / 100 - 1L, 0, CUT - 1)].increment();
        duration.record(Duration.ofNanos(nanos));
    }

    /** The client left, or the connection was cut. */
    void cut(long nanos) {
        answers[CUT].increment();
        duration.record(Duration.ofNanos(nanos));
    }

    void remove() {
        all.forEach(registry::remove);
    }

    private void gauge(
            String name, String says, ContainerGate gate, ToDoubleFunction<ContainerGate> value) {
        kept(Gauge.builder(name, gate, value).description(says).tags(tags).register(registry));
    }

    private <M extends Meter> M kept(M meter) {
        all.add(meter);
        return meter;
    }
}
