package dev.dormouse.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FairShareTest {
    private static final UUID ONE = new UUID(0, 1);
    private static final UUID OTHER = new UUID(0, 2);
    private static final Duration LONG = Duration.ofMinutes(1);

    private final FairShare share = new FairShare(() -> 10, () -> 100);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Queue<String> served = new ConcurrentLinkedQueue<>();

    @AfterEach
    void end() {
        threads.shutdownNow();
    }

    @Test
    void whatFitsIsHadAtOnceAndWhatDoesNotIsRefusedInTime() throws InterruptedException {
        assertThat(take(ONE, "a", LONG, 6, 10)).isTrue();
        assertThat(take(ONE, "b", Duration.ofMillis(1), 5, 10)).isFalse();
        assertThat(take(ONE, "c", Duration.ofMillis(1), 4, 91)).isFalse();

        assertThat(share.given()).containsExactly(6, 10);
        assertThat(share.waiting()).isZero();
    }

    @Test
    void moreThanThereIsIsNeverHad() {
        assertThat(share.isEverHad(10, 100)).isTrue();
        assertThat(share.isEverHad(11, 1)).isFalse();
        assertThat(share.isEverHad(1, 101)).isFalse();
    }

    @Test
    void containersAreServedInTurnHoweverManyInstancesOneWants() throws Exception {
        share.seize("all", 10, 0);
        List<Future<?>> waiters =
                List.of(
                        waits(ONE, "one-1", 10),
                        waits(ONE, "one-2", 10),
                        waits(ONE, "one-3", 10),
                        waits(OTHER, "other-1", 10));

        share.release("all");
        for (Future<?> waiter : waiters) {
            waiter.get();
        }

        assertThat(served).containsExactly("one-1", "other-1", "one-2", "one-3");
    }

    @Test
    void whoseTurnItIsIsNotOvertakenBySmallerOnes() throws Exception {
        share.seize("half", 5, 0);
        share.seize("more", 5, 0);
        Future<?> large = waits(ONE, "large", 10);
        Future<?> small = waits(OTHER, "small", 1);

        share.release("half");
        assertThat(share.waiting()).isEqualTo(2);
        share.release("more");
        large.get();
        small.get();

        assertThat(served).containsExactly("large", "small");
    }

    @Test
    void whoGivesUpWaitingMakesPlaceForTheNext() throws Exception {
        share.seize("half", 5, 0);
        Future<?> large = waits(ONE, "large", 10);
        Future<?> small = waits(OTHER, "small", 1);

        share.withdraw("large");
        large.get();
        small.get();

        assertThat(served).containsExactly("small");
    }

    @Test
    void saysWhetherWhatIsLeavingIsEnough() throws Exception {
        share.seize("leaving", 4, 0);
        share.seize("staying", 6, 0);
        assertThat(share.isShort(List.of())).as("nobody waits").isFalse();

        Future<?> small = waits(ONE, "small", 4);
        assertThat(share.isShort(List.of())).isTrue();
        assertThat(share.isShort(List.of("leaving"))).isFalse();
        share.withdraw("small");
        small.get();
        Future<?> large = waits(ONE, "large", 5);
        assertThat(share.isShort(List.of("leaving", "unknown"))).isTrue();
        assertThat(large).isNotDone();
    }

    @Test
    void nobodyHasAnyOnceTheLastWhoWaitedGaveItBack() throws Exception {
        assertThat(share.awaitNone(LONG)).isTrue();
        share.seize("first", 10, 0);
        Future<?> last = waits(ONE, "last", 10);
        Thread waiter = Thread.currentThread();
        Future<?> rest =
                threads.submit(() -> {
                    awaitParked(waiter);
                    share.release("first");
                });

        assertThat(share.awaitNone(LONG)).isTrue();

        rest.get();
        assertThat(last).succeedsWithin(LONG);
        assertThat(share.given()).containsExactly(0, 0);
    }

    @Test
    void nobodyIsAwaitedForLongerThanWasSaid() throws Exception {
        share.seize("first", 10, 0);

        assertThat(share.awaitNone(Duration.ofMillis(1))).isFalse();

        assertThat(share.given()).containsExactly(10, 0);
    }

    private static void awaitParked(Thread thread) {
        Awaitility.await().until(() -> thread.getState() == Thread.State.TIMED_WAITING);
    }

    private boolean take(UUID container, String id, Duration patience, long... amounts)
            throws InterruptedException {
        return share.take(container, id, patience, () -> {}, amounts);
    }

    /** Ends the one before it has been served, so that the order of service can be seen. */
    private Future<?> waits(UUID container, String id, long amount) {
        int before = share.waiting();
        Callable<Void> wait =
                () -> {
                    if (take(container, id, LONG, amount, 0)) {
                        served.add(id);
                        share.release(id);
                    }
                    return null;
                };
        Future<?> waiter = threads.submit(wait);
        Awaitility.await().until(() -> share.waiting() == before + 1);
        return waiter;
    }
}
