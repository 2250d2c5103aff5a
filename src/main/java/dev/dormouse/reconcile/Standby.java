package dev.dormouse.reconcile;

import dev.dormouse.model.Container;
import dev.dormouse.model.Revision;
import dev.dormouse.model.Workload;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Whether one container's spares may be started: not for a while after one failed or others needed
 * the room. Used by its pass alone.
 */
final class Standby {
    /** Else what is evicted were started again at once, and evicted again. */
    static final Duration PAUSE = Duration.ofMinutes(5);

    private Instant notBefore = Instant.MIN;

    /** One failed, or had to go. */
    void pause(Instant now) {
        notBefore = now.plus(PAUSE);
    }

    /** What is wanted, and whether there is room for one more of what serves. */
    Spares spares(
            Container asked, List<Revision> revisions, Fleet fleet, Tally tally, Instant now) {
        int wanted = asked.options().standby();
        return wanted == 0
                ? Spares.NONE
                : new Spares(
                        wanted,
                        !now.isBefore(notBefore)
                                && revisions.stream()
                                        .filter(one -> one.state() == Revision.State.LIVE)
                                        .map(Revision::workload)
                                        .anyMatch(limits -> hasRoom(limits, fleet, tally)));
    }

    private static boolean hasRoom(Workload limits, Fleet fleet, Tally tally) {
        return fleet.hasRoom(limits)
                && tally.hasRoomForAnother(fleet.roster(), limits.memoryLimitBytes());
    }
}
