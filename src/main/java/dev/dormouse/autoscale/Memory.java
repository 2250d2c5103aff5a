package dev.dormouse.autoscale;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the autoscaler remembers of one container between two decisions.
 *
 * @param needs the highest need seen in each second of the window, oldest first; its length is
 *     bounded by the window
 * @param lastActive when somebody last called, or the container was last deployed
 */
public record Memory(List<Need> needs, Optional<Instant> lastActive) {
    /** Nothing is remembered: nobody ever called. */
    public static final Memory EMPTY = new Memory(List.of(), Optional.empty());

    /** The most requests in flight and waiting that were seen within one second. */
    public record Need(Instant at, int requests) {}

    public Memory {
        needs = List.copyOf(needs);
    }

    /** As if somebody had called just now: a deployed instance stays its idle time. */
    public Memory touched(Instant now) {
        return new Memory(needs, Optional.of(now));
    }

    Memory with(int requests, boolean active, Instant now, Duration window) {
        Instant horizon = now.minus(window);
        List<Need> kept = new ArrayList<>();
        for (Need need : needs) {
            if (need.at().isAfter(horizon)) {
                kept.add(need);
            }
        }
        if (requests > 0) {
            addOrRaise(kept, requests, now);
        }
        return new Memory(kept, active ? Optional.of(now) : lastActive);
    }

    int highest() {
        return needs.stream().mapToInt(Need::requests).max().orElse(0);
    }

    private static void addOrRaise(List<Need> needs, int requests, Instant now) {
        if (!needs.isEmpty() && needs.getLast().at().getEpochSecond() == now.getEpochSecond()) {
            Need last = needs.removeLast();
            needs.add(new Need(now, Math.max(requests, last.requests())));
        } else {
            needs.add(new Need(now, requests));
        }
    }
}
