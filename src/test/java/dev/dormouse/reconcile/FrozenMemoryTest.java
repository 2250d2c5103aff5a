package dev.dormouse.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.engine.Swap;
import dev.dormouse.model.Activity;
import dev.dormouse.model.Status;
import dev.dormouse.testing.Samples;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What stands still holds no more than it may. */
class FrozenMemoryTest extends LoopFixture {
    private static final UUID OTHER = new UUID(0, 2);

    @AfterEach
    void letGo() {
        engine.pushing().release();
    }

    @Override
    Map<String, String> settings() {
        return Map.of("DORMOUSE_FROZEN_MEMORY", "1MB");
    }

    @Test
    void whatIsTooMuchIsStoppedAndStartedWhenItIsNeeded() {
        createAndAwait(0);
        clock.advance(Duration.ofMinutes(15));

        awaitInTime("it is gone", () -> engine.list(ID).isEmpty() && targets() == 0);

        assertThat(engine.stopped()).hasSize(1);
        assertThat(isSettled(Status.READY)).isTrue();
    }

    @Test
    void whatIsTooMuchIsPushedOutBeforeItIsStopped() {
        engine.swapsTo(Swap.COMPRESSED);
        engine.pushesOut(100);

        createAndAwait(0);
        clock.advance(Duration.ofMinutes(15));

        awaitInTime("it is deep", () -> isDeep());
        assertThat(engine.stopped()).isEmpty();
    }

    @Test
    void whatIsTooMuchAlthoughItIsDeepIsStopped() {
        engine.swapsTo(Swap.COMPRESSED);

        createAndAwait(0);
        clock.advance(Duration.ofMinutes(15));

        awaitInTime("it is gone", () -> engine.list(ID).isEmpty() && targets() == 0);
        assertThat(engine.pushes()).isEqualTo(1);
    }

    @Test
    void whatPushingOutWillNotBringBackIsStoppedMeanwhile() {
        engine.swapsTo(Swap.COMPRESSED);
        engine.pushesOut(100);
        engine.pushing().hold();
        createAndAwait(0);
        create(Samples.beside(container().orElseThrow(), OTHER));
        clock.advance(Duration.ofMinutes(15));

        awaitInTime(
                "only one is left",
                () -> {
                    reconciler.poke(OTHER);
                    return engine.stopped().size() == 1 && states().size() == 1;
                });

        assertThat(states()).containsExactly("sinking");
        engine.pushing().release();
        awaitInTime("it is deep", () -> states().equals(List.of("deep")));
        assertThat(engine.stopped()).hasSize(1);
    }

    /** Of all instances. */
    private List<String> states() {
        return Stream.of(ID, OTHER)
                .flatMap(id -> reconciler.activity(id).instances().stream())
                .map(Activity.InstanceView::state)
                .toList();
    }

    private boolean isDeep() {
        return states().equals(List.of("deep"));
    }

    @Test
    void halfOfTheWholeIsEnoughUnlessItIsSet() {
        FrozenMemory byDefault = new FrozenMemory(OptionalLong.empty(), () -> 1_000);
        FrozenMemory set = new FrozenMemory(OptionalLong.of(700), () -> 1_000);
        FrozenMemory.Part one = byDefault.part();
        FrozenMemory.Part other = byDefault.part();
        FrozenMemory.Part third = set.part();

        one.is(300);
        other.is(200);
        third.is(701);
        assertThat(byDefault.excess()).isZero();
        assertThat(set.excess()).isEqualTo(1);

        other.is(204);
        third.is(0);
        assertThat(byDefault.excess()).isEqualTo(4);
        assertThat(set.excess()).isZero();
    }
}
