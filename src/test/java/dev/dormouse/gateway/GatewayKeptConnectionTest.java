package dev.dormouse.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections to instances are used again, and only where that is safe. */
class GatewayKeptConnectionTest {
    private static final String NOT_ASKED_FOR = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil";

    /** More than the buffers of two connections hold. */
    private static final int LARGE = 64 << 20;

    private static final byte[] PIECE = new byte[64 << 10];

    private final Served served = new Served("DORMOUSE_GATEWAY_EVENT_LOOPS", "1");

    @AfterEach
    void stop() throws IOException {
        served.close();
    }

    private void askTwice() throws IOException {
        for (int i = 0; i < 2; i++) {
            assertThat(Wire.ask(served.port(), Wire.get("/" + i)).status()).isLessThan(400);
            served.awaitQuiet();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
                "HTTP/1.1 204 No Content\r\n\r\n",
                "HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n",
                "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n"
            })
    void theNextRequestHasTheConnection(String answer) throws IOException {
        Instance instance = served.instance(call -> call.write(answer));
        served.publish(instance);

        askTwice();

        assertThat(instance.requests()).isEqualTo(2);
        assertThat(instance.accepted()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\na",
                "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nab",
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" + NOT_ASKED_FOR,
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\nX: half a head\r\n"
            })
    void theNextRequestHasAConnectionOfItsOwn(String answer) throws IOException {
        Instance instance = served.instance(call -> call.write(answer));
        served.publish(instance);

        askTwice();

        assertThat(instance.requests()).isEqualTo(2);
        assertThat(instance.accepted()).isEqualTo(2);
        await().until(() -> instance.openConnections() == 0);
    }

    @Test
    void anAnswerThatNobodyAskedForIsNotTakenForThatToWhoeverWaits() throws Exception {
        CountDownLatch bothThere = new CountDownLatch(1);
        AtomicBoolean isFirst = new AtomicBoolean(true);
        Instance instance =
                served.instance(call -> {
                    if (isFirst.getAndSet(false)) {
                        awaited(bothThere);
                        call.write(
                                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirst"
                                        + NOT_ASKED_FOR);
                    } else {
                        call.answer("second");
                    }
                });
        served.publish(edit -> edit.targets(instance).concurrency(1));
        CompletableFuture<Wire.Answer> first = asked("/first");
        served.awaitInFlight(1);
        CompletableFuture<Wire.Answer> second = asked("/second");
        served.awaitWaiting(1);

        bothThere.countDown();

        assertThat(first.get(10, TimeUnit.SECONDS).body()).isEqualTo("first");
        assertThat(second.get(10, TimeUnit.SECONDS).body()).isEqualTo("second");
    }

    @ParameterizedTest
    @ValueSource(strings = {NOT_ASKED_FOR, "H", "HTTP/1.1 200 OK\r\n"})
    void whatComesOnAnIdleConnectionEndsIt(String unasked) throws Exception {
        Instance instance =
                served.instance(call -> {
                    call.answer("asked for");
                    served.awaitQuiet();
                    call.write(unasked);
                });
        served.publish(instance);

        assertThat(Wire.ask(served.port(), Wire.get("/")).body()).isEqualTo("asked for");
        await().until(() -> instance.openConnections() == 0);
        assertThat(Wire.ask(served.port(), Wire.get("/")).body()).isEqualTo("asked for");
        assertThat(instance.accepted()).isEqualTo(2);
    }

    @Test
    void oneThatIsNotUsedForAWhileIsClosed() throws IOException {
        try (Served shortLived = new Served("DORMOUSE_GATEWAY_INSTANCE_KEEP_ALIVE", "200ms")) {
            Instance instance = shortLived.instance(call -> call.answer("x"));
            shortLived.publish(instance);

            Wire.ask(shortLived.port(), Wire.get("/"));

            await().until(() -> instance.openConnections() == 0);
        }
    }

    @Test
    void anInstanceMayOfferToKeepItForLess() throws IOException {
        try (Served patient = new Served("DORMOUSE_GATEWAY_INSTANCE_KEEP_ALIVE", "1h")) {
            Instance instance =
                    patient.instance(call ->
                            call.write(
                                    String.join(
                                            "\r\n",
                                            "HTTP/1.1 204 X",
                                            "Keep-Alive: timeout=1, max=9",
                                            "",
                                            "")));
            patient.publish(instance);

            Wire.ask(patient.port(), Wire.get("/"));

            await().until(() -> instance.openConnections() == 0);
        }
    }

    @Test
    void noMoreAreOpenThanTheSettingsAllow() throws Exception {
        CountDownLatch allThere = new CountDownLatch(1);
        try (Served bounded = new Served("DORMOUSE_GATEWAY_INSTANCE_CONNECTIONS_MAX", "2")) {
            Instance instance =
                    bounded.instance(call -> {
                        awaited(allThere);
                        call.answer("x");
                    });
            bounded.publish(instance);
            List<CompletableFuture<Wire.Answer>> answers =
                    IntStream.range(0, 5).mapToObj(i -> asked(bounded, "/" + i)).toList();
            bounded.awaitInFlight(2);
            bounded.awaitWaiting(3);
            assertThat(instance.accepted()).isEqualTo(2);

            allThere.countDown();

            for (CompletableFuture<Wire.Answer> answer : answers) {
                assertThat(answer.get(10, TimeUnit.SECONDS).body()).isEqualTo("x");
            }
            assertThat(instance.accepted()).isLessThanOrEqualTo(5);
        }
    }

    @Test
    void oneThatWaitedForASlowClientGoesOnForTheNext() throws Exception {
        AtomicLong written = new AtomicLong();
        Instance instance =
                served.instance(call -> {
                    call.write("HTTP/1.1 200 OK\r\nContent-Length: " + LARGE + "\r\n\r\n");
                    for (int sent = 0; sent < LARGE; sent += PIECE.length) {
                        call.out().write(PIECE);
                        written.addAndGet(PIECE.length);
                    }
                });
        served.publish(instance);
        for (int i = 0; i < 2; i++) {
            try (Wire client = new Wire(served.port())) {
                client.send(Wire.get("/"));
                awaitNoProgress(written);

                assertThat(client.read().body()).hasSize(LARGE);
            }
            served.awaitQuiet();
        }

        assertThat(instance.accepted()).isEqualTo(1);
    }

    private static void awaitNoProgress(AtomicLong of) {
        AtomicLong last = new AtomicLong();
        await().during(Duration.ofMillis(200))
                .until(() -> of.get() > 0 && of.get() == last.getAndSet(of.get()));
    }

    private CompletableFuture<Wire.Answer> asked(String path) {
        return asked(served, path);
    }

    private static CompletableFuture<Wire.Answer> asked(Served of, String path) {
        CompletableFuture<Wire.Answer> answer = new CompletableFuture<>();
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        answer.complete(Wire.ask(of.port(), Wire.get(path)));
                    } catch (IOException e) {
                        answer.completeExceptionally(e);
                    }
                });
        return answer;
    }

    private static void awaited(CountDownLatch what) throws IOException {
        try {
            assertThat(what.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
