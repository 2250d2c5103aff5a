package dev.dormouse.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.model.Pin;
import dev.dormouse.model.Revision;
import dev.dormouse.model.Status;
import dev.dormouse.model.Workload;
import dev.dormouse.testing.Samples;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PlannerTest {
    private static final int TICKS_MAX = 200;

    @Test
    void aNewContainerFirstResolvesItsImage() {
        SimulatedWorld world = calmWorld();

        assertThat(world.plan().steps())
                .singleElement()
                .isEqualTo(new Step.Resolve("hello:latest", "the container was created"));
    }

    @Test
    void aDeployStartsAnInstanceThoughNobodyCalls() {
        SimulatedWorld world = calmWorld();
        world.wanted = 0;

        until(world, Status.READY);

        assertThat(world.world().in(Revision.State.LIVE)).isPresent();
    }

    @Test
    void everyRevisionTellsWhatAskedForIt() {
        SimulatedWorld world = calmWorld();
        until(world, Status.READY);
        Revision first = world.revisions().getFirst();

        world.deploy(81);
        until(world, Status.READY);
        world.redeploy();
        until(world, Status.READY);
        world.rollBackTo(first);
        until(world, Status.READY);
        world.deploy(SimulatedWorld.ABSENT);
        until(world, Status.ERROR);

        assertThat(world.revisions())
                .extracting(Revision::because)
                .containsExactly(
                        "the container was changed",
                        "the container was rolled back to revision 1",
                        "the container was deployed again",
                        "the container was changed",
                        "the container was created");
    }

    @Test
    void aRollbackWhoseImageIsGoneSaysWhichRevisionCannotBeBroughtBack() {
        SimulatedWorld world = calmWorld();
        until(world, Status.READY);
        Revision first = world.revisions().getFirst();
        world.rollBackTo(first);
        world.deploy(SimulatedWorld.ABSENT);
        Workload absent =
                world.container().workload().withPin(Optional.of(new Pin(1, first.image())));
        World gone =
                new World(
                        world.container()
                                .withSpecification("", List.of(), absent, Samples.service()),
                        world.revisions(),
                        new Resolution.Failed("no such image"),
                        List.of(),
                        Map.of(),
                        1,
                        "one is wanted",
                        Rungs.STOPPED,
                        Spares.NONE,
                        world.now);

        List<Step> steps =
                new Planner(Duration.ofSeconds(1), Duration.ofHours(1)).plan(gone).steps();

        assertThat(steps)
                .contains(
                        new Step.Refuse(
                                "Revision 1 cannot be brought back: no such image",
                                "the container was rolled back to revision 1"));
    }

    private static SimulatedWorld calmWorld() {
        SimulatedWorld world = new SimulatedWorld(new Random(7));
        world.faults = false;
        world.wanted = 1;
        return world;
    }

    private static void until(SimulatedWorld world, Status status) {
        for (int tick = 0; tick < TICKS_MAX; tick++) {
            world.plan().steps().forEach(world::perform);
            if (world.container().status() == status) {
                return;
            }
            world.workPassesTime();
        }
        throw new AssertionError("it is %s, not %s".formatted(world.container().status(), status));
    }

    @Test
    void samplesAreOrdinary() {
        assertThat(Samples.container().hostLabel()).isEqualTo("spaces22222222-hello");
    }
}
