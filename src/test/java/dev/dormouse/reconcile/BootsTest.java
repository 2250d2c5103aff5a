package dev.dormouse.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.engine.InstanceSpec;
import dev.dormouse.model.Sandbox;
import dev.dormouse.testing.Samples;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who may boot on a machine of two CPUs. */
@Timeout(120)
class BootsTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Duration QUICK = Duration.ofMillis(499);

    private final Boots boots = new Boots(() -> 2_000);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void end() {
        threads.shutdownNow();
    }

    private static InstanceSpec spec(String id, int mvcpuLimit) {
        return new InstanceSpec(
                id,
                Samples.CONTAINER_ID,
                1,
                "sha256:0",
                List.of(),
                List.of(),
                Map.of(),
                8080,
                128_000_000,
                mvcpuLimit,
                256_000_000,
                Sandbox.V2);
    }

    private void boots(String id, int mvcpuLimit) throws InterruptedException {
        assertThat(boots.take(spec(id, mvcpuLimit), LONG)).isTrue();
    }

    private Future<Boolean> waits(String id, int mvcpuLimit) {
        int before = boots.waiting();
        Future<Boolean> waiting = threads.submit(() -> boots.take(spec(id, mvcpuLimit), LONG));
        Awaitility.await().until(() -> boots.waiting() == before + 1);
        return waiting;
    }

    @Test
    void asManyBootAtATimeAsTheCpusAreEnoughFor() throws Exception {
        boots("a", 560);
        boots("b", 560);
        boots("c", 560);
        Future<Boolean> next = waits("d", 560);

        boots.end("b");

        assertThat(next).succeedsWithin(LONG).isEqualTo(true);
    }

    @Test
    void whoMayHaveMoreThanThereIsBootsAlone() throws Exception {
        boots("large", 8_000);
        Future<Boolean> next = waits("small", 100);

        boots.end("large");

        assertThat(next).succeedsWithin(LONG).isEqualTo(true);
    }

    @Test
    void whoseBootComputesLittleOrIsNotKnownDoesNotWait() throws Exception {
        boots("large", 2_000);

        assertThat(boots.take(spec("quick", 2_000), QUICK)).isTrue();
        assertThat(boots.take(spec("unknown", 2_000), Duration.ZERO)).isTrue();

        assertThat(boots.waiting()).isZero();
    }

    @Test
    void aTurnEndsInTimeOnceItRunsThoughNobodyEndsIt() throws Exception {
        Duration half = Duration.ofMillis(500);
        InstanceSpec stuck = spec("stuck", 2_000);
        assertThat(boots.take(stuck, half)).isTrue();
        Future<Boolean> next = waits("next", 2_000);

        boots.runs(stuck, half);

        assertThat(next).succeedsWithin(LONG).isEqualTo(true);
    }

    @Test
    void whoIsGivenUpNoLongerWaits() throws Exception {
        boots("large", 2_000);
        Future<Boolean> waiting = waits("given-up", 2_000);

        boots.withdraw("given-up");

        assertThat(waiting).succeedsWithin(LONG).isEqualTo(false);
    }
}
