package dev.dormouse.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.config.Source;
import dev.dormouse.model.Container;
import dev.dormouse.model.Revision;
import dev.dormouse.model.Status;
import dev.dormouse.testing.Samples;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** How far down the ladder what is not needed goes, and when. */
class RungsTest {
    private static final Duration AFTER = Duration.ofMinutes(5);
    private static final Rungs DEEP = new Rungs(true, Optional.of(AFTER));
    private static final Instant FROZEN_AT = Samples.NOON;

    private final Yielding yielding = new Yielding();

    private static ReconcileSettings settings(String... pair) {
        return ReconcileSettings.from(
                new Source(pair.length == 0 ? Map.of() : Map.of(pair[0], pair[1])));
    }

    private static Container tagged(String... tags) {
        Container any = Samples.container();
        return any.withSpecification("", List.of(tags), any.workload(), any.service());
    }

    private Rungs rungs(ReconcileSettings settings, Container container, boolean hasSwap) {
        return yielding.rungs(settings, container, () -> hasSwap);
    }

    @Test
    void byDefaultItGoesDeepWhereThereIsSwapAndIsFrozenElsewhere() {
        assertThat(rungs(settings(), tagged(), true)).isEqualTo(DEEP);
        assertThat(rungs(settings(), tagged(), false)).isEqualTo(Rungs.FROZEN);
    }

    @Test
    void settingAndTagChooseAndTheTagCounts() {
        ReconcileSettings freeze = settings("DORMOUSE_SLEEP", "freeze");

        assertThat(rungs(freeze, tagged(), true)).isEqualTo(Rungs.FROZEN);
        assertThat(rungs(freeze, tagged("dormouse.sleep=deep"), true)).isEqualTo(DEEP);
        assertThat(rungs(settings(), tagged("dormouse.sleep=freeze"), true))
                .isEqualTo(Rungs.FROZEN);
        assertThat(rungs(settings(), tagged("dormouse.sleep=stop"), true)).isEqualTo(Rungs.STOPPED);
    }

    @Test
    void whoIsAskedToSinkDoesSoAtOnceAndOnce() {
        yielding.askToSink();

        assertThat(rungs(settings(), tagged(), true).deepAfter()).contains(Duration.ZERO);
        assertThat(rungs(settings(), tagged(), true)).isEqualTo(DEEP);
    }

    /** What is planned for one instance that nobody wants. */
    private static Plan plan(Phase phase, Instant residentUntil, Rungs rungs, Instant now) {
        SimulatedWorld world = new SimulatedWorld(new Random(7));
        world.faults = false;
        world.wanted = 1;
        while (world.container().status() != Status.READY) {
            world.plan().steps().forEach(world::perform);
            world.workPassesTime();
        }
        Revision live = world.world().in(Revision.State.LIVE).orElseThrow();
        World one =
                new World(
                        world.container(),
                        world.revisions(),
                        new Resolution.None(),
                        List.of(new Seen("i", live.number(), phase, FROZEN_AT, 0, residentUntil)),
                        Map.of(),
                        0,
                        "none is wanted",
                        rungs,
                        Spares.NONE,
                        now);
        return new Planner(Duration.ofSeconds(1), Duration.ofHours(24)).plan(one);
    }

    private static List<Step> steps(Phase phase, Rungs rungs, Instant now) {
        return plan(phase, Instant.EPOCH, rungs, now).steps();
    }

    @Test
    void memoryIsPushedOutAfterAWhileOfStandingStill() {
        Instant due = FROZEN_AT.plus(AFTER);

        assertThat(steps(Phase.FROZEN, DEEP, due.minusMillis(1))).isEmpty();
        assertThat(plan(Phase.FROZEN, Instant.EPOCH, DEEP, due.minusMillis(1)).reviewAt())
                .contains(due);
        assertThat(steps(Phase.FROZEN, DEEP, due))
                .containsExactly(new Step.PushOut("i", "nobody has woken it for a while"));
        assertThat(steps(Phase.FROZEN, Rungs.FROZEN, due.plus(AFTER))).isEmpty();
        assertThat(steps(Phase.SINKING, DEEP, due)).isEmpty();
        assertThat(steps(Phase.DEEP, DEEP, due)).isEmpty();
    }

    @Test
    void whereNothingWasWonItIsNotTriedAgainSoonAlsoWhenMemoryIsShort() {
        Instant until = FROZEN_AT.plus(Duration.ofHours(1));
        Rungs atOnce = new Rungs(true, Optional.of(Duration.ZERO));

        assertThat(plan(Phase.FROZEN, until, atOnce, until.minusMillis(1)).steps()).isEmpty();
        assertThat(plan(Phase.FROZEN, until, atOnce, until).steps()).hasSize(1);
    }

    @Test
    void whatIsDeepLeavesForTheSameReasonsAsWhatIsFrozen() {
        for (Phase phase : List.of(Phase.FROZEN, Phase.SINKING, Phase.DEEP)) {
            assertThat(steps(phase, Rungs.STOPPED, FROZEN_AT))
                    .as("%s", phase)
                    .hasOnlyElementsOfType(Step.Drain.class)
                    .hasSize(1);
            assertThat(steps(phase, DEEP, FROZEN_AT.plus(Duration.ofHours(24))))
                    .as("%s", phase)
                    .hasOnlyElementsOfType(Step.Drain.class)
                    .hasSize(1);
        }
    }
}
