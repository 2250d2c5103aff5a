package dev.dormouse.gateway;

/**
 * Whether a container has instances, and since when; so that of a wait can be told how much of it a
 * start took. Times are those of {@link System#nanoTime}.
 *
 * @param since when it became so
 * @param before when the opposite had begun
 */
record Wakefulness(boolean isAwake, long since, long before) {
    Wakefulness(boolean isAwake, long now) {
        this(isAwake, now, now);
    }

    Wakefulness next(boolean awake, long now) {
        return awake == isAwake ? this : new Wakefulness(awake, now, since);
    }

    /**
     * How much of a wait between the two went by because there was no instance.
     *
     * @param endedByStart whether it was the start that ended the wait: then handing its place over
     *     belongs to it
     */
    long startNanos(long from, long to, boolean endedByStart) {
        if (!isAwake) {
            return Math.max(0, to - later(from, since));
        }
        long end = endedByStart ? to : since;
        return Math.max(0, end - later(from, before));
    }

    private static long later(long one, long other) {
        return one - other > 0 ? one : other;
    }
}
