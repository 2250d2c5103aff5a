package dev.dormouse.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Counts over a fixed seed, held against what the theory of each rhythm says. */
class RhythmTest {
    private static final int DAYS = 400;

    @Test
    void steadyCallsComeAsOftenAsTheyShallAndAtAnyTimeOfTheDayAlike() {
        List<Long> calls = calls(Rhythm.steady(100));

        assertThat(calls.size()).isCloseTo(100 * DAYS, within(3 * 200));
        assertThat(inFirstHalfOfTheDay(calls)).isCloseTo(0.5, within(0.01));
    }

    @Test
    void dailyCallsFollowTheDayAndAreAsManyOverIt() {
        List<Long> calls = calls(Rhythm.daily(100, 0.9, 0.25));

        assertThat(calls.size()).isCloseTo(100 * DAYS, within(3 * 200));
        // half a day around the height of 1 + 0.9 cos: 1/2 + 0.9/π
        assertThat(inFirstHalfOfTheDay(calls)).isCloseTo(0.5 + 0.9 / Math.PI, within(0.01));
    }

    @Test
    void burstsHaveShortGapsWithinAndLongOnesBetween() {
        List<Long> calls = calls(Rhythm.bursts(10, 50, Duration.ofMillis(100)));

        long bursts = 1;
        for (int i = 1; i < calls.size(); i++) {
            bursts += calls.get(i) - calls.get(i - 1) > Duration.ofSeconds(3).toNanos() ? 1 : 0;
        }
        assertThat((double) bursts / DAYS).isCloseTo(10, within(0.6));
        assertThat((double) calls.size() / bursts).isCloseTo(50, within(3.0));
    }

    @Test
    void theBeatIsWithinASecondOfTheFullPeriodAndNeverTwice() {
        long hour = Duration.ofHours(1).toNanos();

        List<Long> calls = calls(Rhythm.beat(Duration.ofHours(1), Duration.ZERO, 3));

        assertThat(calls).hasSize(3 * (24 * DAYS - 1));
        assertThat(calls).allMatch(call -> call % hour < Duration.ofSeconds(1).toNanos());
        for (int i = 0; i < calls.size(); i++) {
            assertThat(calls.get(i) / hour).isEqualTo(1 + i / 3);
        }
    }

    @Test
    void timeGoesOn() {
        for (Rhythm rhythm :
                List.of(
                        Rhythm.steady(1e9),
                        Rhythm.bursts(1e6, 100, Duration.ofNanos(1)),
                        Rhythm.beat(Duration.ofMinutes(1), Duration.ZERO, 100))) {
            SplittableRandom random = new SplittableRandom(3);
            long time = 0;
            for (int i = 0; i < 10_000; i++) {
                long next = rhythm.after(time, random);
                assertThat(next).isGreaterThan(time);
                time = next;
            }
        }
    }

    private static List<Long> calls(Rhythm rhythm) {
        SplittableRandom random = new SplittableRandom(11);
        List<Long> calls = new ArrayList<>();
        long end = DAYS * Duration.ofDays(1).toNanos();
        for (long at = rhythm.after(0, random); at < end; at = rhythm.after(at, random)) {
            calls.add(at);
        }
        return calls;
    }

    private static double inFirstHalfOfTheDay(List<Long> calls) {
        long day = Duration.ofDays(1).toNanos();
        return (double) calls.stream().filter(call -> call % day < day / 2).count() / calls.size();
    }
}
