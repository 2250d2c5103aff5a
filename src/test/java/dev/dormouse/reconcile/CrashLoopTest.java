package dev.dormouse.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.model.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A revision in service whose instances do not stay up. */
class CrashLoopTest {
    private static final String WHY = "the process exited with code 3";

    private final SimulatedWorld world = inService();

    private static SimulatedWorld inService() {
        SimulatedWorld world = new SimulatedWorld(new Random(7));
        world.faults = false;
        world.wanted = 1;
        while (world.container().status() != Status.READY) {
            world.plan().steps().forEach(world::perform);
            world.workPassesTime();
        }
        return world;
    }

    private Plan plan(Status status, int failures, List<Seen> instances) {
        Failures failed = Failures.NONE;
        for (int i = 0; i < failures; i++) {
            failed = failed.another(WHY, world.now, 0);
        }
        int revision = world.revisions().getFirst().number();
        World now =
                new World(
                        world.container()
                                .withProgress(world.container().generation(), status, world.now),
                        world.revisions(),
                        new Resolution.None(),
                        instances,
                        failures == 0 ? Map.of() : Map.of(revision, failed),
                        1,
                        "one is wanted",
                        Rungs.STOPPED,
                        Spares.NONE,
                        world.now);
        return new Planner(Duration.ofSeconds(1), Duration.ofHours(1)).plan(now);
    }

    private List<Seen> ready(Instant since) {
        return List.of(new Seen("i", world.revisions().getFirst().number(), Phase.READY, since, 0));
    }

    @Test
    void isAnErrorThatSaysHowTheyEnded() {
        assertThat(plan(Status.READY, Planner.EXITS_MAX, List.of()).steps())
                .containsExactly(
                        new Step.Settle(Status.ERROR, WHY, "its instances do not stay up"));
    }

    @Test
    void isNoneBeforeTheyFailedAFewTimes() {
        assertThat(plan(Status.READY, Planner.EXITS_MAX - 1, List.of()).steps())
                .noneMatch(Step.Settle.class::isInstance);
    }

    @Test
    void isNoneWhileAnotherServes() {
        assertThat(plan(Status.READY, Planner.EXITS_MAX, ready(world.now)).steps())
                .noneMatch(Step.Settle.class::isInstance);
    }

    @Test
    void isOneNoMoreWhenAnInstanceMadeUpForIt() {
        assertThat(plan(Status.ERROR, 0, ready(world.now)).steps())
                .containsExactly(new Step.Settle(Status.READY, "", "its instances stay up again"));
    }

    @Test
    void isLookedAtAgainWhenTheInstanceWillHave() {
        assertThat(plan(Status.ERROR, Planner.EXITS_MAX, ready(world.now)).reviewAt())
                .hasValueSatisfying(
                        at -> assertThat(at).isBeforeOrEqualTo(world.now.plus(Failures.RAN_WELL)));
    }
}
