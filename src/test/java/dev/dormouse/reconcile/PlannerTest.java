package dev.dormouse.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.model.Revision;
import dev.dormouse.model.Service;
import dev.dormouse.model.Status;
import dev.dormouse.testing.Samples;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PlannerTest {
    private static final int STEPS = 400;
    private static final int CALM_ROUNDS_MAX = 400;

    static LongStream seeds() {
        return LongStream.range(0, 300);
    }

    @Test
    void aNewContainerFirstResolvesItsImage() {
        SimulatedWorld world = new SimulatedWorld(new Random(1));

        assertThat(world.plan().steps()).singleElement().isInstanceOf(Step.Resolve.class);
    }

    @Test
    void aDeployStartsAnInstanceThoughNobodyCalls() {
        SimulatedWorld world = calmWorld();
        converge(world);

        assertThat(world.container().status()).isEqualTo(Status.READY);
        assertThat(world.world().in(Revision.State.LIVE)).isPresent();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void inAnyWorldThePlanIsSafeAndInTheEndNothingIsLeftToDo(long seed) {
        Random random = new Random(seed);
        SimulatedWorld world = new SimulatedWorld(random);
        for (int i = 0; i < STEPS && !world.removed; i++) {
            if (random.nextInt(15) == 0) {
                write(world, random);
            }
            world.wanted = random.nextInt(4) == 0 ? random.nextInt(6) : world.wanted;
            actSafely(world, seed);
            world.workPassesTime();
        }
        world.faults = false;
        converge(world);

        if (world.removed) {
            assertThat(world.world().instances()).as("seed %d", seed).isEmpty();
        } else {
            assertThat(world.container().status().isTransient()).as("seed %d", seed).isFalse();
            assertServesWhatIsWanted(world, seed);
        }
    }

    private static void write(SimulatedWorld world, Random random) {
        if (world.container().status() == Status.DELETING) {
            return;
        }
        Service before = world.container().service();
        Service service =
                new Service(
                        random.nextInt(3),
                        5,
                        before.scaling(),
                        before.timeout(),
                        before.privacy(),
                        before.httpsOnly());
        boolean rollout = world.container().status() == Status.ERROR || random.nextInt(3) > 0;
        Status status = random.nextInt(40) == 0 ? Status.DELETING : Status.UPDATING;
        world.write(service, rollout, status);
    }

    private static void actSafely(SimulatedWorld world, long seed) {
        for (int round = 0; round < 10; round++) {
            List<Step> steps = world.plan().steps();
            if (steps.isEmpty() || world.removed) {
                return;
            }
            boolean served = servesNow(world);
            steps.forEach(world::perform);
            boolean mayVanish = world.wanted == 0 || world.container().status() == Status.DELETING;
            assertThat(!served || mayVanish || servesNow(world))
                    .as(
                            "seed %d: the last healthy instance must not go before the next is healthy: %s",
                            seed, steps)
                    .isTrue();
            assertNotTooMany(world, seed);
        }
        assertThat(world.plan().steps())
                .as("seed %d: a plan is exhausted after a few rounds", seed)
                .isEmpty();
    }

    private static boolean servesNow(SimulatedWorld world) {
        return world.world()
                .in(Revision.State.LIVE)
                .map(live -> world.world().readyOf(live) > 0)
                .orElse(false);
    }

    private static void assertNotTooMany(SimulatedWorld world, long seed) {
        for (Revision revision : world.world().revisions()) {
            if (revision.state() == Revision.State.DEPLOYING
                    || revision.state() == Revision.State.LIVE) {
                assertThat(world.world().activeOf(revision).size())
                        .as("seed %d: %s", seed, revision)
                        .isLessThanOrEqualTo(world.container().service().maxScale());
            }
        }
    }

    private static void assertServesWhatIsWanted(SimulatedWorld world, long seed) {
        world.world()
                .in(Revision.State.LIVE)
                .ifPresent(live -> {
                    assertThat(world.world().activeOf(live))
                            .as("seed %d", seed)
                            .hasSize(world.wanted);
                    assertThat(world.world().instances()).as("seed %d", seed).hasSize(world.wanted);
                });
    }

    private static SimulatedWorld calmWorld() {
        SimulatedWorld world = new SimulatedWorld(new Random(7));
        world.faults = false;
        world.wanted = 1;
        return world;
    }

    /** Lets a world without faults and writes run until nothing moves any more. */
    private static void converge(SimulatedWorld world) {
        world.wanted = Math.max(world.wanted, world.container().service().minScale());
        for (int round = 0; round < CALM_ROUNDS_MAX && !world.removed; round++) {
            for (Step step : world.plan().steps()) {
                world.perform(step);
            }
            world.workPassesTime();
            world.now = world.now.plus(Duration.ofSeconds(2));
        }
        if (!world.removed) {
            assertThat(world.plan().steps()).isEmpty();
        }
    }

    @Test
    void samplesAreOrdinary() {
        assertThat(Samples.container().hostLabel()).isEqualTo("spaces22222222-hello");
    }
}
