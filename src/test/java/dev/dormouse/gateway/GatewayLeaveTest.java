package dev.dormouse.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.SocketException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whoever leaves, and in whatever phase of a request, everything it held is free again. */
class GatewayLeaveTest {
    private static final String UPLOAD =
            "POST / HTTP/1.1\r\nHost: %s\r\nContent-Length: 1000000000\r\n\r\n"
                    .formatted(Served.HOST);
    private static final String ENDLESS = "HTTP/1.1 200 OK\r\nContent-Length: 100000000000\r\n\r\n";
    private static final Duration SHORT = Duration.ofMillis(300);

    private final Served served = new Served();
    private final CountDownLatch instanceSawTheEnd = new CountDownLatch(1);

    @AfterEach
    void stop() throws IOException {
        served.close();
    }

    @Test
    void aClientThatLeavesTheLineWithItsBodyHalfSentIsForgotten() throws Exception {
        served.publish();
        try (Wire wire = new Wire(served.port())) {
            wire.send(UPLOAD).send("x".repeat(1 << 18));
            served.awaitWaiting(1);
        }

        served.awaitQuiet();
    }

    @Test
    void aClientThatIsKilledInTheLineIsForgotten() throws Exception {
        served.publish();
        Wire wire = new Wire(served.port());
        wire.send(UPLOAD);
        served.awaitWaiting(1);

        wire.reset();

        served.awaitQuiet();
    }

    @Test
    void aClientThatLeavesWhileItsBodyIsReadEndsTheInstancesWork() throws Exception {
        AtomicLong read = new AtomicLong();
        served.publish(served.instance(call -> readToTheEnd(call, read)));
        try (Wire wire = new Wire(served.port())) {
            wire.send(UPLOAD).send("x".repeat(100_000));
            await().until(() -> read.get() == 100_000);
        }

        assertThat(instanceSawTheEnd.await(10, TimeUnit.SECONDS)).isTrue();
        served.awaitQuiet();
    }

    /** With a reset: an orderly end stands behind bytes that nobody reads, so it is not seen. */
    @Test
    void aClientThatIsKilledWhileTheInstanceDoesNotReadItsBodyFreesThePlace() throws Exception {
        CountDownLatch readNow = new CountDownLatch(1);
        Instance stubborn =
                served.instance(call -> {
                    hold(readNow);
                    readToTheEnd(call, new AtomicLong());
                });
        served.publish(stubborn);
        Wire wire = new Wire(served.port());
        Thread.ofVirtual().start(() -> uploadUntilCut(wire));
        await().until(() -> stubborn.requests() == 1);

        wire.reset();

        served.awaitQuiet();
        readNow.countDown();
        assertThat(instanceSawTheEnd.await(10, TimeUnit.SECONDS)).isTrue();
    }

    /** An end that cannot be seen, and the deadline that bounds it. */
    @Test
    void aClientThatLeavesBehindUnreadBytesIsForgottenAtItsDeadline() throws Exception {
        CountDownLatch readNow = new CountDownLatch(1);
        Instance stubborn = served.instance(call -> hold(readNow));
        served.publish(edit -> edit.timeout(Duration.ofSeconds(2)).targets(stubborn));
        try (Wire wire = new Wire(served.port())) {
            Thread.ofVirtual().start(() -> uploadUntilCut(wire));
            await().until(() -> stubborn.requests() == 1);
        }

        served.awaitQuiet();
        readNow.countDown();
    }

    @Test
    void aClientThatLeavesInTheMiddleOfTheAnswerEndsTheInstancesWork() throws Exception {
        served.publish(served.instance(this::pourEndlessly));
        try (Wire wire = new Wire(served.port())) {
            wire.send(Wire.get("/"));
            Wire.exactly(wire.in(), 1_000_000);
        }

        assertThat(instanceSawTheEnd.await(10, TimeUnit.SECONDS)).isTrue();
        served.awaitQuiet();
    }

