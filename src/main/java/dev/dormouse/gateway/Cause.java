package dev.dormouse.gateway;

import java.util.Locale;

/** Why the gateway answers by itself; the status that it answers with. */
enum Cause {
    INVALID_REQUEST(400),
    REQUEST_LINE_TOO_LONG(414),
    HEADERS_TOO_LARGE(431),
    PERMISSION_DENIED(403),
    UNKNOWN_HOST(404),
    UPGRADE_REQUIRED(426),
    INSTANCE_FAILED(502),
    INSTANCE_UNREACHABLE(502),
    QUEUE_FULL(503),
    UNAVAILABLE(503),
    TIMEOUT(504);

    private final int status;
    private final String type = name().toLowerCase(Locale.ROOT);

    Cause(int status) {
        this.status = status;
    }

    int status() {
        return status;
    }

    /** The word for it in error bodies and metrics. */
    String type() {
        return type;
    }
}
