package dev.dormouse.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.model.Start;
import dev.dormouse.testing.Samples;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Whoever waits for the end of a boot hears of it however it ends. */
class StartWatchTest {
    private final AtomicInteger heard = new AtomicInteger();
    private final StartWatch watch =
            StartWatch.of(
                    new StartWatch.Order("i", 1, Start.Cause.REQUEST, "", Samples.NOON),
                    new Demand.Why(Start.Cause.REQUEST, Samples.NOON, Optional.empty()),
                    () -> Samples.NOON);

    @Test
    void itIsUpOnceItIsHealthyAndNotAgainWhenItsStartIsOver() {
        watch.whenUp(heard::incrementAndGet);
        watch.enter(Start.Part.LISTEN);
        watch.enter(Start.Part.PROBE);
        assertThat(heard).hasValue(0);

        watch.enter(Start.Part.FORWARD);

        assertThat(heard).hasValue(1);
        watch.end(Start.Outcome.READY, "");
        assertThat(heard).hasValue(1);
    }

    @Test
    void whatFailsOrIsGivenUpIsNotWaitedFor() {
        watch.whenUp(heard::incrementAndGet);

        watch.end(Start.Outcome.ABANDONED, "nobody wants it");

        assertThat(heard).hasValue(1);
        watch.whenUp(heard::incrementAndGet);
        assertThat(heard).hasValue(2);
    }
}
