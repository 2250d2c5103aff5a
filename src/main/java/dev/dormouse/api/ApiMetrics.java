package dev.dormouse.api;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;

/** Counts and times the API's answers, by route template, method and status. Safe on any thread. */
final class ApiMetrics {
    private final MeterRegistry registry;

    ApiMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    void answered(String route, String method, int status, Duration took) {
        Timer.builder("dormouse.api.requests")
                .description("Answers of the API")
                .tag("route", route)
                .tag("method", method)
                .tag("status", Integer.toString(status))
                .register(registry)
                .record(took);
    }
}
