package dev.dormouse.autoscale;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.model.Traffic;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AutoscalerTest {
    private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");
    private static final Scale SCALE =
            new Scale(0, 5, 10, Duration.ofMinutes(15), Duration.ofSeconds(30));

    @Test
    void nobodyEverCalledMeansNoInstanceAndNoReview() {
        Decision decision = Autoscaler.decide(SCALE, Traffic.NONE, Memory.EMPTY, NOON);

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
        Decision decision = decide(waiting(10), Memory.EMPTY, NOON);

        assertThat(decision.reviewAt()).contains(NOON.plusSeconds(30));
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
        Scale hasty = new Scale(0, 5, 10, Duration.ofSeconds(5), Duration.ofSeconds(30));
        Memory memory = Autoscaler.decide(hasty, waiting(3), Memory.EMPTY, NOON).memory();

        assertThat(Autoscaler.decide(hasty, Traffic.NONE, memory, NOON.plusSeconds(4)).instances())
                .isEqualTo(1);
        assertThat(Autoscaler.decide(hasty, Traffic.NONE, memory, NOON.plusSeconds(5)).instances())
                .isZero();
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
        Scale two = new Scale(2, 5, 10, Duration.ofMinutes(15), Duration.ofSeconds(30));

        Decision decision = Autoscaler.decide(two, Traffic.NONE, Memory.EMPTY, NOON);

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

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void inAnyWorldTheAnswerIsWithinBoundsAndTheMemoryToo(long seed) {
        Random random = new Random(seed);
        Scale scale =
                new Scale(
                        random.nextInt(3),
                        3 + random.nextInt(48),
                        1 + random.nextInt(80),
                        Duration.ofSeconds(random.nextInt(100)),
                        Duration.ofSeconds(30));
        Memory memory = Memory.EMPTY;
        Instant now = NOON;
        for (int i = 0; i < 2_000; i++) {
            now = now.plusMillis(random.nextInt(700));
            int peak = random.nextInt(4) == 0 ? random.nextInt(5_000) : 0;
            Decision decision = Autoscaler.decide(scale, waiting(peak), memory, now);
            memory = decision.memory();
            assertThat(decision.instances())
                    .as("seed %d", seed)
                    .isBetween(scale.least(), scale.most());
            assertThat(
                            decision.instances() * scale.requestsPerInstance() >= peak
                                    || decision.instances() == scale.most())
                    .as(
                            "seed %d: %d requests fit on %d instances",
                            seed, peak, decision.instances())
                    .isTrue();
            assertThat(memory.needs()).hasSizeLessThanOrEqualTo(31);
        }
    }

    private static Decision decide(Traffic traffic, Memory memory, Instant now) {
        return Autoscaler.decide(SCALE, traffic, memory, now);
    }

    private static Traffic waiting(int requests) {
        return new Traffic(0, requests, requests, requests, Map.of());
    }
}
