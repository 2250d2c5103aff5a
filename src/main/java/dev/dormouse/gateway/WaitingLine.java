package dev.dormouse.gateway;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * First come, first served, bounded. Guests join and abandon from any thread; {@link #first} and
 * {@link #callFirst} are for one thread at a time.
 */
final class WaitingLine {
    /** So many abandoned tickets may lie in the line before they are worth a sweep. */
    private static final int ABANDONED_MAX = 64;

    private final Queue<Ticket> tickets = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicInteger abandoned = new AtomicInteger();

    int size() {
        return waiting.get();
    }

    /** False if there is no room, at most {@code most} waiting. */
    boolean join(Ticket ticket, int most) {
        int now;
        do {
            now = waiting.get();
            if (now >= most) {
                return false;
            }
        } while (!waiting.compareAndSet(now, now + 1));
        tickets.add(ticket);
        return true;
    }

    /** True if the ticket was still waiting. */
    boolean abandon(Ticket ticket) {
        if (!ticket.abandon()) {
            return false;
        }
        waiting.decrementAndGet();
        abandoned.incrementAndGet();
        return true;
    }

    /**
     * Whether so many tickets have been abandoned that {@link #sweep} pays: its cost is shared by
     * those who left.
     */
    boolean wantsSweep() {
        return abandoned.get() > ABANDONED_MAX + waiting.get();
    }

    void sweep() {
        int[] removed = {0};
        tickets.removeIf(ticket -> {
            if (ticket.isAbandoned()) {
                removed[0]++;
                return true;
            }
            return false;
        });
        abandoned.addAndGet(-removed[0]);
    }

    /** Whoever waits longest, or nobody. */
    @Nullable Ticket first() {
        Ticket ticket = tickets.peek();
        while (ticket != null && ticket.isAbandoned()) {
            tickets.poll();
            abandoned.decrementAndGet();
            ticket = tickets.peek();
        }
        return ticket;
    }

    /** Takes the first out of the line; false if it was abandoned just now. */
    boolean callFirst(Ticket first) {
        tickets.poll();
        if (first.call()) {
            waiting.decrementAndGet();
            return true;
        }
        abandoned.decrementAndGet();
        return false;
    }
}
