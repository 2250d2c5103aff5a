package dev.dormouse.engine;

import java.time.Duration;

/**
 * What one instance uses of the machine.
 *
 * @param cpuTime of all its processes since it was started
 * @param memoryBytes what it holds, without the files' pages that the kernel drops when it needs
 *     room
 * @param chargedBytes what is counted against its limit, those pages included
 */
public record Usage(Duration cpuTime, long memoryBytes, long chargedBytes) {}
