package dev.dormouse.model;

import java.util.Map;

/**
 * What the gateway counted for one container: a plain value.
 *
 * @param inFlight requests being worked on by instances now
 * @param waiting requests held for capacity now
 * @param peak the highest sum of the two since this was last read, so that a short burst is seen
 * @param started requests that arrived since this was last read
 * @param perInstance requests in flight by instance id, draining instances included; absent means
 *     none
 */
public record Traffic(
        int inFlight, int waiting, int peak, long started, Map<String, Integer> perInstance) {
    /** Nobody is calling. */
    public static final Traffic NONE = new Traffic(0, 0, 0, 0, Map.of());

    public Traffic {
        perInstance = Map.copyOf(perInstance);
    }

    /** Requests in flight on one instance. */
    public int on(String instanceId) {
        return perInstance.getOrDefault(instanceId, 0);
    }
}
