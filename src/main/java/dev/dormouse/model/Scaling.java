package dev.dormouse.model;

/** What decides how many instances run; exactly one per container. */
public sealed interface Scaling {
    /** Scale on requests in flight; the threshold is also each instance's hard cap. */
    record Concurrency(int requestsPerInstance) implements Scaling {}

    /** Scale on average CPU use, in per cent of the limit. */
    record Cpu(int percent) implements Scaling {}

    /** Scale on average memory use, in per cent of the limit. */
    record Memory(int percent) implements Scaling {}
}
