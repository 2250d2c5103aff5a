package dev.dormouse.autoscale;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What the autoscaler remembers of one container between two decisions.
 *
 * @param needs the highest need seen in each second of the window, oldest first; its length is
 *     bounded by the window
 * @param lastActive when somebody last called, or the container was last deployed or computed
 */
public record Memory(List<Moment> needs, Optional<Instant> lastActive) {
    /** Nothing is remembered: nobody ever called. */
    public static final Memory EMPTY = new Memory(List.of(), Optional.empty());

    /** The highest need that was seen within one second. */
    public record Moment(Instant at, Need need) {}

    public Memory {
        needs = List.copyOf(needs);
    }

    /** As if somebody had called just now: a deployed instance stays its idle time. */
    public Memory touched(Instant now) {
        return new Memory(needs, Optional.of(now));
    }

    Memory with(Need need, boolean active, Instant now, Duration window) {
        Instant horizon = now.minus(window);
        List<Moment> kept = new ArrayList<>();
        for (Moment moment : needs) {
            if (moment.at().isAfter(horizon)) {
                kept.add(moment);
            }
        }
        if (need.instances() > 0) {
            addOrRaise(kept, need, now);
        }
        return new Memory(kept, active ? Optional.of(now) : lastActive);
    }

    /** The newest of the highest. */
    Need highest() {
        return needs.reversed().stream()
                .map(Moment::need)
                .max(Comparator.comparingInt(Need::instances))
                .orElse(Need.NONE);
    }

    private static void addOrRaise(List<Moment> moments, Need need, Instant now) {
        if (!moments.isEmpty() && moments.getLast().at().getEpochSecond() == now.getEpochSecond()) {
            Need last = moments.removeLast().need();
            moments.add(new Moment(now, need.instances() >= last.instances() ? need : last));
        } else {
            moments.add(new Moment(now, need));
        }
    }
}
