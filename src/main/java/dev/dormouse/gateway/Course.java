package dev.dormouse.gateway;

import org.jspecify.annotations.Nullable;

/**
 * The course that one request takes: where its time goes, and what it meets on its way. Its time
 * goes to one part or to none at any moment, so that no moment is counted twice. For one event
 * loop.
 */
final class Course {
    private static final int NANOS_PER_MICRO = 1_000;
    private static final int MICROS_PER_MILLI = 1_000;

    private long queue;
    private long start;
    private long wake;
    private long connect;
    private long app;
    private @Nullable Part current;
    private long since;
    private @Nullable Ticket ticket;
    private @Nullable InstanceSlots instance;
    private @Nullable Cause cause;
    private int retries;

    /** It is in the line for an instance. */
    void waits(Ticket place, long now) {
        turn(Part.QUEUE, now);
        ticket = place;
    }

    /** It has a place on an instance that is being woken. */
    void wakes(long now) {
        turn(Part.WAKE, now);
    }

    /** It has a place, and asks for a connection. */
    void connects(InstanceSlots to, long now) {
        turn(Part.CONNECT, now);
        instance = to;
    }

    /** It got a connection that was open already: nothing was opened, so no time went to that. */
    void sendsAtOnce(long now) {
        current = Part.APP;
        since = now;
    }

    /** It is on its way to the instance. */
    void sends(long now) {
        turn(Part.APP, now);
    }

    /** The head of an answer is there, or nothing more is done for it. */
    void stops(long now) {
        turn(null, now);
    }

    /** Once more, on this instance or another. */
    void retried() {
        retries++;
    }

    /** The gateway answers by itself. */
    void refused(Cause why) {
        cause = why;
    }

    private void turn(@Nullable Part next, long now) {
        if (current != null) {
            spend(current, now - since, now);
        }
        ticket = null;
        current = next;
        since = now;
    }

    private void spend(Part part, long nanos, long now) {
        switch (part) {
            case QUEUE -> {
                long ofStart = ticket == null ? 0 : ticket.startNanos(since, now);
                start += ofStart;
                queue += nanos - ofStart;
            }
            case START -> start += nanos;
            case WAKE -> wake += nanos;
            case CONNECT -> connect += nanos;
            case APP -> app += nanos;
        }
    }

    /** Zero for a part that did not occur. */
    long nanos(Part part) {
        return switch (part) {
            case QUEUE -> queue;
            case START -> start;
            case WAKE -> wake;
            case CONNECT -> connect;
            case APP -> app;
        };
    }

    int retries() {
        return retries;
    }

    /** The instance that it came to last. */
    @Nullable InstanceSlots instance() {
        return instance;
    }

    /** Why the gateway answered by itself, if it did. */
    @Nullable Cause cause() {
        return cause;
    }

    /** The parts that occurred, as {@code Server-Timing} says it; empty if none did. */
    String serverTiming() {
        StringBuilder text = new StringBuilder();
        for (Part part : Part.ALL) {
            long nanos = nanos(part);
            if (nanos > 0) {
                text.append(text.isEmpty() ? "" : ", ").append(part.label()).append(";dur=");
                millis(nanos, text);
            }
        }
        return text.toString();
    }

    private static void millis(long nanos, StringBuilder text) {
        long micros = nanos / NANOS_PER_MICRO;
        long fraction = micros % MICROS_PER_MILLI;
        text.append(micros / MICROS_PER_MILLI).append('.');
        text.append(fraction < 100 ? "0" : "").append(fraction < 10 ? "0" : "").append(fraction);
    }
}
