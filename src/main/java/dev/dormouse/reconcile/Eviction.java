package dev.dormouse.reconcile;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Has the container that was idle longest give way when others need what it holds. Any thread. */
final class Eviction {
    private final Admission admission;
    private final FrozenMemory frozen;
    private final Supplier<Stream<Turn>> all;

    /**
     * @param all the containers that have instances
     */
    Eviction(Admission admission, FrozenMemory frozen, Supplier<Stream<Turn>> all) {
        this.admission = admission;
        this.frozen = frozen;
        this.all = all;
    }

    /** Instances wait for room on the host: is enough of it about to be given back? */
    void makeRoom() {
        List<String> leaving = all.get().flatMap(turn -> turn.loop().snapshot().leaving()).toList();
        if (admission.isShort(leaving)) {
            askIdlest(_ -> true, Yielding::askForRoom);
        }
    }

    /** What stands still may have grown too much. */
    void keepWithin() {
        if (frozen.isExceeded()) {
            askIdlest(Snapshot::hasFrozen, Yielding::askForFrozen);
        }
    }

    private void askIdlest(Predicate<Snapshot> among, Consumer<Yielding> ask) {
        all.get()
                .filter(turn -> among.test(turn.loop().snapshot()))
                .filter(turn -> turn.loop().snapshot().idleSince().isPresent())
                .min(
                        Comparator.comparing(
                                turn -> turn.loop().snapshot().idleSince().orElse(Instant.MAX)))
                .ifPresent(turn -> {
                    ask.accept(turn.loop().yielding());
                    turn.soon();
                });
    }
}
