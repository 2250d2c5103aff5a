package dev.dormouse.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The mix has the published figures; the population is large enough for them to show. */
class ScenarioTest {
    private static final int COUNT = 20_000;
    private static final int CALLS_LEAST = 200;
    private static final List<Profile> MIX = Scenario.MIX.population(COUNT, 2026);

    @Test
    void mostContainersAreCalledRarelyAndAFewMakeMostCalls() {
        double[] perDay = MIX.stream().mapToDouble(ScenarioTest::perDay).sorted().toArray();

        assertThat(share(perDay, 24)).isCloseTo(0.45, within(0.03));
        assertThat(share(perDay, 1440)).isCloseTo(0.81, within(0.03));
        double all = 0;
        double busiest = 0;
        for (int i = 0; i < COUNT; i++) {
            all += perDay[i];
            busiest += i >= 0.81 * COUNT ? perDay[i] : 0;
        }
        assertThat(busiest / all).isGreaterThan(0.8);
    }

    @Test
    void callsTakeAsLongAsPublished() {
        List<Duration> services = MIX.stream().map(Profile::service).sorted().toList();

        assertThat(services.get(COUNT / 2).toMillis() / 1e3)
                .isCloseTo(Math.exp(-0.38), within(0.05));
        assertThat(services.get(COUNT * 96 / 100)).isLessThanOrEqualTo(Duration.ofSeconds(60));
    }

    @Test
    void memoryIsWithinThePublishedBoundsAndTheLimitHoldsIt() {
        List<Long> memory = MIX.stream().map(Profile::memoryBytes).sorted().toList();

        assertThat(memory.get(COUNT / 2)).isBetween(100_000_000L, 170_000_000L);
        assertThat(memory.get(COUNT * 9 / 10)).isLessThan(400_000_000L);
        assertThat(MIX).allMatch(one -> one.memoryBytes() <= one.limitBytes());
    }

    @Test
    void theFirstContainersOfALargePopulationAreThoseOfASmallOne() {
        List<Profile> few = Scenario.MIX.population(10, 2026);

        for (int i = 0; i < few.size(); i++) {
            assertThat(few.get(i).service()).isEqualTo(MIX.get(i).service());
            assertThat(perDay(few.get(i))).isEqualTo(perDay(MIX.get(i)));
        }
    }

    /** Counted over whole days, and enough of them for a call a day to show. */
    private static double perDay(Profile profile) {
        SplittableRandom random = new SplittableRandom(profile.number());
        Rhythm rhythm = profile.rhythm().apply(random);
        long end = Rhythm.DAY;
        int calls = 0;
        for (long time = rhythm.after(0, random); ; time = rhythm.after(time, random)) {
            while (time >= end && calls < CALLS_LEAST) {
                end += Rhythm.DAY;
            }
            if (time >= end) {
                return calls / ((double) end / Rhythm.DAY);
            }
            calls++;
        }
    }

    private static double share(double[] sorted, double most) {
        int count = 0;
        while (count < sorted.length && sorted[count] <= most) {
            count++;
        }
        return (double) count / sorted.length;
    }
}
