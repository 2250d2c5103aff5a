package dev.dormouse.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.model.Container;
import dev.dormouse.model.ExactImage;
import dev.dormouse.model.Revision;
import dev.dormouse.model.Start.Cause;
import dev.dormouse.testing.Samples;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What asks for an instance, and since when. */
class DemandTest {
    private static final Revision LIVE = revision(Revision.State.LIVE);
    private static final Revision DEPLOYING = revision(Revision.State.DEPLOYING);

    private final Demand demand = new Demand();

    private static Revision revision(Revision.State state) {
        Container container = Samples.container();
        return new Revision(
                container.id(),
                1,
                container.generation(),
                new ExactImage("sha256:1", "hello@sha256:1"),
                container.workload(),
                Map.of(),
                "",
                state,
                "",
                Samples.NOON);
    }

    private static Instant at(int second) {
        return Samples.NOON.plusSeconds(second);
    }

    private Demand.Why next(Revision revision, int active, int minScale, int second) {
        return demand.next(revision, active, minScale, Optional.empty(), at(second));
    }

    private static Demand.Why why(Cause cause, int second) {
        return new Demand.Why(cause, at(second), Optional.empty());
    }

    @Test
    void whoCallsIsCountedFromTheFirstCallThatWasNotHeard() {
        demand.called(at(1));
        demand.called(at(2));
        demand.hear();

        assertThat(next(LIVE, 0, 0, 5)).isEqualTo(why(Cause.REQUEST, 1));
        assertThat(next(LIVE, 1, 0, 5)).isEqualTo(why(Cause.SCALE_UP, 1));
    }

    @Test
    void aCallThatAnEarlierPassHeardIsNotTheCauseOfALaterStart() {
        demand.called(at(1));
        demand.hear();
        demand.settle(Optional.of(LIVE), List.of(LIVE));
        demand.hear();

        assertThat(next(LIVE, 0, 0, 9)).isEqualTo(why(Cause.REQUEST, 9));
    }

    @Test
    void whatTheOwnerWantsKeptIsCountedFromTheWrite() {
        demand.know(Samples.container(), at(0));
        demand.settle(Optional.of(LIVE), List.of(LIVE));
        demand.written(at(3));
        demand.know(Samples.container(), at(4));

        assertThat(next(LIVE, 1, 2, 5)).isEqualTo(why(Cause.MIN_SCALE, 3));
    }

    @Test
    void theFirstInstancesOfARolloutAreAskedForByItsWriteAndLaterOnesAreNot() {
        demand.written(at(1));
        demand.know(Samples.container(), at(2));
        demand.begun(at(5));

        Demand.Why first = new Demand.Why(Cause.ROLLOUT, at(1), Optional.of(at(5)));
        assertThat(next(DEPLOYING, 0, 0, 6)).isEqualTo(first);
        assertThat(next(DEPLOYING, 1, 0, 6)).isEqualTo(first);
        assertThat(next(DEPLOYING, 2, 0, 9)).isEqualTo(why(Cause.ROLLOUT, 9));
    }

    @Test
    void eachOfThoseThatFailedIsReplacedOnce() {
        demand.lost(1, at(1));
        demand.lost(1, at(2));
        demand.settle(Optional.empty(), List.of(LIVE));

        assertThat(next(LIVE, 0, 2, 5)).isEqualTo(why(Cause.REPLACEMENT, 1));
        assertThat(next(LIVE, 1, 2, 5)).isEqualTo(why(Cause.REPLACEMENT, 2));
        assertThat(next(LIVE, 2, 3, 5)).isEqualTo(why(Cause.MIN_SCALE, 5));
    }

    @Test
    void whatFailedAndIsNotMissedIsNotReplacedLater() {
        demand.lost(1, at(1));
        demand.settle(Optional.of(LIVE), List.of(LIVE));

        assertThat(next(LIVE, 0, 0, 9)).isEqualTo(why(Cause.REQUEST, 9));
    }
}
