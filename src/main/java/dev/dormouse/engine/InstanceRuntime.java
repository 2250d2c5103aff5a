package dev.dormouse.engine;

/**
 * What the processes of an instance run under.
 *
 * @param name the engine's own, such as {@code runc}; empty where it is not known
 * @param bearsFreezing whether the kernel may freeze them, and push out the memory of what is
 *     frozen; else the engine's pause alone makes them stand still, and they keep their memory
 */
public record InstanceRuntime(String name, boolean bearsFreezing) {}
