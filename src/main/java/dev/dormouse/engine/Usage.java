package dev.dormouse.engine;

import java.time.Duration;

/**
 * What one instance uses of the machine.
 *
 * @param cpuTime of all its processes since it was started
 * @param memoryBytes what it holds, without the files' pages that the kernel drops when it needs
 *     room
 * @param chargedBytes what is counted against its limit, those pages included
 * @param swappedBytes what of it is not in memory but has been swapped; none where that is not
 *     counted
 */
public record Usage(Duration cpuTime, long memoryBytes, long chargedBytes, long swappedBytes) {
    /** Of one that has all of its memory. */
    public Usage(Duration cpuTime, long memoryBytes, long chargedBytes) {
        this(cpuTime, memoryBytes, chargedBytes, 0);
    }
}
