package dev.dormouse.reconcile;

import dev.dormouse.engine.Capabilities;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * The memory and CPU that instances may be given in all, counted by their limits. Limits are
 * ceilings that most instances stay far below, so by default more is given away than there is.
 */
final class HostBudget {
    private static final int MEMORY_FACTOR = 4;
    private static final int CPU_FACTOR = 100;
    private static final long MVCPU = 1_000;

    private final OptionalLong memoryBytes;
    private final OptionalLong mvcpu;
    private final Supplier<Capabilities> host;

    /** What is set counts; what is not follows from the size of the host. */
    HostBudget(OptionalLong memoryBytes, OptionalLong mvcpu, Supplier<Capabilities> host) {
        this.memoryBytes = memoryBytes;
        this.mvcpu = mvcpu;
        this.host = host;
    }

    long memoryBytes() {
        return memoryBytes.orElseGet(() -> MEMORY_FACTOR * host.get().memoryBytes());
    }

    long mvcpu() {
        return mvcpu.orElseGet(() -> CPU_FACTOR * MVCPU * host.get().cpus());
    }
}
