package dev.dormouse.model;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * What the gateway needs to know to serve one container: a plain value, swapped whole, which may
 * travel between machines.
 *
 * @param namespace the name of the one that it is in
 * @param version grows with every change of this container's route; an older one is ignored
 * @param host the host name it answers to, lower case and without port
 * @param instanceConcurrency hard cap of requests in flight on one instance
 * @param queueDepthMax how many requests may wait for capacity
 * @param timeout the longest that one request may take, waiting included
 * @param instances the instances that take new requests, in no order
 * @param frozen the ids of those among them that must be woken first, as far as was known when the
 *     route was made
 * @param unavailable why no instance can be had; present means: answer 503 with it instead of
 *     waiting
 * @param options what its tags say of how it is served
 */
public record Route(
        UUID containerId,
        UUID projectId,
        String namespace,
        String name,
        long version,
        String host,
        Privacy privacy,
        Protocol protocol,
        boolean httpsOnly,
        int instanceConcurrency,
        int queueDepthMax,
        Duration timeout,
        List<Target> instances,
        Set<String> frozen,
        Optional<String> unavailable,
        Options options) {
    /** Where one instance listens. */
    public record Target(String instanceId, String address, int port) {}

    public Route {
        instances = List.copyOf(instances);
        frozen = Set.copyOf(frozen);
    }
}