    @Test
    void aClientThatIsKilledWithoutReadingItsAnswerEndsTheInstancesWork() throws Exception {
        Instance pouring = served.instance(this::pourEndlessly);
        served.publish(pouring);
        Wire wire = new Wire(served.port());
        wire.send(Wire.get("/"));
        await().until(() -> pouring.requests() == 1);

        wire.reset();

        assertThat(instanceSawTheEnd.await(10, TimeUnit.SECONDS)).isTrue();
        served.awaitQuiet();
    }

    @Test
    void aTimeoutInTheMiddleOfTheAnswerCutsTheConnection() throws Exception {
        served.publish(
                served.instance(call -> {
                    call.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n");
                    readToTheEnd(call, new AtomicLong());
                }));
        served.publish(edit -> edit.timeout(SHORT));
        try (Wire wire = new Wire(served.port())) {
            wire.send(Wire.get("/"));
            assertThat(Wire.line(wire.in())).contains("200");
            Wire.headers(wire.in());
            assertThat(Wire.chunk(wire.in())).containsExactly('a');

            assertThat(wire.isEnded()).as("no last chunk, the end at once").isTrue();
        }
        assertThat(instanceSawTheEnd.await(10, TimeUnit.SECONDS)).isTrue();
        served.awaitQuiet();
    }

    @Test
    void aTimeoutCutsAClientThatDoesNotReadItsAnswer() throws Exception {
        served.publish(served.instance(this::pourEndlessly));
        served.publish(edit -> edit.timeout(SHORT));
        try (Wire wire = new Wire(served.port())) {
            wire.send(Wire.get("/"));

            assertThat(instanceSawTheEnd.await(10, TimeUnit.SECONDS)).isTrue();
            served.awaitQuiet();
            await().until(() ->
                    served.meters
                                    .get("dormouse.gateway.requests")
                                    .tags("container", "web", "status", "cut")
                                    .counter()
                                    .count()
                            == 1);
        }
    }

    @Test
    void aTimeoutWhileTheBodyIsSentIsToldAsSuch() throws Exception {
        served.publish(served.instance(call -> readToTheEnd(call, new AtomicLong())));
        served.publish(edit -> edit.timeout(SHORT));

        try (Wire wire = new Wire(served.port())) {
            Wire.Answer answer = wire.send(UPLOAD).send("some").read();

            assertThat(answer.status()).isEqualTo(504);
            assertThat(answer.body()).contains("\"type\":\"timeout\"");
            assertThat(wire.isEnded()).as("the rest of the body is not waited for").isTrue();
        }
        assertThat(instanceSawTheEnd.await(10, TimeUnit.SECONDS)).isTrue();
        served.awaitQuiet();
    }

    @Test
    void anAnswerThatIsCutShortByTheInstanceIsCutShortForTheClient() throws Exception {
        served.publish(
                served.instance(call -> {
                    call.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
                    call.socket().close();
                }));
        try (Wire wire = new Wire(served.port())) {
            wire.send(Wire.get("/"));
            assertThat(Wire.line(wire.in())).contains("200");
            assertThat(Wire.headers(wire.in())).containsEntry("content-length", "10");
            byte[] body = wire.in().readAllBytes();

            assertThat(body).hasSizeLessThan(10);
        }
        served.awaitQuiet();
    }

    private void readToTheEnd(Instance.Call call, AtomicLong read) {
        byte[] block = new byte[1 << 16];
        try (InputStream in = call.in()) {
            for (int n = in.read(block); n >= 0; n = in.read(block)) {
                read.addAndGet(n);
            }
        } catch (IOException reset) {
            // an end as well
        }
        instanceSawTheEnd.countDown();
    }

    private void pourEndlessly(Instance.Call call) {
        byte[] block = new byte[1 << 16];
        try {
            call.write(ENDLESS);
            while (true) {
                call.out().write(block);
            }
        } catch (IOException cut) {
            instanceSawTheEnd.countDown();
        }
    }

    private static void uploadUntilCut(Wire wire) {
        byte[] block = new byte[1 << 16];
        try {
            wire.send(UPLOAD);
            while (true) {
                wire.socket().getOutputStream().write(block);
            }
        } catch (SocketException closed) {
            // the client has left
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
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
