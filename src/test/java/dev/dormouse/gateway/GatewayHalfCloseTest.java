package dev.dormouse.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A client that closes its sending side after its request has its answer; one that left has none.
 */
class GatewayHalfCloseTest {
    private final Served served = new Served();
    private final CountDownLatch answerNow = new CountDownLatch(1);
    private final CountDownLatch instanceSawTheEnd = new CountDownLatch(1);

    @AfterEach
    void stop() throws IOException {
        answerNow.countDown();
        served.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anAnswerThatTakesItsTimeComesWhole(boolean withBody) throws Exception {
        Instance instance =
                served.instance(call -> {
                    if (withBody) {
                        Wire.exactly(call.in(), 5);
                    }
                    hold(answerNow);
                    call.answer("x".repeat(3_000_000));
                });
        served.publish(instance);
        try (Wire wire = new Wire(served.port())) {
            wire.send(withBody ? Wire.post("order") : Wire.get("/"));
            wire.socket().shutdownOutput();
            await().until(() -> instance.requests() == 1);
            assertThat(wire.read().status()).as("asked whether it is there").isEqualTo(100);

            answerNow.countDown();

            Wire.Answer answer = wire.read();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).hasSize(3_000_000);
            assertThat(wire.isEnded()).as("nothing more can come").isTrue();
        }
        served.awaitQuiet();
    }

    @Test
    void anAnswerThatHasBegunComesWhole() throws Exception {
        served.publish(
                served.instance(call -> {
                    call.write("HTTP/1.1 200 OK\r\nContent-Length: 5000000\r\n\r\n");
                    hold(answerNow);
                    call.write("x".repeat(5_000_000));
                }));
        try (Wire wire = new Wire(served.port())) {
            wire.send(Wire.get("/"));
            assertThat(Wire.line(wire.in())).contains("200");
            Wire.headers(wire.in());
            wire.socket().shutdownOutput();

            answerNow.countDown();

            assertThat(Wire.exactly(wire.in(), 5_000_000)).containsOnly('x');
            assertThat(wire.isEnded()).isTrue();
        }
        served.awaitQuiet();
    }

    @Test
    void anAnswerThatStandsStillIsOneThatNobodyWaitsFor() throws Exception {
        served.publish(
                served.instance(call -> {
                    call.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
                    waitForTheEnd(call);
                }));
        try (Wire wire = new Wire(served.port())) {
            wire.send(Wire.get("/"));
            assertThat(Wire.line(wire.in())).contains("200");
        }

        assertThat(instanceSawTheEnd.await(5, TimeUnit.SECONDS)).isTrue();
        served.awaitQuiet();
    }

    @Test
    void anAnswerIsWaitedForInTheLine() throws Exception {
        served.publish();
        try (Wire wire = new Wire(served.port())) {
            wire.send(Wire.get("/"));
            served.awaitWaiting(1);
            wire.socket().shutdownOutput();
            assertThat(wire.read().status()).isEqualTo(100);

            served.publish(served.instance(call -> call.answer("awake")));

            assertThat(wire.read().body()).isEqualTo("awake");
            assertThat(wire.isEnded()).isTrue();
        }
        served.awaitQuiet();
    }

    @Test
    void requestsThatCameTogetherAreAllAnswered() throws Exception {
        served.publish(
                served.instance(call -> {
                    hold(answerNow);
                    call.answer(call.line());
                }));
        try (Wire wire = new Wire(served.port())) {
            wire.send(Wire.get("/1") + Wire.get("/2") + Wire.get("/3"));
            wire.socket().shutdownOutput();
            assertThat(wire.read().status()).isEqualTo(100);

            answerNow.countDown();

            assertThat(wire.read().body()).contains("/1");
            assertThat(wire.read().body()).contains("/2");
            assertThat(wire.read().body()).contains("/3");
            assertThat(wire.isEnded()).isTrue();
        }
        served.awaitQuiet();
    }

    @Test
    void aRefusalIsHeard() throws Exception {
        served.publish(edit -> edit.timeout(Duration.ofMillis(500)).targets(new Instance[0]));
        try (Wire wire = new Wire(served.port())) {
            wire.send(Wire.get("/"));
            served.awaitWaiting(1);
            wire.socket().shutdownOutput();

            assertThat(wire.read().status()).isEqualTo(100);
            assertThat(wire.read().status()).isEqualTo(504);
            assertThat(wire.isEnded()).isTrue();
        }
    }

    @Test
    void aClientThatIsGoneEndsTheInstancesWork() throws Exception {
        Instance instance = served.instance(this::waitForTheEnd);
        served.publish(instance);
        try (Wire wire = new Wire(served.port())) {
            wire.send(Wire.get("/"));
            await().until(() -> instance.requests() == 1);
        }

        assertThat(instanceSawTheEnd.await(5, TimeUnit.SECONDS)).isTrue();
        served.awaitQuiet();
    }

    @Test
    void aBodyThatIsNotWholeIsNotWaitedFor() throws Exception {
        Instance instance = served.instance(this::waitForTheEnd);
        served.publish(instance);
        try (Wire wire = new Wire(served.port())) {
            wire.send(Wire.post("order").replace("Length: 5", "Length: 6"));
            await().until(() -> instance.requests() == 1);

            wire.socket().shutdownOutput();

            assertThat(wire.isEnded()).isTrue();
        }
        assertThat(instanceSawTheEnd.await(5, TimeUnit.SECONDS)).isTrue();
        served.awaitQuiet();
    }

    @Test
    void aConnectionWithoutRequestIsClosed() throws Exception {
        served.publish(served.instance(call -> call.answer("ok")));
        try (Wire wire = new Wire(served.port())) {
            assertThat(wire.send(Wire.get("/")).read().body()).isEqualTo("ok");

            wire.socket().shutdownOutput();

            assertThat(wire.isEnded()).isTrue();
        }
    }

    private void waitForTheEnd(Instance.Call call) throws IOException {
        try {
            call.in().transferTo(java.io.OutputStream.nullOutputStream());
        } finally {
            instanceSawTheEnd.countDown();
        }
    }

    private static void hold(CountDownLatch latch) throws IOException {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
