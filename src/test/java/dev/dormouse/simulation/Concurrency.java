package dev.dormouse.simulation;

import java.util.Arrays;

/** The average number of requests inside, second by second, as far back as a window. */
final class Concurrency {
    private static final long SECOND = 1_000_000_000;

    private final float[] seconds;
    private final int window;
    private long first = -1;
    private long since;
    private int inside;
    private long lastInside;

    Concurrency(int window) {
        this.window = window;
        this.seconds = new float[window];
    }

    /** Nothing is known any more. */
    void forget() {
        Arrays.fill(seconds, 0);
        first = -1;
    }

    /** From now on so many are inside. */
    void becomes(int next, long now) {
        advance(now);
        lastInside = inside > 0 || next > 0 ? now : lastInside;
        inside = next;
    }

    /** When somebody was inside last. */
    long lastInside() {
        return lastInside;
    }

    private void advance(long now) {
        if (first < 0 || (inside == 0 && now / SECOND - since / SECOND > window)) {
            Arrays.fill(seconds, 0);
            first = now / SECOND;
            since = now;
            return;
        }
        long from = Math.max(since, now - window * SECOND);
        while (from / SECOND < now / SECOND) {
            long next = (from / SECOND + 1) * SECOND;
            add(from, next);
            seconds[(int) (next / SECOND % window)] = 0;
            from = next;
        }
        add(from, now);
        since = now;
    }

    private void add(long from, long to) {
        seconds[(int) (from / SECOND % window)] += (float) inside * (to - from) / SECOND;
    }

    /** Over the last so many seconds, or as many as something was known in. */
    double average(int most) {
        long last = since / SECOND;
        long count = Math.min(most, last - first + 1);
        double sum = 0;
        for (long second = last - count + 1; second <= last; second++) {
            sum += seconds[(int) (second % window)];
        }
        return sum / Math.max(1, count);
    }

    /** The highest of any second that is remembered. */
    double most() {
        double most = 0;
        for (float second : seconds) {
            most = Math.max(most, second);
        }
        return most;
    }
}
