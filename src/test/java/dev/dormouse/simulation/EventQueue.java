package dev.dormouse.simulation;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What is to happen, in the order of its time; of what is due together, first what was asked for
 * first. Time is in nanoseconds since the beginning.
 */
public final class EventQueue {
    /** Never comes. */
    public static final long NEVER = Long.MAX_VALUE;

    private static final int CHILDREN = 4;
    private static final int FIRST_CAPACITY = 1024;

    private long[] dues = new long[FIRST_CAPACITY];
    private long[] orders = new long[FIRST_CAPACITY];
    private @Nullable Event[] events = new Event[FIRST_CAPACITY];
    private int size;
    private long asked;
    private long now;

    /** Something that happens at its time. */
    @FunctionalInterface
    public interface Event {
        void happen();
    }

    /** The time of what happens now. */
    public long now() {
        return now;
    }

    /** After so long, from now. */
    public void in(long nanos, Event event) {
        at(now + nanos, event);
    }

    /** At that time, which is not over. */
    public void at(long due, Event event) {
        if (due < now) {
            throw new IllegalArgumentException("it is %d already, not %d".formatted(now, due));
        }
        if (size == dues.length) {
            dues = Arrays.copyOf(dues, 2 * size);
            orders = Arrays.copyOf(orders, 2 * size);
            events = Arrays.copyOf(events, 2 * size);
        }
        rise(size++, due, asked++, event);
    }

    /** Lets everything happen that is due before the end, and makes it the end. */
    public void runUntil(long end) {
        while (size > 0 && dues[0] < end) {
            Event event = events[0];
            now = dues[0];
            removeFirst();
            if (event != null) {
                event.happen();
            }
        }
        now = Math.max(now, end);
    }

    private void rise(int hole, long due, long order, Event event) {
        int at = hole;
        while (at > 0) {
            int parent = (at - 1) / CHILDREN;
            if (!isBefore(due, order, parent)) {
                break;
            }
            move(parent, at);
            at = parent;
        }
        put(at, due, order, event);
    }

    private void removeFirst() {
        size--;
        long due = dues[size];
        long order = orders[size];
        Event event = events[size];
        events[size] = null;
        if (size == 0 || event == null) {
            return;
        }
        int at = 0;
        int least = leastChild(at);
        while (least < size && !isBefore(due, order, least)) {
            move(least, at);
            at = least;
            least = leastChild(at);
        }
        put(at, due, order, event);
    }

    private int leastChild(int parent) {
        int least = CHILDREN * parent + 1;
        int end = Math.min(least + CHILDREN, size);
        for (int child = least + 1; child < end; child++) {
            if (isBefore(dues[child], orders[child], least)) {
                least = child;
            }
        }
        return least;
    }

    private boolean isBefore(long due, long order, int other) {
        return due < dues[other] || (due == dues[other] && order < orders[other]);
    }

    private void move(int from, int to) {
        dues[to] = dues[from];
        orders[to] = orders[from];
        events[to] = events[from];
    }

    private void put(int at, long due, long order, Event event) {
        dues[at] = due;
        orders[at] = order;
        events[at] = event;
    }
}
