package dev.dormouse.simulation;

import dev.dormouse.engine.Swap;
import dev.dormouse.reconcile.SimulatedLoop;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What is held against each other, on the same calls and the same machines. */
public enum Comparison {
    DORMOUSE("Dormouse", "#1b7837", Gate.Choice.LEAST_LOADED) {
        @Override
        Scaler.Policy policy(int containers) {
            return SimulatedLoop.with(Swap.NONE, frozenMemory(containers));
        }
    },
    SINKING("Dormouse, with zram", "#2166ac", Gate.Choice.LEAST_LOADED) {
        @Override
        Scaler.Policy policy(int containers) {
            return SimulatedLoop.with(Swap.COMPRESSED, frozenMemory(containers));
        }
    },
    STOPPING("Dormouse, `DORMOUSE_SLEEP=stop`", "#7fbf7b", Gate.Choice.LEAST_LOADED) {
        @Override
        Scaler.Policy policy(int containers) {
            return SimulatedLoop.with(Swap.NONE, Map.of("DORMOUSE_SLEEP", "stop"));
        }
    },
    FIXED("15 min, then stop", "#b35806", Gate.Choice.LAST_USED) {
        @Override
        Scaler.Policy policy(int containers) {
            return FixedScaler.keeping(Duration.ofMinutes(15));
        }
    },
    KNATIVE("Knative's defaults", "#542788", Gate.Choice.LEAST_LOADED) {
        @Override
        Scaler.Policy policy(int containers) {
            return KnativeScaler.policy();
        }
    };

    /** Of the host's memory that there is for each container, half may be frozen. */
    private static final long FROZEN_MEGABYTES = 128;

    /** One core, which has one turn to start, for so many containers. */
    private static final int CONTAINERS_PER_TURN = 32;

    private final String words;
    private final String color;
    private final Gate.Choice choice;

    Comparison(String words, String color, Gate.Choice choice) {
        this.words = words;
        this.color = color;
        this.choice = choice;
    }

    abstract Scaler.Policy policy(int containers);

    private static Map<String, String> frozenMemory(int containers) {
        return Map.of("DORMOUSE_FROZEN_MEMORY", FROZEN_MEGABYTES * containers + "MB");
    }

    /** In words for people. */
    public String words() {
        return words;
    }

    /** In which it is drawn. */
    String color() {
        return color;
    }

    /** Ready to run. */
    public Simulation over(List<Profile> population, long seed, Duration unseen, Duration seen) {
        int count = population.size();
        Simulation.Setting setting =
                new Simulation.Setting(
                        population,
                        Costs.MEASURED,
                        Math.max(2, count / CONTAINERS_PER_TURN),
                        seed,
                        unseen,
                        seen);
        return new Simulation(setting, choice, policy(count));
    }
}
