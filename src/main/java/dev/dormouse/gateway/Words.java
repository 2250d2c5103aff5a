package dev.dormouse.gateway;

import dev.dormouse.gateway.Passage.Refusal;
import java.time.Duration;

/** What the gateway says when it answers by itself. */
final class Words {
    private Words() {}

    static Refusal oldVersion() {
        return new Refusal(
                Cause.UPGRADE_REQUIRED,
                "This endpoint speaks HTTP/1.1; the request came with another version. Send it with HTTP/1.1.");
    }

    static Refusal invalid(String why) {
        return new Refusal(Cause.INVALID_REQUEST, "The request is not valid HTTP: " + why);
    }

    static Refusal lineTooLong(int most) {
        return new Refusal(
                Cause.REQUEST_LINE_TOO_LONG,
                "The request line is longer than %d bytes.".formatted(most));
    }

    static Refusal headersTooLarge(int most) {
        return new Refusal(
                Cause.HEADERS_TOO_LARGE,
                "The request's headers are larger than %d bytes together.".formatted(most));
    }

    static Refusal unknownHost(String host) {
        return new Refusal(
                Cause.UNKNOWN_HOST,
                "No container answers to the host \"%s\". Compare it with the container's public_endpoint."
                        .formatted(host));
    }

    static Refusal notYet(String because) {
        return new Refusal(
                Cause.UNAVAILABLE,
                "Containers are not served yet: %s. Try again later.".formatted(because));
    }

    static Refusal permissionDenied() {
        return new Refusal(
                Cause.PERMISSION_DENIED,
                "This container is private: send the secret of an API key of its project that may call private containers (permission set ContainersPrivateAccess) in the header X-Auth-Token.");
    }

    static Refusal queueFull(int most) {
        return new Refusal(
                Cause.QUEUE_FULL,
                "All instances are busy and %d requests are waiting already, which is the most for this container. Try again later, or raise max_scale."
                        .formatted(most));
    }

    static Refusal unavailable(String why) {
        return new Refusal(Cause.UNAVAILABLE, why);
    }

    static Refusal leaving() {
        return new Refusal(
                Cause.UNAVAILABLE,
                "The server is being stopped while the request waits for an instance. Try again later.");
    }

    static Refusal timeout(Duration most, String doing) {
        return new Refusal(
                Cause.TIMEOUT,
                "The request took longer than the container's timeout of %d s; it was %s."
                        .formatted(most.toSeconds(), doing));
    }

    static Refusal unreachable(int attempts, String why) {
        return new Refusal(
                Cause.INSTANCE_UNREACHABLE,
                "No connection to an instance of the container could be made in %d attempts: %s. Does its process listen on the container's port, on all addresses?"
                        .formatted(attempts, why));
    }

    static Refusal failed(String why) {
        return new Refusal(
                Cause.INSTANCE_FAILED,
                "The instance ended the request without a complete answer: %s. Its log may tell more."
                        .formatted(why));
    }
}
