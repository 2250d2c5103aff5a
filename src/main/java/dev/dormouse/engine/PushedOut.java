package dev.dormouse.engine;

/**
 * What came of pushing an instance's memory out.
 *
 * @param heldBefore bytes of the machine's memory that the instance was charged for, and those that
 *     swap took for what it had there already
 * @param heldAfter the same afterwards
 */
public record PushedOut(long heldBefore, long heldAfter) {
    /** Of one that is not frozen, or is gone. */
    public static final PushedOut NOTHING = new PushedOut(0, 0);

    private static final int LEAST_SHARE = 10;

    /** Whether it was worth the trouble: a tenth of it at least. */
    public boolean isWon() {
        return heldBefore - heldAfter > heldBefore / LEAST_SHARE;
    }
}
