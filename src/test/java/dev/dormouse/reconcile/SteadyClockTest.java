package dev.dormouse.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.testing.Samples;
import dev.dormouse.testing.SettableClock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What is not told of another clock's jumps. */
class SteadyClockTest {
    private final SettableClock wall = new SettableClock(Samples.NOON);
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
    private final SteadyClock steady = new SteadyClock(wall, nanos::get);

    @Test
    void beginsWithTheOtherClock() {
        assertThat(steady.instant()).isEqualTo(Samples.NOON);
    }

    @Test
    void doesNotJumpWithTheOther() {
        wall.advance(Duration.ofHours(-1));
        assertThat(steady.instant()).isEqualTo(Samples.NOON);

        wall.advance(Duration.ofHours(2));
        assertThat(steady.instant()).isEqualTo(Samples.NOON);
    }

    @Test
    void goesOnWithWhatPassesEvenWhereThatCountsPastItsEnd() {
        nanos.addAndGet(10);

        assertThat(steady.instant()).isEqualTo(Samples.NOON.plusNanos(10));
    }
}
