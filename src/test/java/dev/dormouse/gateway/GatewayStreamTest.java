package dev.dormouse.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Bodies and headers pass as they should. */
class GatewayStreamTest {
    private static final int BLOCK = 1 << 16;
    private static final int BLOCKS = 3_200;

    /** What two connections' socket buffers and the gateway's own may hold together. */
    private static final long HELD_MOST = 48L << 20;

    private static final long HEAP_MARGIN = 64L << 20;

    private final Served served = new Served();

    @AfterEach
    void stop() throws IOException {
        served.close();
    }

    @Test
    void twoHundredMegabytesGoUpAndDownAndAreNeverHeld() throws IOException {
        AtomicLong received = new AtomicLong();
        served.publish(
                served.instance(call -> {
                    long length = Long.parseLong(call.header("Content-Length"));
                    received.set(skip(call.in(), length));
                    call.write("HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n");
                    pour(call.out());
                }));
        long before = used();
        long length = (long) BLOCK * BLOCKS;
        try (Wire wire = new Wire(served.port())) {
            wire.send(
                    "POST / HTTP/1.1\r\nHost: "
                            + Served.HOST
                            + "\r\nContent-Length: "
                            + length
                            + "\r\n\r\n");
            pour(wire.socket().getOutputStream());
            while (!Wire.line(wire.in()).isEmpty()) {
                // the answer's head
            }
            assertThat(skip(wire.in(), length)).isEqualTo(length);
        }

        assertThat(received.get()).isEqualTo(length);
        assertThat(used() - before).as("bytes of heap left over").isLessThan(HEAP_MARGIN);
    }

    @Test
    void anInstanceIsHeldBackByAClientThatDoesNotRead() throws Exception {
        AtomicLong written = new AtomicLong();
        long length = (long) BLOCK * BLOCKS;
        served.publish(
                served.instance(call -> {
                    call.write("HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n");
                    byte[] block = new byte[BLOCK];
                    for (int i = 0; i < BLOCKS; i++) {
                        call.out().write(block);
                        written.addAndGet(BLOCK);
                    }
                }));
        try (Wire wire = new Wire(served.port())) {
            wire.send(Wire.get("/"));

            awaitStandstill(written);
            assertThat(written.get()).as("bytes in buffers").isLessThan(HELD_MOST);
            while (!Wire.line(wire.in()).isEmpty()) {
                // the answer's head
            }
            assertThat(skip(wire.in(), length)).isEqualTo(length);
        }
        served.awaitQuiet();
    }

    @Test
    void aClientIsHeldBackByAnInstanceThatDoesNotRead() throws Exception {
        AtomicLong written = new AtomicLong();
        CountDownLatch readNow = new CountDownLatch(1);
        long length = (long) BLOCK * BLOCKS;
        served.publish(
                served.instance(call -> {
                    try {
                        assertThat(readNow.await(30, TimeUnit.SECONDS)).isTrue();
                    } catch (InterruptedException e) {
                        throw new IOException(e);
                    }
                    call.answer(Long.toString(skip(call.in(), length)));
                }));
        try (Wire wire = new Wire(served.port())) {
            wire.send(
                    "POST / HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n\r\n"
                            .formatted(Served.HOST, length));
            Thread sender = Thread.ofVirtual().start(() -> pourCounting(wire, written));

            awaitStandstill(written);
            assertThat(written.get()).as("bytes in buffers").isLessThan(HELD_MOST);
            readNow.countDown();
            assertThat(wire.read().body()).isEqualTo(Long.toString(length));
            sender.join();
        }
        served.awaitQuiet();
    }

