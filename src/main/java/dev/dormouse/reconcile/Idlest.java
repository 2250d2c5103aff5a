package dev.dormouse.reconcile;

import static java.util.Objects.requireNonNull;

import dev.dormouse.reconcile.Dispensable.Gift;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.Predicate;

/**
 * Which containers could do without what, in the order in which they were idle, and the sums: to
 * find the first takes no look at all the others. Who looks takes no lock. Any thread.
 */
final class Idlest {
    /** Guarded by this, which also lets one change what follows from it at a time. */
    private final Map<Giver, Dispensable> told = new HashMap<>();

    private final Map<Gift, NavigableSet<Place>> orders = new EnumMap<>(Gift.class);
    private final Set<Giver> sinking = ConcurrentHashMap.newKeySet();
    private final Set<String> leaving = ConcurrentHashMap.newKeySet();
    private volatile Winnings winnings = Winnings.NONE;

    /** A container that may be asked. */
    interface Giver {
        UUID id();

        /** To be told what others need. */
        Yielding yielding();

        /** Asks for a pass, in which it hears of that. */
        void soon();
    }

    private record Place(Instant idleSince, Giver giver) {
        static final Comparator<Place> ORDER =
                Comparator.comparing(Place::idleSince).thenComparing(place -> place.giver().id());
    }

    Idlest() {
        for (Gift gift : Gift.values()) {
            orders.put(gift, new ConcurrentSkipListSet<>(Place.ORDER));
        }
    }

    /**
     * What it could do without from now on.
     *
     * @return whether that is something else than before
     */
    synchronized boolean tell(Giver giver, Dispensable now) {
        Dispensable before = told.getOrDefault(giver, Dispensable.NOTHING);
        if (before.equals(now)) {
            return false;
        }
        if (now.equals(Dispensable.NOTHING)) {
            told.remove(giver);
        } else {
            told.put(giver, now);
        }
        // before it leaves its places: whoever looks meanwhile finds it in one or the other
        if (now.isSinking()) {
            sinking.add(giver);
        }
        leaving.addAll(now.leaving());
        if (!before.winnings().equals(now.winnings())) {
            winnings = winnings.plus(now.winnings()).minus(before.winnings());
        }
        place(giver, before, now);
        if (!now.isSinking()) {
            sinking.remove(giver);
        }
        before.leaving().stream()
                .filter(id -> !now.leaving().contains(id))
                .forEach(leaving::remove);
        return true;
    }

    /** Where it stays it is left alone: others may be looking. */
    private void place(Giver giver, Dispensable before, Dispensable now) {
        boolean isMoved = !before.idleSince().equals(now.idleSince());
        orders.forEach((gift, order) -> {
            if (now.gifts().contains(gift) && (isMoved || !before.gifts().contains(gift))) {
                order.add(new Place(now.idleSince().orElseThrow(), giver));
            }
            if (before.gifts().contains(gift) && (isMoved || !now.gifts().contains(gift))) {
                order.remove(new Place(before.idleSince().orElseThrow(), giver));
            }
        });
    }

    /** It does not answer: nothing is expected of it until it tells something again. */
    synchronized void passOver(Giver giver) {
        boolean _ = tell(giver, told.getOrDefault(giver, Dispensable.NOTHING).withoutGifts());
    }

    /** The one that was idle longest of those who could give it, and are meant. */
    Optional<Giver> first(Gift gift, Predicate<Giver> isMeant) {
        for (Place place : requireNonNull(orders.get(gift))) {
            if (isMeant.test(place.giver())) {
                return Optional.of(place.giver());
            }
        }
        return Optional.empty();
    }

    /** Whether memory of any instance is being pushed out. */
    boolean isSinking() {
        return !sinking.isEmpty();
    }

    /** What pushing memory out may win, and what it has won, of all. */
    Winnings winnings() {
        return winnings;
    }

    /** The instances that are on their way out; a view of what changes. */
    Collection<String> leaving() {
        return Collections.unmodifiableSet(leaving);
    }
}
