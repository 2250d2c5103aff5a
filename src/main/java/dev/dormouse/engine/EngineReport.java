package dev.dormouse.engine;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What an engine says of itself when it is examined.
 *
 * @param description the engine, its version and storage, for people
 * @param apiVersion of its protocol
 * @param isNewEnough whether the protocol has all that we need
 * @param unbound what it cannot limit, in words, such as {@code memory}
 * @param storageLimit whether its storage could limit an instance's writable layer
 * @param outlived whether instances go on running while the engine restarts
 * @param freezesDirectly whether instances can be frozen without asking it
 * @param swap where the memory of frozen instances can be pushed out to
 * @param memoryBytes of its machine
 * @param networksAhead whether the networks of instances are made before they start
 * @param seccomp whether system calls are filtered
 * @param gvisor whether instances are kept from the kernel by gVisor
 * @param root where it keeps images and instances, as it sees it
 * @param warnings its own words
 * @param now what time it is there; empty where it does not tell
 */
public record EngineReport(
        String description,
        String apiVersion,
        boolean isNewEnough,
        List<String> unbound,
        boolean storageLimit,
        boolean outlived,
        boolean freezesDirectly,
        Swap swap,
        long memoryBytes,
        boolean networksAhead,
        boolean seccomp,
        GvisorReport gvisor,
        String root,
        List<String> warnings,
        Optional<Instant> now) {
    public EngineReport {
        unbound = List.copyOf(unbound);
        warnings = List.copyOf(warnings);
    }
}
