package dev.dormouse.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The gateway stops without breaking what is in progress, but not later than its grace says. */
class GatewayCloseTest {
    @Test
    void aRequestInProgressIsFinishedAndNoNewConnectionIsTaken() throws Exception {
        CountDownLatch finish = new CountDownLatch(1);
        Served served = new Served("CLOSE_GRACE", "20s");
        int port = served.port();
        Instance instance =
                served.instance(call -> {
                    hold(finish);
                    call.answer("finished");
                });
        served.publish(instance);
        try (Wire wire = new Wire(port)) {
            wire.send(Wire.get("/"));
            served.awaitInFlight(1);

            CompletableFuture<Void> closed = CompletableFuture.runAsync(served.gateway::close);
            await().until(() -> refusesConnections(port));
            assertThat(closed).isNotDone();
            finish.countDown();

            assertThat(wire.read().body()).isEqualTo("finished");
            assertThat(wire.isEnded()).isTrue();
            closed.get(10, TimeUnit.SECONDS);
        }
        served.close();
    }

    @Test
    void whoStillWaitsForAnInstanceAfterTheGraceIsToldToComeBack() throws Exception {
        Served served = new Served("CLOSE_GRACE", "200ms");
        served.publish();
        try (Wire wire = new Wire(served.port())) {
            wire.send(Wire.get("/"));
            served.awaitWaiting(1);

            served.gateway.close();

            Wire.Answer answer = wire.read();
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.header("Retry-After")).isEqualTo("1");
            assertThat(answer.body()).contains("is being stopped");
            assertThat(wire.isEnded()).isTrue();
        }
        served.close();
    }

    @Test
    void whatDoesNotEndWithinTheGraceIsCut() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        Served served = new Served("CLOSE_GRACE", "200ms");
        served.publish(served.instance(call -> hold(never)));
        try (Wire wire = new Wire(served.port())) {
            wire.send(Wire.get("/"));
            served.awaitInFlight(1);

            served.gateway.close();

            assertThat(wire.isEnded()).isTrue();
        }
        never.countDown();
        served.close();
    }

    private static boolean refusesConnections(int port) throws IOException {
        try (Wire wire = new Wire(port)) {
            return wire.socket().isClosed();
        } catch (java.net.ConnectException refused) {
            return true;
        }
    }

    private static void hold(CountDownLatch latch) throws IOException {
        try {
            latch.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
