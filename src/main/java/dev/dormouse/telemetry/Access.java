package dev.dormouse.telemetry;

import java.time.Instant;
import java.util.List;

/**
 * One request to a container that has ended, as the access log tells it. What there is none of is
 * an empty text.
 *
 * @param at when it arrived
 */
public record Access(
        Instant at, String requestId, Callee callee, Asked asked, Answered answered, Spent spent) {
    /**
     * Whom it came to; only the host is known of those that come to no container.
     *
     * @param instance the instance that it came to last
     */
    public record Callee(
            String containerId, String namespace, String container, String host, String instance) {}

    /**
     * What was asked, and by whom. There is no query: secrets are in queries.
     *
     * @param version of HTTP, such as {@code HTTP/1.1}
     * @param protocol what was spoken in it, one of few words
     * @param bytes of its body
     */
    public record Asked(
            String method,
            String path,
            String version,
            String protocol,
            String client,
            String referer,
            String userAgent,
            long bytes) {}

    /**
     * What came of it.
     *
     * @param cause why the gateway answered by itself, if it did
     * @param isCut whether there was no answer, or not all of it
     * @param bytes of its body
     */
    public record Answered(int status, String cause, boolean isCut, long bytes) {}

    /** The time it took, the parts that occurred, and how often it was tried again. */
    public record Spent(long nanos, List<Part> parts, int retries) {
        public Spent {
            parts = List.copyOf(parts);
        }
    }

    /** What of the time went where. */
    public record Part(String name, long nanos) {}
}
