package dev.dormouse.reconcile;

/**
 * What pushing memory out may win, and what it has won: of instances that stand still, in the bytes
 * that {@link FrozenMemory} counts.
 *
 * @param ahead what those are counted with whose memory is being pushed out, or could be
 * @param tried the limits of those that were measured afterwards
 * @param left what these are counted with since
 */
record Winnings(long ahead, long tried, long left) {
    static final Winnings NONE = new Winnings(0, 0, 0);

    /**
     * What stands for those that were measured as long as they are few, and half of it was won:
     * that is what compressed swap wins of memory that is full of a program's own. A limit is
     * mostly far above what an instance holds, so that more is won of it.
     */
    private static final long SUPPOSED = 1L << 30;

    private static final int SUPPOSED_SHARE = 2;

    Winnings plus(Winnings other) {
        return new Winnings(ahead + other.ahead, tried + other.tried, left + other.left);
    }

    Winnings minus(Winnings other) {
        return new Winnings(ahead - other.ahead, tried - other.tried, left - other.left);
    }

    /** What will be won if it goes as it went with those that were measured. */
    long expected() {
        double won = (double) tried - left + SUPPOSED / SUPPOSED_SHARE;
        return (long) (ahead * won / ((double) tried + SUPPOSED));
    }
}
