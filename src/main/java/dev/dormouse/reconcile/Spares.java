package dev.dormouse.reconcile;

/**
 * Instances that are kept frozen beyond what is needed, for bursts.
 *
 * @param wanted how many
 * @param mayStart whether the host has room for one more that nobody waits for
 */
record Spares(int wanted, boolean mayStart) {
    static final Spares NONE = new Spares(0, false);
}
