package dev.dormouse.engine;

/**
 * What an engine can do; nothing else in the program asks which engine it is.
 *
 * @param description the engine and its version, for people
 * @param memoryLimit whether memory limits bind
 * @param cpuLimit whether CPU limits bind
 * @param storageLimit whether the writable layer can be limited
 * @param portsAcceptEarly whether an instance's port accepts connections before its process
 *     listens, because a forwarder stands in between; a connection alone then proves nothing
 */
public record Capabilities(
        String description,
        boolean memoryLimit,
        boolean cpuLimit,
        boolean storageLimit,
        boolean portsAcceptEarly) {}
