package dev.dormouse.reconcile;

import dev.dormouse.model.Container;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/** What a container lets go of because others need it. Used by its pass alone, but for asking. */
final class Yielding {
    private final AtomicBoolean askedForRoom = new AtomicBoolean();
    private final AtomicBoolean askedForFrozen = new AtomicBoolean();
    private final AtomicBoolean askedToSink = new AtomicBoolean();
    private boolean underWay;

    /** Others need room: what is idle shall go. Any thread. */
    void askForRoom() {
        askedForRoom.set(true);
    }

    /** What stands still holds too much: that shall go. Any thread. */
    void askForFrozen() {
        askedForFrozen.set(true);
    }

    /** Memory is short: what stands still shall push its own out now. Any thread. */
    void askToSink() {
        askedToSink.set(true);
    }

    /**
     * Decides for one pass.
     *
     * @param couldGiveRoom whether it could do without an instance
     * @param isFreezing whether something will stand still soon, which has to go then
     * @return whether what is idle goes, too
     */
    boolean givesRoom(boolean couldGiveRoom, boolean isFreezing) {
        boolean room = askedForRoom.getAndSet(false) && couldGiveRoom;
        boolean frozen = askedForFrozen.getAndSet(false);
        underWay = room || frozen || (underWay && isFreezing);
        return room;
    }

    /** Whether others need something of it in this pass. */
    boolean isAsked() {
        return underWay || askedToSink.get();
    }

    /**
     * How far down what is not needed goes in this pass.
     *
     * @param hasSwap whether there is something to push memory out to; asked only if that matters
     */
    Rungs rungs(ReconcileSettings settings, Container container, BooleanSupplier hasSwap) {
        boolean atOnce = askedToSink.getAndSet(false);
        if (underWay || !settings.freezes(container)) {
            return Rungs.STOPPED;
        }
        if (!settings.sinks(container) || !hasSwap.getAsBoolean()) {
            return Rungs.FROZEN;
        }
        return new Rungs(true, Optional.of(atOnce ? Duration.ZERO : settings.deepAfter()));
    }
}
