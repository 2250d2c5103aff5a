package dev.dormouse.reconcile;

import java.util.concurrent.atomic.AtomicBoolean;

/** What a container lets go of because others need it. Used by its pass alone, but for asking. */
final class Yielding {
    private final AtomicBoolean askedForRoom = new AtomicBoolean();
    private final AtomicBoolean askedForFrozen = new AtomicBoolean();
    private boolean underWay;

    /** Others need room: what is idle shall go. Any thread. */
    void askForRoom() {
        askedForRoom.set(true);
    }

    /** What stands still holds too much: that shall go. Any thread. */
    void askForFrozen() {
        askedForFrozen.set(true);
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

    /** Whether nothing is to stand still. */
    boolean isUnderWay() {
        return underWay;
    }
}
