package dev.dormouse.cli;

import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/** The server refused a call; the message tells why in a sentence or a few. */
final class ApiException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final int NOT_FOUND = 404;

    private final int status;

    private ApiException(int status, String sentence) {
        super(sentence);
        this.status = status;
    }

    /** From the HTTP status and the JSON body of an answer. */
    static ApiException of(int status, JsonNode body) {
        return new ApiException(status, sentence(status, body));
    }

    boolean isNotFound() {
        return status == NOT_FOUND;
    }

    private static String sentence(int status, JsonNode body) {
        String resource = body.path("resource").asString("thing");
        String id = body.path("resource_id").asString("");
        return switch (body.path("type").asString("")) {
            case "invalid_arguments" -> arguments(body);
            case "not_found" -> "There is no %s %s.".formatted(resource, id);
            case "already_exists" -> "There is such a %s already: %s.".formatted(resource, id);
            case "transient_state" ->
                    "The %s is %s; try again when that is done."
                            .formatted(resource, body.path("current_state").asString("changing"));
            case "precondition_failed" ->
                    "This cannot be done: %s."
                            .formatted(body.path("help_message").asString("no reason given"));
            case "denied_authentication" ->
                    "The server does not accept the secret key (%s)."
                            .formatted(body.path("reason").asString("unknown"));
            case "permissions_denied" -> "The key is not allowed to do this" + missing(body) + ".";
            default ->
                    "The server answered %d: %s."
                            .formatted(status, body.path("message").asString("no message"));
        };
    }

    private static String arguments(JsonNode body) {
        String details =
                StreamSupport.stream(body.path("details").spliterator(), false)
                        .map(detail ->
                                detail.path("argument_name").asString("?")
                                        + ": "
                                        + detail.path("help_message")
                                                .asString(detail.path("reason").asString("")))
                        .collect(Collectors.joining("\n  "));
        return details.isEmpty()
                ? "The server did not accept the arguments."
                : "The server did not accept\n  " + details;
    }

    private static String missing(JsonNode body) {
        String rights =
                StreamSupport.stream(body.path("details").spliterator(), false)
                        .map(detail ->
                                detail.path("action").asString("")
                                        + " "
                                        + detail.path("resource").asString(""))
                        .collect(Collectors.joining(", "));
        return rights.isEmpty() ? "" : " (" + rights + ")";
    }
}
