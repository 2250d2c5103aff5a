package dev.dormouse.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.model.Revision;
import dev.dormouse.model.Status;
import dev.dormouse.testing.Samples;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The planner in random worlds: writes race, the engine fails at anything, instances die, the
 * server is restarted. A failure names the seed; the system property {@code dormouse.seed} runs
 * that one again.
 */
class PlannerPropertyTest {
    private static final int SEEDS_FIXED = 400;
    private static final int SEEDS_FRESH = 100;
    private static final int STORM_TICKS = 400;
    private static final int CALM_TICKS_MAX = 300;
    private static final Duration CALM_TICK = Duration.ofSeconds(2);
    private static final List<Rungs> RUNGS =
            List.of(
                    Rungs.FROZEN,
                    Rungs.STOPPED,
                    new Rungs(true, Optional.of(Duration.ofSeconds(2))),
                    new Rungs(true, Optional.of(Duration.ZERO)));

    static LongStream seeds() {
        Long given = Long.getLong("dormouse.seed");
        return given != null
                ? LongStream.of(given)
                : LongStream.concat(
                        LongStream.range(0, SEEDS_FIXED),
                        ThreadLocalRandom.current().longs(SEEDS_FRESH));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whateverHappensItServesAndInTheEndNothingIsLeftToDo(long seed) {
        Story story = new Story(seed);

        story.storm();
        story.calm();

        story.isAtRest();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void afterAnyStormTheNewestWriteWins(long seed) {
        Story story = new Story(seed);
        story.storm();
        if (story.isGoing()) {
            return;
        }
        story.world.deploy(SimulatedWorld.BAD);
        story.world.deploy(SimulatedWorld.GOOD);

        story.calm();

        story.isAtRest();
        assertThat(story.world.container().status()).as(story.name).isEqualTo(Status.READY);
        assertThat(story.live().getFirst().generation())
                .as(story.name)
                .isEqualTo(story.world.container().generation());
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void afterAnyStormARolloutThatFailsLeavesTheFormerServing(long seed) {
        Story story = new Story(seed);
        story.storm();
        if (story.isGoing()) {
            return;
        }
        story.world.deploy(SimulatedWorld.GOOD);
        story.calm();
        List<Revision> former = story.live();
        story.world.deploy(seed % 2 == 0 ? SimulatedWorld.BAD : SimulatedWorld.ABSENT);

        story.calm();

        story.isAtRest();
        assertThat(story.world.container().status()).as(story.name).isEqualTo(Status.ERROR);
        assertThat(story.live()).as(story.name).isEqualTo(former).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void afterAnyStormARollbackRunsTheVeryBytesOfThen(long seed) {
        Story story = new Story(seed);
        story.storm();
        if (story.isGoing()) {
            return;
        }
        story.world.deploy(SimulatedWorld.GOOD);
        story.calm();
        Revision then = story.live().getFirst();
        story.world.deploy(SimulatedWorld.GOOD + 1);
        story.calm();
        story.world.deploy(SimulatedWorld.BAD);
        story.storm.ticks(5);
        if (story.isGoing()) {
            return;
        }
        story.world.rollBackTo(then);

        story.calm();

        story.isAtRest();
        Revision now = story.live().getFirst();
        assertThat(now.number()).as(story.name).isGreaterThan(then.number());
        assertThat(now.image()).as(story.name).isEqualTo(then.image());
        assertThat(now.workload().port()).as(story.name).isEqualTo(then.workload().port());
        assertThat(now.because())
                .as(story.name)
                .isIn(
                        "the container was rolled back to revision " + then.number(),
                        "the container was deployed again");
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void afterAnyStormADeletionLeavesNothing(long seed) {
        Story story = new Story(seed);
        story.storm();
        if (!story.isGoing()) {
            story.world.deploy(SimulatedWorld.GOOD);
            story.world.delete();
        }

        story.calm();

        assertThat(story.world.removed).as(story.name).isTrue();
    }

    /** One world from its first write to its rest. */
    private static final class Story {
        final String name;
        final SimulatedWorld world;
        final PlannerWatch watch;
        final Storm storm;

        Story(long seed) {
            Random random = new Random(seed);
            name = "seed " + seed;
            world = new SimulatedWorld(random);
            world.rungs = RUNGS.get(Math.floorMod(seed, RUNGS.size()));
            world.spares = new Spares((int) Math.floorMod(seed / RUNGS.size(), 3L), true);
            watch = new PlannerWatch(world, seed);
            storm = new Storm(world, watch, random);
        }

        void storm() {
            world.faults = true;
            storm.ticks(STORM_TICKS);
        }

        /** Whether it is being deleted, or is gone. */
        boolean isGoing() {
            return world.container().status() == Status.DELETING;
        }

        List<Revision> live() {
            return world.revisions().stream()
                    .filter(one -> one.state() == Revision.State.LIVE)
                    .toList();
        }

        /**
         * No faults and no writes: it comes to rest within bounds, with no more starts than needed.
         */
        void calm() {
            world.faults = false;
            world.wanted = Math.max(1, world.container().service().minScale());
            int before = watch.starts();
            for (int tick = 0; tick < CALM_TICKS_MAX && !world.removed; tick++) {
                watch.act();
                world.workPassesTime();
                world.now = world.now.plus(CALM_TICK);
            }
            watch.act();
            assertThat(watch.starts() - before)
                    .as("%s: starts of a calm world", name)
                    .isLessThanOrEqualTo(2 * Math.max(1, world.wanted) + Planner.EXITS_MAX);
        }

        /** Nothing is left to do now, nor later; so many run as are wanted, and nothing else. */
        void isAtRest() {
            if (world.removed) {
                return;
            }
            assertThat(world.container().status().isTransient()).as(name).isFalse();
            int before = watch.starts();
            for (int tick = 0; tick < 20; tick++) {
                assertThat(world.plan().steps()).as("%s: a world at rest", name).isEmpty();
                world.workPassesTime();
                world.now = world.now.plus(Duration.ofMinutes(1));
            }
            assertThat(watch.starts()).as(name).isEqualTo(before);
            assertThat(world.world().instances())
                    .as(name)
                    .allMatch(seen -> seen.phase() == Phase.READY || isFrozen(seen))
                    .allMatch(seen -> seen.revision() == live().getFirst().number())
                    .hasSizeGreaterThanOrEqualTo(live().isEmpty() ? 0 : kept())
                    .filteredOn(seen -> seen.phase() == Phase.READY)
                    .hasSize(live().isEmpty() ? 0 : world.wanted);
        }

        private int kept() {
            int spares = world.rungs.freezes() ? world.spares.wanted() : 0;
            return Math.min(world.container().service().maxScale(), world.wanted + spares);
        }

        private boolean isFrozen(Seen seen) {
            boolean mayBeResident =
                    world.rungs.deepAfter().isEmpty() || seen.residentUntil().isAfter(world.now);
            return world.rungs.freezes()
                    && (seen.phase() == Phase.DEEP
                            || (seen.phase() == Phase.FROZEN && mayBeResident));
        }
    }

    /** Writes, faults and needs, as they come. */
    private record Storm(SimulatedWorld world, PlannerWatch watch, Random random) {
        void ticks(int count) {
            for (int i = 0; i < count && !world.removed; i++) {
                if (world.container().status() != Status.DELETING && random.nextInt(12) == 0) {
                    write();
                    if (random.nextInt(3) == 0 && world.container().status() != Status.DELETING) {
                        write();
                    }
                }
                if (random.nextInt(60) == 0) {
                    world.restart();
                }
                need();
                watch.act();
                world.workPassesTime();
            }
        }

        private void need() {
            int most = world.container().service().maxScale();
            if (random.nextInt(4) == 0) {
                world.wanted = random.nextInt(most + 1);
            }
            world.wanted = Math.clamp(world.wanted, world.container().service().minScale(), most);
        }

        private void write() {
            switch (random.nextInt(16)) {
                case 0, 1, 2, 3 -> world.deploy(SimulatedWorld.GOOD + random.nextInt(3));
                case 4, 5, 6 -> world.deploy(SimulatedWorld.BAD);
                case 7 -> world.deploy(SimulatedWorld.ABSENT);
                case 8, 9 -> world.redeploy();
                case 10, 11, 12 -> rollBack();
                case 13, 14 -> scale();
                default -> {
                    if (random.nextInt(4) == 0) {
                        world.delete();
                    }
                }
            }
        }

        private void rollBack() {
            List<Revision> served =
                    world.revisions().stream().filter(one -> one.state().hasServed()).toList();
            if (!served.isEmpty()) {
                world.rollBackTo(served.get(random.nextInt(served.size())));
            }
        }

        private void scale() {
            int most = 1 + random.nextInt(5);
            int least = random.nextInt(Math.min(3, most) + 1);
            world.serve(Samples.scaled(world.container().service(), least, most));
        }
    }
}
