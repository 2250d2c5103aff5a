package dev.dormouse.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.testing.Samples;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Somebody sets the machine's clock by days while instances stand still. */
@Timeout(180)
class FrozenClockJumpTest extends LoopFixture {
    @Override
    InstantSource loopClock() {
        return new SteadyClock(clock, System::nanoTime);
    }

    @Override
    Map<String, String> settings() {
        return Map.of(
                "DORMOUSE_SLEEP", "freeze",
                "DORMOUSE_IDLE_AFTER", "100ms",
                "DORMOUSE_SCALE_DOWN_AFTER", "100ms",
                "DORMOUSE_FROZEN_FOR", "24h");
    }

    @ParameterizedTest
    @ValueSource(ints = {3, -3})
    void itStaysFrozenAndIsWokenAsBefore(int days) throws Exception {
        createAndAwait(0);
        await("it is frozen", () -> isFrozen() && targets() == 1);
        String id = engine.started().getFirst().instanceId();

        clock.advance(Duration.ofDays(days));
        await("it was looked at", () -> since().isAfter(Samples.NOON) == days > 0);

        assertThat(isFrozen()).isTrue();
        assertThat(engine.process(id).isFrozen()).isTrue();
        reconciler.wake(ID, id).get(10, TimeUnit.SECONDS);
        assertThat(engine.process(id).isFrozen()).isFalse();
        await("it is frozen again", () -> engine.process(id).isFrozen());
        assertThat(engine.started()).hasSize(1);
        assertThat(engine.stopped()).isEmpty();
    }

    private boolean isFrozen() {
        return reconciler.activity(ID).instances().stream()
                .allMatch(one -> one.state().equals("frozen"));
    }

    private Instant since() {
        return reconciler.activity(ID).instances().getFirst().since();
    }
}
