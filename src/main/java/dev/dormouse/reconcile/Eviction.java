package dev.dormouse.reconcile;

import dev.dormouse.reconcile.Dispensable.Gift;
import java.util.Collection;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Has the container that was idle longest give way when others need what it holds: what stands
 * still gives its memory first, and leaves when that is not enough. Any thread.
 */
final class Eviction {
    private final Idlest idlest = new Idlest();
    private final FrozenMemory frozen;
    private final Predicate<Collection<String>> isShortOfRoom;
    private final BooleanSupplier hasSwap;
    private final BooleanSupplier isShortOfMemory;
    private volatile boolean isMachineShort;

    /**
     * @param isShortOfRoom whether somebody waits for more room than instances that are on their
     *     way out will leave
     * @param hasSwap whether there is something to push memory out to
     * @param isShortOfMemory whether the machine is; asked rarely
     */
    Eviction(
            FrozenMemory frozen,
            Predicate<Collection<String>> isShortOfRoom,
            BooleanSupplier hasSwap,
            BooleanSupplier isShortOfMemory) {
        this.frozen = frozen;
        this.isShortOfRoom = isShortOfRoom;
        this.hasSwap = hasSwap;
        this.isShortOfMemory = isShortOfMemory;
    }

    /** Instances wait for room on the host: is enough of it about to be given back? */
    void makeRoom() {
        if (isShortOfRoom.test(idlest.leaving())) {
            boolean _ = ask(Gift.ROOM, Yielding::askForRoom);
        }
    }

    /** To be called now and then: the machine's memory may have become short by others. */
    void review() {
        isMachineShort = isShortOfMemory.getAsBoolean();
        keepWithin();
    }

    /** To be called after each pass of each container: what stands still may hold too much. */
    void passed(Idlest.Giver giver, Dispensable what) {
        idlest.tell(giver, what);
        keepWithin();
    }

    private void keepWithin() {
        boolean isExceeded = frozen.isExceeded();
        if (!isExceeded && !isStillShort()) {
            return;
        }
        boolean sinks = sinks();
        isMachineShort = isMachineShort && sinks; // else it cannot be helped until the next look
        if (isExceeded && !sinks) {
            boolean _ =
                    ask(Gift.RESIDENT, Yielding::askForFrozen)
                            || ask(Gift.FROZEN, Yielding::askForFrozen);
        }
    }

    private boolean isStillShort() {
        if (isMachineShort) {
            isMachineShort = isShortOfMemory.getAsBoolean();
        }
        return isMachineShort;
    }

    /** Whether memory is being pushed out, or will be. */
    private boolean sinks() {
        return hasSwap.getAsBoolean()
                && (idlest.isSinking() || ask(Gift.SINKABLE, Yielding::askToSink));
    }

    /** Whether there is any to be asked. */
    private boolean ask(Gift gift, Consumer<Yielding> words) {
        Optional<Idlest.Giver> first = idlest.first(gift);
        first.ifPresent(giver -> {
            words.accept(giver.yielding());
            giver.soon();
        });
        return first.isPresent();
    }
}
