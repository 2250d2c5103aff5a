package dev.dormouse.reconcile;

import dev.dormouse.model.Start;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The newest starts of each container; bounded for each and for all, where those that started
 * nothing for longest are forgotten first. A container that never started takes nothing. Any
 * thread.
 */
final class StartLedger {
    static final int OF_ONE_MAX = 20;

    private static final int MOST = 10_000;

    private final int most;
    private final KnownBoots boots;

    /** Guarded by this object, as is the next; who started something last comes last. */
    private final Map<UUID, Deque<Start>> newestFirst = new LinkedHashMap<>();

    private int count;

    /** What a server keeps: a few megabytes. */
    StartLedger(KnownBoots boots) {
        this(MOST, boots);
    }

    /**
     * @param most of all containers together
     */
    StartLedger(int most, KnownBoots boots) {
        this.most = most;
        this.boots = boots;
    }

    synchronized void keep(UUID containerId, Start start) {
        boots.hear(containerId, start);
        Deque<Start> starts = newestFirst.remove(containerId);
        if (starts == null) {
            starts = new ArrayDeque<>(1);
        }
        newestFirst.put(containerId, starts);
        starts.addFirst(start);
        count++;
        if (starts.size() > OF_ONE_MAX) {
            starts.removeLast();
            count--;
        }
        if (count > most) {
            forgetOldest();
        }
    }

    private void forgetOldest() {
        Map.Entry<UUID, Deque<Start>> longestAgo = newestFirst.entrySet().iterator().next();
        longestAgo.getValue().removeLast();
        count--;
        if (longestAgo.getValue().isEmpty()) {
            newestFirst.remove(longestAgo.getKey());
        }
    }

    /** Newest first. */
    synchronized List<Start> of(UUID containerId) {
        Deque<Start> starts = newestFirst.get(containerId);
        return starts == null ? List.of() : List.copyOf(starts);
    }

    /** What is known of how long they boot. */
    KnownBoots boots() {
        return boots;
    }

    /** The container is gone. */
    synchronized void forget(UUID containerId) {
        boots.forget(containerId);
        Deque<Start> starts = newestFirst.remove(containerId);
        count -= starts == null ? 0 : starts.size();
    }
}
