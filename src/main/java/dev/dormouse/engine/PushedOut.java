package dev.dormouse.engine;

/**
 * What came of pushing an instance's memory out.
 *
 * @param whole bytes that the instance would hold if all that is in swap were back in memory
 * @param heldBefore bytes of the machine's memory that the instance was charged for, and those that
 *     swap took for what it had there already
 * @param heldAfter the same afterwards
 */
public record PushedOut(long whole, long heldBefore, long heldAfter) {
    /** Of one that is not frozen, or is gone. */
    public static final PushedOut NOTHING = new PushedOut(0, 0, 0);

    private static final int LEAST_SHARE = 10;

    /**
     * Whether its being out is worth the trouble: a tenth of the whole at least. One that touched
     * little while it was awake has little left to push out, and is as deep as before. How much of
     * that went just now is not asked: where most of it is locked, it is as deep as it can be, and
     * nothing tells the two apart. Who counts it goes by what it holds.
     */
    public boolean isWon() {
        return whole - heldAfter > whole / LEAST_SHARE;
    }
}
