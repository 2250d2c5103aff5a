package dev.dormouse.model;

import java.util.UUID;

/**
 * Where the control loop publishes routes; the gateway is one. Calls come from any thread and do
 * not block.
 */
public interface RouteSink {
    /** Puts the container's route in the place of the one before. */
    void publish(Route route);

    /**
     * The container is gone: its host is unknown from now on and its waiting requests are answered
     * so.
     */
    void withdraw(UUID containerId);
}
