package dev.dormouse.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.engine.Swap;
import dev.dormouse.model.Activity;
import dev.dormouse.model.Status;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What stands still holds no more than it may. */
class FrozenMemoryTest extends LoopFixture {
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

    private boolean isDeep() {
        return reconciler.activity(ID).instances().stream()
                .map(Activity.InstanceView::state)
                .toList()
                .equals(List.of("deep"));
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
        assertThat(byDefault.isExceeded()).isFalse();
        assertThat(set.isExceeded()).isTrue();

        other.is(201);
        third.is(0);
        assertThat(byDefault.isExceeded()).isTrue();
        assertThat(set.isExceeded()).isFalse();
    }
}
