package dev.dormouse.engine.docker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Work in pieces ends when nobody wants it any more, or after its time. */
class PaceTest {
    @Test
    void itGoesOnForAsLongAsItIsWanted() {
        AtomicBoolean isWanted = new AtomicBoolean(true);
        Pace pace = new Pace(isWanted::get, Duration.ofHours(1));

        assertThat(pace.goesOn()).isTrue();
        assertThat(pace.isWanted()).isTrue();
        isWanted.set(false);

        assertThat(pace.goesOn()).isFalse();
        assertThat(pace.isWanted()).isFalse();
    }

    @Test
    void itEndsAfterItsTime() {
        Pace pace = new Pace(() -> true, Duration.ZERO);

        assertThat(pace.goesOn()).isFalse();
        assertThat(pace.isWanted()).isFalse();
    }
}
