package dev.dormouse.gateway;

import java.util.List;
import java.util.Locale;

/** What a request's time goes to, in the order in which a request meets it. */
enum Part {
    /** Waiting for a place while an instance is awake. */
    QUEUE,
    /** Waiting for an instance of a container that has none. */
    START,
    /** Waiting for a frozen instance to go on. */
    WAKE,
    /** A connection to the instance is being opened. */
    CONNECT,
    /** From the request being sent to the head of its answer. */
    APP;

    static final List<Part> ALL = List.of(values());

    private final String label = name().toLowerCase(Locale.ROOT);

    /** The word for it in {@code Server-Timing}, metrics and the access log. */
    String label() {
        return label;
    }
}
