package dev.dormouse.api;

import dev.dormouse.auth.Admission;
import dev.dormouse.auth.Permission;
import dev.dormouse.model.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.UUID;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A request that is not carried out, and what its caller is told: a code, which decides the status,
 * and the JSON body. Thrown inside a transaction it undoes the transaction.
 */
final class Problem extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final int TOO_MANY = Code.TOO_MANY_REQUESTS.status();
    private static final int UNAVAILABLE = Code.UNAVAILABLE.status();

    /**
     * Every kind of error that the API answers; the wire's {@code type} is the lower-case constant.
     */
    enum Code {
        INVALID_ARGUMENTS,
        NOT_FOUND,
        TRANSIENT_STATE,
        ALREADY_EXISTS,
        PRECONDITION_FAILED,
        PERMISSIONS_DENIED,
        DENIED_AUTHENTICATION,
        TOO_MANY_REQUESTS,
        BAD_REQUEST,
        METHOD_NOT_ALLOWED,
        REQUEST_TIMEOUT,
        UNSUPPORTED_MEDIA_TYPE,
        INTERNAL_ERROR,
        UNAVAILABLE;

        /** The HTTP status that says the same. */
        int status() {
            return switch (this) {
                case INVALID_ARGUMENTS, BAD_REQUEST -> 400;
                case DENIED_AUTHENTICATION -> 401;
                case PERMISSIONS_DENIED -> 403;
                case NOT_FOUND -> 404;
                case METHOD_NOT_ALLOWED -> 405;
                case REQUEST_TIMEOUT -> 408;
                case TRANSIENT_STATE, ALREADY_EXISTS -> 409;
                case PRECONDITION_FAILED -> 412;
                case UNSUPPORTED_MEDIA_TYPE -> 415;
                case TOO_MANY_REQUESTS -> 429;
                case INTERNAL_ERROR -> 500;
                case UNAVAILABLE -> 503;
            };
        }

        String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** One argument that is wrong. */
    record Detail(String argumentName, Reason reason, String helpMessage) {}

    /** In which way an argument is wrong. */
    enum Reason {
        UNKNOWN,
        REQUIRED,
        FORMAT,
        CONSTRAINT;

        String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final int status;
    private final transient ObjectNode body;
    private final long retryAfterSeconds;

    private Problem(int status, ObjectNode body) {
        this(status, body, status == TOO_MANY || status == UNAVAILABLE ? 1 : 0);
    }

    private Problem(int status, ObjectNode body, long retryAfterSeconds) {
        super(body.path("message").asString(), null, false, false);
        this.status = status;
        this.body = body;
        this.retryAfterSeconds = retryAfterSeconds;
    }

    int status() {
        return status;
    }

    ObjectNode body() {
        return body;
    }

    /** The wire's {@code type}. */
    String type() {
        return body.path("type").asString();
    }

    /** After how many seconds to try again; empty where that would not help. */
    OptionalLong retryAfterSeconds() {
        return retryAfterSeconds == 0 ? OptionalLong.empty() : OptionalLong.of(retryAfterSeconds);
    }

    /** All that is wrong with the arguments, each named. */
    static Problem invalidArguments(List<Detail> details) {
        return invalidArguments(Code.INVALID_ARGUMENTS.status(), details);
    }

    /** One argument that is wrong. */
    static Problem invalidArgument(String name, Reason reason, String help) {
        return invalidArguments(List.of(new Detail(name, reason, help)));
    }

    /** The body is larger than any that is read. */
    static Problem bodyTooLarge(long most) {
        return invalidArguments(
                413,
                List.of(
                        new Detail(
                                "body",
                                Reason.CONSTRAINT,
                                "the body is larger than the %d bytes that are allowed"
                                        .formatted(most))));
    }

    private static Problem invalidArguments(int status, List<Detail> details) {
        ObjectNode body = body(Code.INVALID_ARGUMENTS, "invalid argument(s)");
        ArrayNode array = body.putArray("details");
        for (Detail detail : details) {
            array.addObject()
                    .put("argument_name", detail.argumentName())
                    .put("reason", detail.reason().wire())
                    .put("help_message", detail.helpMessage());
        }
        return new Problem(status, body);
    }

    static Problem notFound(String resource, String id) {
        ObjectNode body = body(Code.NOT_FOUND, "resource is not found");
        return of(Code.NOT_FOUND, body.put("resource", resource).put("resource_id", id));
    }

    static Problem notFound(String resource, UUID id) {
        return notFound(resource, id.toString());
    }

    static Problem transientState(String resource, UUID id, Status state) {
        ObjectNode body = body(Code.TRANSIENT_STATE, "resource is in a transient state");
        body.put("resource", resource).put("resource_id", id.toString());
        return of(Code.TRANSIENT_STATE, body.put("current_state", state.wire()));
    }

    static Problem alreadyExists(String resource, UUID id, String help) {
        ObjectNode body = body(Code.ALREADY_EXISTS, "resource already exists");
        body.put("resource", resource).put("resource_id", id.toString());
        return of(Code.ALREADY_EXISTS, body.put("help_message", help));
    }

    static Problem stillInUse(String help) {
        return preconditionFailed("resource_still_in_use", help);
    }

    /** What is asked for supposes something that is not so. */
    static Problem noSuchState(String help) {
        return preconditionFailed("resource_state", help);
    }

    private static Problem preconditionFailed(String precondition, String help) {
        ObjectNode body = body(Code.PRECONDITION_FAILED, "precondition is not respected");
        body.put("precondition", precondition);
        return of(Code.PRECONDITION_FAILED, body.put("help_message", help));
    }

    static Problem permissionsDenied(Permission permission) {
        ObjectNode body = body(Code.PERMISSIONS_DENIED, "insufficient permissions");
        body.putArray("details")
                .addObject()
                .put("resource", permission.resource().wire())
                .put("action", permission.action().wire());
        return of(Code.PERMISSIONS_DENIED, body);
    }

    static Problem deniedAuthentication(Admission.Reason reason) {
        ObjectNode body = body(Code.DENIED_AUTHENTICATION, "authentication is denied");
        body.put("method", "api_key").put("reason", reason.name().toLowerCase(Locale.ROOT));
        return of(Code.DENIED_AUTHENTICATION, body);
    }

    static Problem tooManyRequests(String help) {
        ObjectNode body = body(Code.TOO_MANY_REQUESTS, "too many requests");
        return of(Code.TOO_MANY_REQUESTS, body.put("help_message", help));
    }

    /** The caller comes more often than it may, and may again after the wait. */
    static Problem rateLimited(long perSecond, Duration wait, Instant now) {
        long seconds = wait.plusNanos(999_999_999).toSeconds();
        ObjectNode body = body(Code.TOO_MANY_REQUESTS, "too many requests");
        body.put("help_message", "a key may make %d requests a second".formatted(perSecond));
        body.putObject("limit").put("quota", perSecond).put("window_seconds", 1);
        body.put("reset_seconds", seconds);
        body.put("reset_at", WireTime.format(now.plusSeconds(seconds)));
        return new Problem(TOO_MANY, body, seconds);
    }

    /** An error of HTTP itself or of this server, with a sentence for people. */
    static Problem plain(Code code, String message) {
        return of(code, body(code, message));
    }

    /** The same with a status that the code alone would not have. */
    static Problem plain(Code code, int status, String message) {
        return new Problem(status, body(code, message));
    }

    private static Problem of(Code code, ObjectNode body) {
        return new Problem(code.status(), body);
    }

    private static ObjectNode body(Code code, String message) {
        return JSON.objectNode().put("message", message).put("type", code.wire());
    }
}
