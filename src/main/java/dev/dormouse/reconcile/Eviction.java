package dev.dormouse.reconcile;

import dev.dormouse.engine.Engine;
import dev.dormouse.engine.Swap;
import dev.dormouse.reconcile.Dispensable.Gift;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Has the container that was idle longest give way when others need what it holds: what stands
 * still gives its memory first, and leaves when that is not, or was not, enough. Any thread.
 */
final class Eviction {
    /** Pushing memory out comes first for so long, as some hundred instances take on zram. */
    static final Duration FOR_PUSHING = Duration.ofMinutes(1);

    /** A pass takes milliseconds; for one that fails another is asked after so long. */
    static final Duration FOR_AN_ANSWER = Duration.ofSeconds(1);

    private static final Instant NEVER = Instant.MAX;

    private final Idlest idlest = new Idlest();
    private final Map<Gift, Asked> asked = new ConcurrentHashMap<>();
    private final FrozenMemory frozen;
    private final Machine machine;
    private final Predicate<Collection<String>> isShortOfRoom;
    private final InstantSource clock;
    private volatile Instant exceededSince = NEVER;
    private volatile boolean isMachineShort;

    /** Who was asked last, and has not told anything new since. */
    private record Asked(Idlest.Giver giver, Instant at) {}

    /**
     * What the machine is asked.
     *
     * @param hasSwap whether there is something to push memory out to
     * @param isShortOfMemory whether it is; asked rarely
     */
    record Machine(BooleanSupplier hasSwap, BooleanSupplier isShortOfMemory) {
        static Machine of(Engine engine) {
            return new Machine(
                    () -> engine.capabilities().swap() != Swap.NONE, engine::isShortOfMemory);
        }
    }

    /**
     * @param isShortOfRoom whether somebody waits for more room than instances that are on their
     *     way out will leave
     */
    Eviction(
            FrozenMemory frozen,
            Machine machine,
            Predicate<Collection<String>> isShortOfRoom,
            InstantSource clock) {
        this.frozen = frozen;
        this.machine = machine;
        this.isShortOfRoom = isShortOfRoom;
        this.clock = clock;
    }

    /** Instances wait for room on the host: is enough of it about to be given back? */
    void makeRoom() {
        if (isShortOfRoom.test(idlest.leaving())) {
            boolean _ = ask(Gift.ROOM, Yielding::askForRoom);
        }
    }

    /** To be called now and then: the machine's memory may have become short by others. */
    void review() {
        isMachineShort = machine.isShortOfMemory().getAsBoolean();
        keepWithin();
    }

    /** To be called after each pass of each container: what stands still may hold too much. */
    void passed(Idlest.Giver giver, Dispensable what) {
        if (idlest.tell(giver, what)) {
            asked.values().removeIf(one -> one.giver().equals(giver));
        }
        keepWithin();
    }

    private void keepWithin() {
        long excess = frozen.excess();
        boolean isLate = isLate(excess);
        if (excess == 0 && !isStillShort()) {
            return;
        }
        boolean sinks = sinks();
        isMachineShort = isMachineShort && sinks; // else it cannot be helped until the next look
        if (excess > 0 && (!sinks || excess > idlest.winnings().expected())) {
            boolean _ =
                    ask(Gift.RESIDENT, Yielding::askForFrozen)
                            || ask(Gift.DEEP, Yielding::askForFrozen);
        } else if (isLate) {
            // but not what is deep: it leaves little, and the rest is on its way there
            boolean _ = ask(Gift.RESIDENT, Yielding::askForFrozen);
        }
    }

    /** Whether pushing out has had its time, and what stands still holds too much all the same. */
    private boolean isLate(long excess) {
        if (excess == 0) {
            exceededSince = NEVER;
            return false;
        }
        Instant now = clock.instant();
        Instant since = exceededSince;
        if (since.equals(NEVER)) {
            exceededSince = now;
            return false;
        }
        return now.isAfter(since.plus(FOR_PUSHING));
    }

    private boolean isStillShort() {
        if (isMachineShort) {
            isMachineShort = machine.isShortOfMemory().getAsBoolean();
        }
        return isMachineShort;
    }

    /** Whether memory is being pushed out, or will be. */
    private boolean sinks() {
        return machine.hasSwap().getAsBoolean()
                && (idlest.isSinking() || ask(Gift.SINKABLE, Yielding::askToSink));
    }

    /** Whether there is any to be asked. */
    private boolean ask(Gift gift, Consumer<Yielding> words) {
        Instant now = clock.instant();
        Asked last = asked.get(gift);
        if (last != null && now.isAfter(last.at().plus(FOR_AN_ANSWER))) {
            idlest.passOver(last.giver());
            asked.remove(gift, last);
        }
        Optional<Idlest.Giver> first = idlest.first(gift, giver -> isToBeAsked(gift, giver));
        first.ifPresent(giver -> {
            asked.merge(gift, new Asked(giver, now), Eviction::latest);
            words.accept(giver.yielding());
            giver.soon();
        });
        return first.isPresent();
    }

    /** Asked once more, it has not answered since it was asked first. */
    private static Asked latest(Asked before, Asked now) {
        return before.giver().equals(now.giver()) ? before : now;
    }

    /** Who was asked to push its memory out gives it up no sooner than that is tried. */
    private boolean isToBeAsked(Gift gift, Idlest.Giver giver) {
        Asked sinks = asked.get(Gift.SINKABLE);
        boolean evicts = gift == Gift.RESIDENT || gift == Gift.DEEP;
        return !evicts || sinks == null || !sinks.giver().equals(giver);
    }
}