    @Test
    void aChunkedAnswerIsPassedOnWithItsTrailers() throws IOException {
        served.publish(
                served.instance(call -> {
                    call.write(
                            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: Sum\r\n\r\n");
                    call.write("3\r\nabc\r\n");
                    call.write("2\r\nde\r\n0\r\nSum: 5\r\n\r\n");
                }));

        Wire.Answer answer = Wire.ask(served.port(), Wire.get("/"));

        assertThat(answer.body()).isEqualTo("abcde");
        assertThat(answer.trailers()).containsEntry("sum", "5");
    }

    @Test
    void anEventIsPassedOnBeforeTheNextIsWritten() throws Exception {
        CountDownLatch read = new CountDownLatch(1);
        served.publish(
                served.instance(call -> {
                    call.write(
                            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nfirst\n\r\n");
                    try {
                        assertThat(read.await(10, TimeUnit.SECONDS)).isTrue();
                    } catch (InterruptedException e) {
                        throw new IOException(e);
                    }
                    call.write("0\r\n\r\n");
                }));
        try (Wire wire = new Wire(served.port())) {
            wire.send(Wire.get("/"));
            while (!Wire.line(wire.in()).isEmpty()) {
                // the answer's head
            }
            assertThat(Wire.line(wire.in())).isEqualTo("6");
            assertThat(new String(wire.in().readNBytes(6), StandardCharsets.ISO_8859_1))
                    .isEqualTo("first\n");
            read.countDown();
        }
        served.awaitQuiet();
    }

    @Test
    void headersOfOneConnectionStayOnItAndTheClientIsMadeKnown() throws IOException {
        served.publish(
                served.instance(call -> {
                    String seen =
                            "%s|%s|%s|%s|%s|%s"
                                    .formatted(
                                            call.header("Host"),
                                            call.header("X-Forwarded-For"),
                                            call.header("X-Forwarded-Proto"),
                                            call.header("X-Request-ID").isEmpty() ? "none" : "id",
                                            call.header("Private")
                                                    + call.header("Keep-Alive")
                                                    + call.header("X-Auth-Token"),
                                            call.header("Kept"));
                    call.answer(seen);
                }));

        Wire.Answer answer =
                Wire.ask(
                        served.port(),
                        Wire.get(
                                "/",
                                "Connection: keep-alive, Private",
                                "Private: 1",
                                "Keep-Alive: timeout=5",
                                "X-Forwarded-For: 192.0.2.1",
                                "Kept: yes"));

        assertThat(answer.body()).isEqualTo(Served.HOST + "|192.0.2.1, 127.0.0.1|http|id||yes");
        assertThat(answer.header("X-Request-ID")).isNotEmpty();
    }

    @Test
    void headAnd204HaveNoBodyAndTheConnectionGoesOn() throws IOException {
        served.publish(
                served.instance(call -> {
                    if (call.line().startsWith("HEAD")) {
                        call.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
                    } else {
                        call.write("HTTP/1.1 204 No Content\r\n\r\n");
                    }
                }));
        try (Wire wire = new Wire(served.port())) {
            Wire.Answer head = wire.send(Wire.get("/").replace("GET", "HEAD")).readHead();
            assertThat(head.header("Content-Length")).isEqualTo("5");
            assertThat(wire.send(Wire.get("/")).readHead().status()).isEqualTo(204);
            assertThat(wire.send(Wire.get("/")).readHead().status()).isEqualTo(204);
        }
    }

    /** Until nothing has been written for half a second though there is more to write. */
    private static void awaitStandstill(AtomicLong written) {
        await().atMost(Duration.ofSeconds(20)).until(() -> written.get() > 0);
        AtomicLong before = new AtomicLong(-1);
        await().atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(500))
                .until(() -> before.getAndSet(written.get()) == written.get());
    }

    private static void pourCounting(Wire wire, AtomicLong written) {
        byte[] block = new byte[BLOCK];
        try {
            for (int i = 0; i < BLOCKS; i++) {
                wire.socket().getOutputStream().write(block);
                written.addAndGet(BLOCK);
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void pour(OutputStream out) throws IOException {
        byte[] block = new byte[BLOCK];
        for (int i = 0; i < BLOCKS; i++) {
            out.write(block);
        }
        out.flush();
    }

    private static long skip(InputStream in, long length) throws IOException {
        byte[] block = new byte[BLOCK];
        long left = length;
        while (left > 0) {
            int read = in.read(block, 0, (int) Math.min(BLOCK, left));
            if (read < 0) {
                return length - left;
            }
            left -= read;
        }
        return length;
    }

    private static long used() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
