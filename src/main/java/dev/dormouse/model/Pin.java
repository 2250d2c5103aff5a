package dev.dormouse.model;

/**
 * That a workload runs what an earlier revision ran, and not what its image reference means now.
 *
 * @param revision the one that was rolled back to
 */
public record Pin(int revision, ExactImage image) {}
