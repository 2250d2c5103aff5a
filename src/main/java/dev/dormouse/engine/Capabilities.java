package dev.dormouse.engine;

/**
 * What an engine can do; nothing else in the program asks which engine it is.
 *
 * @param description the engine and its version, for people
 * @param memoryLimit whether memory limits bind
 * @param cpuLimit whether CPU limits bind
 * @param storageLimit whether the writable layer can be limited
 * @param memoryBytes the memory of the engine's machine
 * @param cpus how many CPUs it has
 * @param freezesDirectly whether freezing and thawing are a write to a file of the kernel's, which
 *     takes a fraction of a millisecond; a call to the engine takes some ten
 * @param swap where the memory of what is frozen can be pushed out to, as of now
 * @param portsAcceptEarly whether an instance's port accepts connections before its process
 *     listens, because a forwarder stands in between; a connection alone then proves nothing
 */
public record Capabilities(
        String description,
        boolean memoryLimit,
        boolean cpuLimit,
        boolean storageLimit,
        long memoryBytes,
        int cpus,
        boolean freezesDirectly,
        Swap swap,
        boolean portsAcceptEarly) {
    /** The same with what there is to push memory out to now. */
    public Capabilities withSwap(Swap now) {
        return new Capabilities(
                description,
                memoryLimit,
                cpuLimit,
                storageLimit,
                memoryBytes,
                cpus,
                freezesDirectly,
                now,
                portsAcceptEarly);
    }
}
