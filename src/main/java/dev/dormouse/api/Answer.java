package dev.dormouse.api;

import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/** What a request that was carried out is answered with; the status is always 200. */
sealed interface Answer {
    /** A JSON document. */
    record Document(JsonNode json) implements Answer {}

    /** A text. */
    record Text(String contentType, String text) implements Answer {}

    /**
     * JSON documents, one per line, for as long as the writer runs. It is given a sink that blocks
     * until the client has taken the line, and runs on the request's own thread, which is
     * interrupted when the client leaves.
     */
    record Lines(Consumer<Consumer<Line>> writer) implements Answer {}

    /** One line of {@link Lines}. */
    sealed interface Line {
        /** A document. */
        record Entry(JsonNode json) implements Line {}

        /** An empty line, which says only that the connection lives. */
        record Heartbeat() implements Line {}
    }
}
