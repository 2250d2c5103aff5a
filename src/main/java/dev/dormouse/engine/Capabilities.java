package dev.dormouse.engine;

/**
 * What an engine can do; nothing else in the program asks which engine it is.
 *
 * @param description the engine and its version, for people
 * @param memoryLimit whether memory limits bind
 * @param cpuLimit whether CPU limits bind
 * @param storageLimit whether the writable layer can be limited
 */
public record Capabilities(
        String description, boolean memoryLimit, boolean cpuLimit, boolean storageLimit) {}
