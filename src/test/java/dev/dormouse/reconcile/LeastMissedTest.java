package dev.dormouse.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.model.ExactImage;
import dev.dormouse.model.Revision;
import dev.dormouse.testing.Samples;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When fewer are wanted, those go that would be missed least; a failure tells its seed. */
class LeastMissedTest {
    private static final Planner PLANNER = new Planner(Duration.ofSeconds(1), Duration.ofHours(1));

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void oneWithWorkStaysWhereOneWithLessCanGo(long seed) {
        Random random = new Random(seed);
        List<Seen> awake = new ArrayList<>();
        for (int i = 0; i < 1 + random.nextInt(50); i++) {
            awake.add(
                    new Seen(
                            "i" + i,
                            1,
                            Phase.READY,
                            Samples.NOON.minusSeconds(random.nextInt(1_000)),
                            random.nextInt(4)));
        }
        int wanted = random.nextInt(awake.size() + 1);

        Set<String> gone = going(awake, wanted, random.nextBoolean());

        assertThat(gone).as("seed %d", seed).hasSize(awake.size() - wanted);
        int mostWorkGone = work(awake, gone, true).max().orElse(0);
        int leastWorkKept = work(awake, gone, false).min().orElse(Integer.MAX_VALUE);
        assertThat(mostWorkGone).as("seed %d", seed).isLessThanOrEqualTo(leastWorkKept);
    }

    private static Revision live() {
        return new Revision(
                Samples.CONTAINER_ID,
                1,
                1,
                ExactImage.NONE,
                Samples.workload(),
                Map.of(),
                "the container was created",
                Revision.State.LIVE,
                "",
                Samples.NOON);
    }

    private static IntStream work(List<Seen> awake, Set<String> gone, boolean isGone) {
        return awake.stream()
                .filter(seen -> gone.contains(seen.id()) == isGone)
                .mapToInt(Seen::inFlight);
    }

    private static Set<String> going(List<Seen> awake, int wanted, boolean freezes) {
        World world =
                new World(
                        Samples.container(),
                        List.of(live()),
                        new Resolution.None(),
                        awake,
                        Map.of(),
                        wanted,
                        "so many are wanted",
                        freezes ? Rungs.FROZEN : Rungs.STOPPED,
                        Spares.NONE,
                        Samples.NOON);
        Set<String> gone = new HashSet<>();
        for (Step step : PLANNER.plan(world).steps()) {
            if (step instanceof Step.Rest(String id, _)) {
                gone.add(id);
            } else if (step instanceof Step.Drain(String id, _)) {
                gone.add(id);
            }
        }
        return gone;
    }
}
