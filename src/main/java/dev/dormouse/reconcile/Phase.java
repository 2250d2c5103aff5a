package dev.dormouse.reconcile;

import java.util.Locale;

/** How far one instance has come, as the loop knows it. */
enum Phase {
    /** Being created, or its process runs and its probes have not passed yet. */
    STARTING,
    /** Its probes passed: it takes requests. */
    READY,
    /** Its liveness probe failed for good, or it never became ready. */
    UNHEALTHY,
    /** Takes no new requests, finishes those it has. */
    DRAINING,
    /** Its process ended by itself. */
    EXITED,
    /** The engine has been asked to end it. */
    STOPPING;

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
