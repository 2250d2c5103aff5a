package dev.dormouse.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.dormouse.simulation.Ledger.Way;
import java.io.StringReader;
import java.time.Duration;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.xml.sax.InputSource;

class SimulationTest {
    private static final long SEED = 2026;
    private static final Duration SEEN = Duration.ofHours(3);

    @ParameterizedTest
    @EnumSource(Scenario.class)
    void everyRequestIsAnsweredOnceOrRefusedOrStillInside(Scenario scenario) {
        for (Comparison policy : Comparison.values()) {
            Simulation simulation = simulation(scenario, policy, SEED);

            Ledger ledger = simulation.run();

            assertThat(ledger.asked()).isPositive();
            assertThat(ledger.answered() + ledger.refused() + simulation.inside())
                    .as("%s under %s", scenario, policy)
                    .isEqualTo(ledger.asked());
            assertThat(ledger.waits().count())
                    .isBetween(ledger.answered(), ledger.answered() + simulation.inside());
        }
    }

    @ParameterizedTest
    @EnumSource(Scenario.class)
    void noContainerEverHasMoreInstancesThanItMay(Scenario scenario) {
        for (Comparison policy : Comparison.values()) {
            assertThat(run(scenario, policy).beyondMost())
                    .as("%s under %s", scenario, policy)
                    .isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(Comparison.class)
    void theSameSeedSaysTheSameAndAnotherDoesNot(Comparison policy) {
        String once = line(policy, SEED);

        assertThat(line(policy, SEED)).isEqualTo(once);
        assertThat(line(policy, SEED + 1)).isNotEqualTo(once);
    }

    @Test
    void thePoliciesGetTheSameCalls() {
        long asked = run(Scenario.MIX, Comparison.DORMOUSE).asked();

        for (Comparison policy : Comparison.values()) {
            assertThat(run(Scenario.MIX, policy).asked()).isEqualTo(asked);
        }
    }

    @Test
    void whatIsFrozenIsWokenInsteadOfStarted() {
        Ledger frozen = run(Scenario.STEADY, Comparison.DORMOUSE);
        Ledger stopped = run(Scenario.STEADY, Comparison.STOPPING);

        assertThat(frozen.share(Way.COLD)).isLessThan(stopped.share(Way.COLD) / 2);
        assertThat(frozen.count(Way.WOKEN)).isPositive();
        assertThat(frozen.hours(Place.State.FROZEN)).isPositive();
        assertThat(stopped.count(Way.WOKEN)).isZero();
        assertThat(stopped.hours(Place.State.FROZEN)).isZero();
        assertThat(frozen.hours(Place.State.AWAKE))
                .isCloseTo(
                        stopped.hours(Place.State.AWAKE),
                        within(0.02 * stopped.hours(Place.State.AWAKE)));
    }

    @Test
    void whoKeepsInstancesForLessTimeStartsMoreOften() {
        Ledger fixed = run(Scenario.STEADY, Comparison.FIXED);
        Ledger knative = run(Scenario.STEADY, Comparison.KNATIVE);

        assertThat(knative.share(Way.COLD)).isGreaterThan(2 * fixed.share(Way.COLD));
        assertThat(knative.hours(Place.State.AWAKE)).isLessThan(fixed.hours(Place.State.AWAKE));
    }

    @Test
    void anInstanceThatIsCalledOnceStaysAsLongAsItsPolicySays() {
        Rhythm once = (time, _) -> time == 0 ? Duration.ofMinutes(10).toNanos() : Rhythm.DAY;
        Profile profile =
                new Profile(
                        0,
                        _ -> once,
                        Duration.ofMillis(100),
                        10,
                        5,
                        1_000_000_000,
                        1_000_000_000,
                        Duration.ZERO);

        assertThat(minutesAwake(profile, Comparison.DORMOUSE)).isBetween(15.0, 15.6);
        assertThat(minutesAwake(profile, Comparison.STOPPING)).isBetween(15.0, 15.6);
        assertThat(minutesAwake(profile, Comparison.FIXED)).isBetween(15.0, 15.1);
        assertThat(minutesAwake(profile, Comparison.KNATIVE)).isBetween(1.5, 1.6);
    }

    @Test
    void whatIsFrozenForAWhileSinksAndItsNextCallerWaitsLonger() {
        long second = Duration.ofHours(2).toNanos();
        Rhythm twice =
                (time, _) ->
                        time == 0
                                ? Duration.ofMinutes(10).toNanos()
                                : time < second ? second : Rhythm.DAY;
        Profile profile =
                new Profile(
                        0,
                        _ -> twice,
                        Duration.ofMillis(100),
                        10,
                        5,
                        100_000_000,
                        128_000_000,
                        Duration.ZERO);

        Ledger frozen = lastTwoHours(profile, Comparison.DORMOUSE);
        Ledger deep = lastTwoHours(profile, Comparison.SINKING);

        assertThat(deep.waits().most() - frozen.waits().most())
                .isEqualTo(Costs.MEASURED.deep().more().toNanos());
        assertThat(frozen.hours(Place.State.DEEP)).isZero();
        assertThat(60 * deep.hours(Place.State.DEEP)).isBetween(99.0, 100.0);
        assertThat(60 * deep.hours(Place.State.FROZEN)).isBetween(5.0, 5.2);
        assertThat(deep.gigabyteHours(Place.State.DEEP))
                .isCloseTo(0.05 * deep.hours(Place.State.DEEP), within(1e-6));
        assertThat(deep.sunk()).isEqualTo(1); // the other was before
    }

    private static Ledger lastTwoHours(Profile profile, Comparison policy) {
        Duration hour = Duration.ofHours(1);
        return policy.over(List.of(profile), SEED, hour, hour.multipliedBy(2)).run();
    }

    private static double minutesAwake(Profile profile, Comparison policy) {
        Ledger ledger = policy.over(List.of(profile), SEED, Duration.ZERO, SEEN).run();
        assertThat(ledger.starts()).isEqualTo(1);
        assertThat(ledger.gigabyteHours(Place.State.AWAKE))
                .isCloseTo(ledger.hours(Place.State.AWAKE), within(1e-6));
        return 60 * ledger.hours(Place.State.AWAKE);
    }

    @Test
    void theDrawingHasAPointForEachRun() throws Exception {
        List<Chart.Bar> bars =
                List.of(
                        new Chart.Bar(
                                9,
                                Scenario.CRON,
                                Comparison.FIXED,
                                run(Scenario.CRON, Comparison.FIXED)),
                        new Chart.Bar(
                                9,
                                Scenario.MIX,
                                Comparison.FIXED,
                                run(Scenario.MIX, Comparison.FIXED)));

        String drawing = Chart.draw(bars);

        int circles =
                DocumentBuilderFactory.newInstance()
                        .newDocumentBuilder()
                        .parse(new InputSource(new StringReader(drawing)))
                        .getElementsByTagName("circle")
                        .getLength();
        assertThat(circles).isEqualTo(Comparison.values().length + bars.size());
    }

    private static String line(Comparison policy, long seed) {
        return Report.line(60, Scenario.MIX, policy, simulation(Scenario.MIX, policy, seed).run());
    }

    private static Ledger run(Scenario scenario, Comparison policy) {
        return simulation(scenario, policy, SEED).run();
    }

    private static Simulation simulation(Scenario scenario, Comparison policy, long seed) {
        return policy.over(scenario.population(60, seed), seed, Duration.ZERO, SEEN);
    }
}
