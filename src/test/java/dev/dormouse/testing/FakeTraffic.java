package dev.dormouse.testing;

import dev.dormouse.model.Traffic;
import dev.dormouse.model.TrafficSource;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;

/** The same traffic on every container: what a test says it is at the time. */
public record FakeTraffic(Supplier<Traffic> now) implements TrafficSource {
    @Override
    public Traffic read(UUID containerId) {
        return now.get();
    }

    @Override
    public Map<String, Integer> inFlight(UUID containerId) {
        return now.get().perInstance();
    }
}
