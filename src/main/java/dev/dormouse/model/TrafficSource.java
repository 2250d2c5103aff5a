package dev.dormouse.model;

import java.util.Map;
import java.util.UUID;

/**
 * Where the control loop reads what is being asked for; the gateway is one. Safe on any thread,
 * never blocks.
 */
public interface TrafficSource {
    /**
     * The container's traffic; reading starts the next period of {@code peak} and {@code started}.
     */
    Traffic read(UUID containerId);

    /**
     * The container's requests in flight by instance id, absent meaning none; unlike {@link #read}
     * this changes nothing, so anybody may ask.
     */
    Map<String, Integer> inFlight(UUID containerId);
}
