package dev.dormouse.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.model.Status;
import dev.dormouse.testing.Samples;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Somebody sets the machine's clock by an hour. */
@Timeout(180)
class ClockJumpTest extends LoopFixture {
    @Override
    InstantSource loopClock() {
        return new SteadyClock(clock, System::nanoTime);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, -1})
    void whatRunsRunsOnAndWhatIsAskedForIsDone(int hours) {
        createAndAwait(2);
        String because = reconciler.activity(ID).because();
        int started = engine.started().size();

        clock.advance(Duration.ofHours(hours));
        await("it was looked at", () -> since().isAfter(Samples.NOON) == hours > 0);

        assertThat(engine.stopped()).isEmpty();
        assertThat(engine.started()).hasSize(started);
        assertThat(reconciler.activity(ID).because()).isEqualTo(because);
        update(81);
        await("the newer serves", () -> isSettled(Status.READY) && onlyLiveRuns(2));
        assertThat(container().orElseThrow().updatedAt())
                .isEqualTo(Samples.NOON.plus(Duration.ofHours(hours)));
    }

    @Test
    void aPauseDoesNotGrowWhenTheClockIsSetBack() {
        Failures twice =
                Failures.NONE
                        .another("it ended", Samples.NOON, 0)
                        .another("it ended", Samples.NOON, 0);

        assertThat(twice.mayStart(Samples.NOON)).isFalse();
        assertThat(twice.mayStart(Samples.NOON.minusSeconds(3600))).isTrue();
    }

    private java.time.Instant since() {
        return reconciler.activity(ID).instances().getFirst().since();
    }
}
