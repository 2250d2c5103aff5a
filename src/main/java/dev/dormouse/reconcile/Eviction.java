package dev.dormouse.reconcile;

import dev.dormouse.engine.Engine;
import dev.dormouse.engine.Swap;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Has the container that was idle longest give way when others need what it holds: what stands
 * still gives its memory first, and leaves when that is not enough. Any thread.
 */
final class Eviction {
    private final Admission admission;
    private final FrozenMemory frozen;
    private final Engine engine;
    private final Supplier<Stream<Turn>> all;
    private volatile boolean isMachineShort;

    /**
     * @param all the containers that have instances
     */
    Eviction(Admission admission, FrozenMemory frozen, Engine engine, Supplier<Stream<Turn>> all) {
        this.admission = admission;
        this.frozen = frozen;
        this.engine = engine;
        this.all = all;
    }

    /** Instances wait for room on the host: is enough of it about to be given back? */
    void makeRoom() {
        List<String> leaving = all.get().flatMap(turn -> turn.loop().snapshot().leaving()).toList();
        if (admission.isShort(leaving)) {
            askIdlest(_ -> true, Yielding::askForRoom);
        }
    }

    /** To be called now and then: the machine's memory may have become short by others. */
    void review() {
        isMachineShort = engine.isShortOfMemory();
        keepWithin();
    }

    /** What stands still may have grown too much. */
    void keepWithin() {
        boolean isExceeded = frozen.isExceeded();
        if (!isExceeded && !isStillShort()) {
            return;
        }
        boolean sinks = sinks();
        isMachineShort = isMachineShort && sinks; // else it cannot be helped until the next look
        if (isExceeded && !sinks) {
            boolean _ =
                    askIdlest(Snapshot::hasResident, Yielding::askForFrozen)
                            || askIdlest(Snapshot::hasFrozen, Yielding::askForFrozen);
        }
    }

    private boolean isStillShort() {
        if (isMachineShort) {
            isMachineShort = engine.isShortOfMemory();
        }
        return isMachineShort;
    }

    /** Whether memory is being pushed out, or will be. */
    private boolean sinks() {
        return engine.capabilities().swap() != Swap.NONE
                && (all.get().anyMatch(turn -> turn.loop().snapshot().isSinking())
                        || askIdlest(Snapshot::canSink, Yielding::askToSink));
    }

    /** Whether there is any to be asked. */
    private boolean askIdlest(Predicate<Snapshot> among, Consumer<Yielding> ask) {
        Optional<Turn> idlest =
                all.get()
                        .filter(turn -> among.test(turn.loop().snapshot()))
                        .filter(turn -> turn.loop().snapshot().idleSince().isPresent())
                        .min(
                                Comparator.comparing(turn ->
                                        turn.loop().snapshot().idleSince().orElse(Instant.MAX)));
        idlest.ifPresent(turn -> {
            ask.accept(turn.loop().yielding());
            turn.soon();
        });
        return idlest.isPresent();
    }
}
