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

    /**
     * Not every container has been published yet, for this reason: who asks for an unknown one is
     * told to come back. So it is until {@link #complete}.
     */
    default void incomplete(String because) {}

    /** Every container has been published: what is unknown now does not exist. */
    default void complete() {}
}
