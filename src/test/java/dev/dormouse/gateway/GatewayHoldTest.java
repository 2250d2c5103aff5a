package dev.dormouse.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Requests are held while there is no room, within bounds, and nothing is lost or left over. */
class GatewayHoldTest {
    private final Served served = new Served();
    private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void stop() throws IOException {
        clients.shutdownNow();
        served.close();
    }

    @Test
    void aRequestWaitsForTheFirstInstanceAndPokes() throws Exception {
        served.publish();
        Future<Wire.Answer> answer = ask("/");
        served.awaitWaiting(1);
        assertThat(served.pokes.get()).isPositive();

        served.publish(served.instance(call -> call.answer("awake")));

        assertThat(answer.get(10, TimeUnit.SECONDS).body()).isEqualTo("awake");
        served.awaitQuiet();
    }

    @Test
    void noInstanceEverWorksOnMoreThanItsCapAndEveryoneIsAnswered() throws Exception {
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        Instance.Program counting =
                call -> {
                    most.accumulateAndGet(now.incrementAndGet(), Math::max);
                    pauseALittle();
                    now.decrementAndGet();
                    call.answer("ok");
                };
        Instance instance = served.instance(counting);
        served.publish(edit -> edit.concurrency(3).queue(1_000).targets(instance));

        List<Future<Wire.Answer>> answers = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            answers.add(ask("/" + i));
        }

        for (Future<Wire.Answer> answer : answers) {
            assertThat(answer.get(30, TimeUnit.SECONDS).status()).isEqualTo(200);
        }
        assertThat(most.get()).isLessThanOrEqualTo(3);
        served.awaitQuiet();
    }

    @Test
    void whoComesWhenTheLineIsFullIsToldToComeBack() throws Exception {
        served.publish(edit -> edit.queue(2));
        Future<Wire.Answer> first = ask("/1");
        Future<Wire.Answer> second = ask("/2");
        served.awaitWaiting(2);

        Wire.Answer third = Wire.ask(served.port(), Wire.get("/3"));

        assertThat(third.status()).isEqualTo(503);
        assertThat(third.header("Retry-After")).isNotEmpty();
        served.publish(served.instance(call -> call.answer("ok")));
        assertThat(first.get(10, TimeUnit.SECONDS).status()).isEqualTo(200);
        assertThat(second.get(10, TimeUnit.SECONDS).status()).isEqualTo(200);
    }

    @Test
    void whoWaitsIsToldWhenNoInstanceCanBeHad() throws Exception {
        served.publish();
        Future<Wire.Answer> answer = ask("/");
        served.awaitWaiting(1);

        served.publish(edit -> edit.unavailable("the process exited with code 3"));

        assertThat(answer.get(10, TimeUnit.SECONDS).status()).isEqualTo(503);
        assertThat(answer.get().body()).contains("the process exited with code 3");
        served.awaitQuiet();
    }

    @Test
    void whoWaitsForAContainerThatIsDeletedIsTold() throws Exception {
        served.publish();
        Future<Wire.Answer> answer = ask("/");
        served.awaitWaiting(1);

        served.gateway.withdraw(Served.CONTAINER);

        assertThat(answer.get(10, TimeUnit.SECONDS).status()).isEqualTo(404);
    }

    @Test
    void whoLeavesTheLineLeavesNothingBehind() throws Exception {
        served.publish();
        try (Wire wire = new Wire(served.port())) {
            wire.send(Wire.get("/"));
            served.awaitWaiting(1);
        }

        served.awaitQuiet();
    }

    @Test
    void aTimeoutCountsFromTheArrivalAndTellsWhatItWaitedFor() throws Exception {
        served.publish(edit -> edit.timeout(Duration.ofMillis(300)));

        Wire.Answer answer = Wire.ask(served.port(), Wire.get("/"));

        assertThat(answer.status()).isEqualTo(504);
        served.awaitQuiet();
    }

    @Test
    void anInstanceThatWorksTooLongIsGivenUpAndSeesItsConnectionEnd() throws Exception {
        CountDownLatch ended = new CountDownLatch(1);
        Instance slow =
                served.instance(call -> {
                    if (call.in().read() < 0) {
                        ended.countDown();
                    }
                });
        served.publish(edit -> edit.timeout(Duration.ofMillis(300)).targets(slow));

        assertThat(Wire.ask(served.port(), Wire.get("/")).status()).isEqualTo(504);
        assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
        served.awaitQuiet();
    }

    @Test
    void aClientThatLeavesEndsTheInstancesWork() throws Exception {
        CountDownLatch ended = new CountDownLatch(1);
        Instance slow =
                served.instance(call -> {
                    if (call.in().read() < 0) {
                        ended.countDown();
                    }
                });
        served.publish(slow);
        try (Wire wire = new Wire(served.port())) {
            wire.send(Wire.get("/"));
            await().until(() -> slow.requests() == 1);
        }

        assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
        served.awaitQuiet();
    }

    private Future<Wire.Answer> ask(String path) {
        Callable<Wire.Answer> asking = () -> Wire.ask(served.port(), Wire.get(path));
        return clients.submit(asking);
    }

    /** Work that takes a moment; what is tested does not depend on how long it takes. */
    private static void pauseALittle() {
        java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
    }
}
