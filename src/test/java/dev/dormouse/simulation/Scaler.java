package dev.dormouse.simulation;

/** Decides for one container when its instances start, stand still and stop. */
public interface Scaler {
    /** A request has come for which there is no place; it waits. */
    void waits();

    /** A request was let in without waiting. */
    default void enters() {}

    /** A request has ended; who waited may have taken its place. */
    default void leaves(Place place) {}

    /** What stood still goes on, because a request came to it. */
    default void woken(Place place) {}

    /** Makes the scaler of each container of one run. */
    @FunctionalInterface
    interface Maker {
        Scaler scaler(Profile profile, Gate gate);
    }

    /** Makes what the scalers of one run share. */
    @FunctionalInterface
    interface Policy {
        Maker begin(EventQueue queue, Machine machine);
    }
}
