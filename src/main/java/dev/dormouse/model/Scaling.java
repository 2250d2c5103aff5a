package dev.dormouse.model;

/**
 * What decides how many instances run: one per container on the wire, and more where its tags say
 * so.
 */
public sealed interface Scaling {
    /**
     * The most requests that one instance is ever given at a time; source: the platform's published
     * limit.
     */
    int REQUESTS_MOST = 80;

    /** Scale on requests in flight; the threshold is also each instance's hard cap. */
    record Concurrency(int requestsPerInstance) implements Scaling {}

    /** Scale on average CPU use, in per cent of the limit. */
    record Cpu(int percent) implements Scaling {}

    /** Scale on average memory use, in per cent of the limit. */
    record Memory(int percent) implements Scaling {}
}
