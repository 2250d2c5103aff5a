package dev.dormouse.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.RepeatedTest;

class AlarmsTest {
    private static final Duration PAUSE = Duration.ofNanos(1_999_999);

    @RepeatedTest(20)
    void nobodyIsCalledBeforeTheTimeIsOver() throws Exception {
        try (Alarms alarms = new Alarms()) {
            CompletableFuture<Long> rang = new CompletableFuture<>();
            long asked = System.nanoTime();

            alarms.in(UUID.randomUUID(), PAUSE, () -> rang.complete(System.nanoTime()));

            assertThat(rang.get(30, TimeUnit.SECONDS) - asked)
                    .isGreaterThanOrEqualTo(PAUSE.toNanos());
        }
    }
}
