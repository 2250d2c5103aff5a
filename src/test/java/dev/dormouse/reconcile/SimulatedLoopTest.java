package dev.dormouse.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.engine.Swap;
import dev.dormouse.simulation.Costs;
import dev.dormouse.simulation.Gate;
import dev.dormouse.simulation.Ledger;
import dev.dormouse.simulation.Place;
import dev.dormouse.simulation.Scaler;
import dev.dormouse.simulation.Scenario;
import dev.dormouse.simulation.Simulation;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SimulatedLoopTest {
    private static final Map<String, String> LITTLE_MEMORY =
            Map.of("DORMOUSE_FROZEN_MEMORY", "2GB");

    @ParameterizedTest
    @EnumSource(Scenario.class)
    void theSameHappensWhereThePlannerIsAskedThoughNothingIsToBeDone(Scenario scenario) {
        for (Swap swap : List.of(Swap.NONE, Swap.COMPRESSED)) {
            List<Object> rarely = told(run(scenario, SimulatedLoop.with(swap, LITTLE_MEMORY)));

            List<Object> always =
                    told(run(scenario, SimulatedLoop.alwaysPlanning(swap, LITTLE_MEMORY)));

            assertThat(always).as("swap %s", swap).isEqualTo(rarely);
        }
    }

    @Test
    void whatSinksMakesRoomForOthersWhereMemoryIsLittle() {
        Ledger frozen = run(Scenario.STEADY, SimulatedLoop.with(Swap.NONE, LITTLE_MEMORY));
        Ledger sinking = run(Scenario.STEADY, SimulatedLoop.with(Swap.COMPRESSED, LITTLE_MEMORY));

        assertThat(frozen.sunk()).isZero();
        assertThat(sinking.sunk()).isPositive();
        assertThat(sinking.evictions()).isLessThan(frozen.evictions());
        assertThat(sinking.share(Ledger.Way.COLD)).isLessThan(frozen.share(Ledger.Way.COLD));
        assertThat(
                        sinking.gigabyteHours(Place.State.FROZEN)
                                + sinking.gigabyteHours(Place.State.DEEP))
                .isLessThan(2 * 6.1);
    }

    @Test
    void whatIsFrozenIsGivenUpForWantOfMemory() {
        Ledger little = run(Scenario.STEADY, SimulatedLoop.with(Swap.NONE, LITTLE_MEMORY));
        Ledger much =
                run(
                        Scenario.STEADY,
                        SimulatedLoop.with(Swap.NONE, Map.of("DORMOUSE_FROZEN_MEMORY", "9999GB")));

        assertThat(little.evictions()).isPositive();
        assertThat(much.evictions()).isZero();
        assertThat(little.gigabyteHours(Place.State.FROZEN))
                .isLessThan(much.gigabyteHours(Place.State.FROZEN))
                .isLessThan(2 * 6.1);
    }

    private static Ledger run(Scenario scenario, Scaler.Policy policy) {
        Simulation.Setting setting =
                new Simulation.Setting(
                        scenario.population(40, 7),
                        Costs.MEASURED,
                        2,
                        7,
                        Duration.ZERO,
                        Duration.ofHours(6));
        return new Simulation(setting, Gate.Choice.LEAST_LOADED, policy).run();
    }

    private static List<Object> told(Ledger ledger) {
        return List.of(
                ledger.asked(),
                ledger.answered(),
                ledger.refused(),
                ledger.starts(),
                ledger.thaws(),
                ledger.sunk(),
                ledger.evictions(),
                ledger.waits().count(),
                ledger.waits().quantile(0.99),
                ledger.waits().most(),
                Arrays.stream(Ledger.Way.values()).map(ledger::count).toList(),
                Arrays.stream(Place.State.values()).map(ledger::hours).toList(),
                Arrays.stream(Place.State.values()).map(ledger::gigabyteHours).toList());
    }
}
