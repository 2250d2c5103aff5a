package dev.dormouse.autoscale;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.model.Traffic;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Scaling by requests. */
class AutoscalerTest {
    private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");
    private static final Scale.Pace PACE = new Scale.Pace(Duration.ofSeconds(30), 10, 2);
    private static final Scale SCALE = Scale.byRequests(0, 5, 10, Duration.ofMinutes(15), PACE);

    @Test
    void nobodyEverCalledMeansNoInstanceAndNoReview() {
        Decision decision = decide(Traffic.NONE, Memory.EMPTY, NOON);

        assertThat(decision.instances()).isZero();
        assertThat(decision.reviewAt()).isEmpty();
    }

    @Test
    void oneWaitingRequestWantsOneInstance() {
        assertThat(decide(waiting(1), Memory.EMPTY, NOON).instances()).isEqualTo(1);
    }

    @Test
    void fiftyAtOnceAtTenEachWantFiveInstancesAtOnce() {
        assertThat(decide(waiting(50), Memory.EMPTY, NOON).instances()).isEqualTo(5);
        assertThat(decide(waiting(41), Memory.EMPTY, NOON).instances()).isEqualTo(5);
        assertThat(decide(waiting(40), Memory.EMPTY, NOON).instances()).isEqualTo(4);
    }

    @Test
    void neverMoreThanTheMostAndItSaysSo() {
        Decision decision = decide(waiting(500), Memory.EMPTY, NOON);

        assertThat(decision.instances()).isEqualTo(5);
        assertThat(decision.because()).contains("500 requests").contains("max_scale is 5");
    }

    @Test
    void aBurstIsRememberedForTheWindowAndNotLonger() {
        Memory memory = decide(waiting(50), Memory.EMPTY, NOON).memory();

        assertThat(decide(Traffic.NONE, memory, NOON.plusSeconds(29)).instances()).isEqualTo(5);
        assertThat(decide(Traffic.NONE, memory, NOON.plusSeconds(30)).instances()).isEqualTo(1);
    }

    @Test
    void whileOneInstanceIsEnoughItIsLookedAtRarely() {
        Traffic answered = new Traffic(0, 0, 10, 10, Map.of());
        Decision decision = decide(answered, Memory.EMPTY, NOON);

        assertThat(decision.reviewAt()).contains(NOON.plusSeconds(30));
    }

    @Test
    void whileItHasRequestsItIsLookedAtEachSecondForOthersMayWaitForItsRoom() {
        Decision decision = decide(waiting(10), Memory.EMPTY, NOON);

        assertThat(decision.reviewAt()).contains(NOON.plusSeconds(1));
    }

    @Test
    void aNeedOfMoreThanOneIsLookedAtEachSecondUntilItIsForgotten() {
        Decision busy = decide(waiting(11), Memory.EMPTY, NOON);
        Decision later = decide(Traffic.NONE, busy.memory(), NOON.plusSeconds(30));

        assertThat(busy.reviewAt()).contains(NOON.plusSeconds(1));
        assertThat(later.reviewAt()).contains(NOON.plusSeconds(60));
    }

    @Test
    void theLastInstanceGoesAfterTheIdleTime() {
        Memory memory = decide(waiting(1), Memory.EMPTY, NOON).memory();

        assertThat(decide(Traffic.NONE, memory, NOON.plus(Duration.ofSeconds(899))).instances())
                .isEqualTo(1);
        Decision asleep = decide(Traffic.NONE, memory, NOON.plus(Duration.ofMinutes(15)));
        assertThat(asleep.instances()).isZero();
        assertThat(asleep.because()).isEqualTo("nobody called for 15 min");
    }

    @Test
    void anIdleTimeShorterThanTheWindowHoldsForTheLastInstance() {
        Scale hasty = Scale.byRequests(0, 5, 10, Duration.ofSeconds(5), PACE);
        Memory memory = decide(hasty, waiting(3), Memory.EMPTY, NOON).memory();

        assertThat(decide(hasty, Traffic.NONE, memory, NOON.plusSeconds(4)).instances())
                .isEqualTo(1);
        assertThat(decide(hasty, Traffic.NONE, memory, NOON.plusSeconds(5)).instances()).isZero();
    }

    @Test
    void aRequestThatGoesOnKeepsItsInstance() {
        Traffic long1 = new Traffic(1, 0, 1, 0, Map.of("a", 1));
        Memory memory = decide(long1, Memory.EMPTY, NOON).memory();

        Decision later = decide(long1, memory, NOON.plus(Duration.ofHours(1)));

        assertThat(later.instances()).isEqualTo(1);
        assertThat(later.memory().lastActive()).contains(NOON.plus(Duration.ofHours(1)));
    }

    @Test
    void theLeastIsKeptForEver() {
        Scale two = Scale.byRequests(2, 5, 10, Duration.ofMinutes(15), PACE);

        Decision decision = decide(two, Traffic.NONE, Memory.EMPTY, NOON);

        assertThat(decision.instances()).isEqualTo(2);
        assertThat(decision.because()).isEqualTo("min_scale is 2");
        assertThat(decision.reviewAt()).isEmpty();
    }

    @Test
    void aDeployedContainerIsTouchedAndStaysItsIdleTime() {
        assertThat(
                        decide(Traffic.NONE, Memory.EMPTY.touched(NOON), NOON.plusSeconds(60))
                                .instances())
                .isEqualTo(1);
    }

    @Test
    void theReasonNamesTheRequestsAndHowLongAgoTheyWere() {
        Decision decision = decide(waiting(41), Memory.EMPTY, NOON);
        Decision later = decide(waiting(3), decision.memory(), NOON.plusSeconds(9));

        assertThat(decision.because())
                .isEqualTo("41 requests at once, 10 on each instance: 5 instances");
        assertThat(later.instances()).isEqualTo(5);
        assertThat(later.because()).isEqualTo(decision.because() + " within the last 30 s");
    }

    @Test
    void aBurstNeedsAsManyInTheNextDecisionAsInTheFirst() {
        Scale wide = Scale.byRequests(0, 50, 10, Duration.ofMinutes(15), PACE);
        Decision first = decide(wide, waiting(500), Memory.EMPTY, NOON);

        Decision whileTheyStart = decide(wide, waiting(500), first.memory(), NOON.plusMillis(200));

        assertThat(first.instances()).isEqualTo(50);
        assertThat(whileTheyStart.instances()).isEqualTo(50);
    }

    private static Decision decide(Scale scale, Traffic traffic, Memory memory, Instant now) {
        return Autoscaler.decide(scale, Observation.of(traffic), memory, now);
    }

    private static Decision decide(Traffic traffic, Memory memory, Instant now) {
        return decide(SCALE, traffic, memory, now);
    }

    private static Traffic waiting(int requests) {
        return new Traffic(0, requests, requests, requests, Map.of());
    }
}
