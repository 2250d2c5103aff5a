package dev.dormouse.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class RateLimitTest {
    private static final Instant NOW = Instant.parse("2026-11-24T12:00:00.123456Z");

    private static int taken(RateLimit limit, String caller, Instant at, int tries) {
        int taken = 0;
        for (int i = 0; i < tries; i++) {
            taken += limit.take(caller, at).isEmpty() ? 1 : 0;
        }
        return taken;
    }

    @Test
    void noLimitIsNoLimit() {
        assertThat(taken(new RateLimit(0, 1), "a", NOW, 10_000)).isEqualTo(10_000);
    }

    @Test
    void aBurstIsLetInAndThenOneAtATime() {
        RateLimit limit = new RateLimit(10, 5);

        assertThat(taken(limit, "a", NOW, 20)).isEqualTo(5);
        assertThat(limit.take("a", NOW)).contains(Duration.ofMillis(100));
        assertThat(taken(limit, "a", NOW.plusMillis(100), 20)).isEqualTo(1);
        assertThat(taken(limit, "a", NOW.plusMillis(400), 20)).isEqualTo(3);
    }

    @Test
    void whoHasRestedHasABurstAndNoMore() {
        RateLimit limit = new RateLimit(10, 5);
        taken(limit, "a", NOW, 5);

        assertThat(taken(limit, "a", NOW.plus(Duration.ofDays(1)), 20)).isEqualTo(5);
    }

    @Test
    void callersDoNotWaitForEachOther() {
        RateLimit limit = new RateLimit(1, 1);
        taken(limit, "a", NOW, 9);

        assertThat(limit.take("b", NOW)).isEmpty();
    }

    @Test
    void aClockSetBackLocksNobodyOut() {
        RateLimit limit = new RateLimit(10, 5);
        taken(limit, "a", NOW, 20);
        Instant back = NOW.minus(Duration.ofHours(1));

        Optional<Duration> wait = limit.take("a", back);

        assertThat(wait).hasValueSatisfying(one -> assertThat(one).isPositive());
        assertThat(limit.take("a", back.plus(wait.orElseThrow()))).isEmpty();
    }

    @Test
    void noTurnIsGivenTwice() throws Exception {
        RateLimit limit = new RateLimit(1, 1_000);
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            List<Callable<Integer>> tries = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                tries.add(() -> taken(limit, "a", NOW, 500));
            }
            int all = 0;
            for (Future<Integer> one : threads.invokeAll(tries)) {
                all += one.get();
            }
            assertThat(all).isEqualTo(1_000);
        }
    }

    @Test
    void whoHasAllTurnsFreeIsForgotten() {
        RateLimit limit = new RateLimit(10, 5);
        for (int i = 0; i < 30_000; i++) {
            limit.take("caller " + i, NOW.plus(Duration.ofSeconds(i)));
        }

        assertThat(limit.kept()).isLessThan(11_000);
    }
}
