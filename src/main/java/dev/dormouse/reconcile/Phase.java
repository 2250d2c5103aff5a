package dev.dormouse.reconcile;

import java.util.Locale;

/** How far one instance has come, as the loop knows it. */
enum Phase {
    /** Being created, or its process runs and its probes have not passed yet. */
    STARTING,
    /** Its probes passed: it takes requests. */
    READY,
    /** Not needed now: takes no new requests, and is frozen once it has none. */
    RESTING,
    /** The engine has been asked to freeze it. */
    FREEZING,
    /** It stands still; a request, or the need for one more, wakes it. */
    FROZEN,
    /** The same, while its memory is being pushed out. */
    SINKING,
    /** The same, and its memory has been pushed out. */
    DEEP,
    /** The engine has been asked to thaw it, for it is needed. */
    WAKING,
    /** Its liveness probe failed for good, or it never became ready. */
    UNHEALTHY,
    /** Takes no new requests, finishes those it has. */
    DRAINING,
    /** Its process ended by itself. */
    EXITED,
    /** The engine has been asked to end it. */
    STOPPING;

    /** Serves, or is on its way to. */
    boolean isActive() {
        return this == STARTING || this == READY || this == WAKING;
    }

    /** Does not stand still yet, but may when it is not needed. */
    boolean isMoving() {
        return isActive() || this == RESTING || this == FREEZING;
    }

    /** Takes no CPU time until it is woken. */
    boolean isStill() {
        return this == FROZEN || this == SINKING || this == DEEP;
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
