package dev.dormouse.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Over HTTP/2, too: who is slow holds back only the other side, and who leaves leaves nothing. */
class GatewayHttp2LeaveTest {
    private static final byte[] CANCEL = {0, 0, 0, 8};
    private static final String ENDLESS = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

    /** Windows of HTTP/2, and the buffers of two sockets. */
    private static final long HELD_MOST = 24L << 20;

    private final Served served = new Served();
    private final CountDownLatch instanceSawTheEnd = new CountDownLatch(1);
    private final AtomicLong moved = new AtomicLong();

    @AfterEach
    void stop() throws IOException {
        served.close();
    }

    @Test
    void aStreamThatIsResetInTheLineLeavesIt() throws Exception {
        served.publish();
        try (Http2Wire wire = new Http2Wire(served.port())) {
            wire.headers(1, Http2Wire.head("POST", "/"), false).data(1, "abc", false).flush();
            served.awaitWaiting(1);

            wire.frame(Http2Wire.RST_STREAM, 0, 1, CANCEL).flush();

            served.awaitQuiet();
        }
    }

    @Test
    void aConnectionThatEndsTakesAllItsRequestsWithIt() throws Exception {
        served.publish(served.instance(this::swallow));
        try (Http2Wire wire = new Http2Wire(served.port())) {
            for (int i = 0; i < 20; i++) {
                wire.headers(2 * i + 1, Http2Wire.head("POST", "/"), false);
                wire.data(2 * i + 1, "abc", false);
            }
            wire.flush();
            served.awaitInFlight(20);
        }

        served.awaitQuiet();
        assertThat(instanceSawTheEnd.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aStreamThatIsResetInItsBodyEndsTheInstancesWork() throws Exception {
        served.publish(served.instance(this::swallow));
        try (Http2Wire wire = new Http2Wire(served.port())) {
            wire.headers(1, Http2Wire.head("POST", "/"), false).data(1, "abc", false).flush();
            await().until(() -> moved.get() > 0);

            wire.frame(Http2Wire.RST_STREAM, 0, 1, CANCEL).flush();

            assertThat(instanceSawTheEnd.await(10, TimeUnit.SECONDS)).isTrue();
            served.awaitQuiet();
        }
    }

    @Test
    void aStreamThatIsResetInItsAnswerEndsTheInstancesWork() throws Exception {
        served.publish(served.instance(this::pour));
        try (Http2Wire wire = new Http2Wire(served.port())) {
            wire.headers(1, Http2Wire.head("GET", "/"), true).flush();
            wire.await(Http2Wire.DATA);

            wire.frame(Http2Wire.RST_STREAM, 0, 1, CANCEL).flush();

            assertThat(instanceSawTheEnd.await(10, TimeUnit.SECONDS)).isTrue();
            served.awaitQuiet();
        }
    }

    @Test
    void anInstanceIsHeldBackByAClientThatOpensNoWindowAndOtherStreamsAreNot() throws Exception {
        served.publish(
                served.instance(call -> {
                    if (call.line().contains("/small")) {
                        call.answer("ok");
                    } else {
                        pour(call);
                    }
                }));
        try (Http2Wire wire = new Http2Wire(served.port())) {
            byte[] more = ByteBuffer.allocate(4).putInt(1 << 20).array();
            wire.frame(Http2Wire.WINDOW_UPDATE, 0, 0, more);
            wire.headers(1, Http2Wire.head("GET", "/"), true).flush();
            awaitStandstill();
            assertThat(moved.get()).isLessThan(HELD_MOST);

            wire.headers(3, Http2Wire.head("GET", "/small"), true).flush();

            Http2Wire.Frame frame = wire.await(Http2Wire.DATA);
            while (frame.stream() != 3) {
                frame = wire.await(Http2Wire.DATA);
            }
            assertThat(frame.text()).isEqualTo("ok");
            wire.frame(Http2Wire.RST_STREAM, 0, 1, CANCEL).flush();
            served.awaitQuiet();
        }
    }

    @Test
    void aClientIsHeldBackByAnInstanceThatDoesNotRead() throws Exception {
        CountDownLatch readNow = new CountDownLatch(1);
        served.publish(
                served.instance(call -> {
                    try {
                        assertThat(readNow.await(30, TimeUnit.SECONDS)).isTrue();
                    } catch (InterruptedException e) {
                        throw new IOException(e);
                    }
                    long length = 0;
                    for (byte[] c = Wire.chunk(call.in());
                            c.length > 0;
                            c = Wire.chunk(call.in())) {
                        length += c.length;
                    }
                    Wire.headers(call.in());
                    call.answer(Long.toString(length));
                }));
        long sent;
        try (Http2Wire wire = new Http2Wire(served.port())) {
            wire.headers(1, Http2Wire.head("POST", "/"), false).flush();
            Upload upload = new Upload(wire);
            upload.sendUntilSilence();
            assertThat(upload.sent).isLessThan(HELD_MOST);
            long before = upload.sent;

            readNow.countDown();
            upload.sendUntil(before + HELD_MOST);
            sent = upload.sent;
            wire.data(1, "", true).flush();

            wire.awaitHeaders();
            assertThat(wire.await(Http2Wire.DATA).text()).isEqualTo(Long.toString(sent));
        }
        served.awaitQuiet();
    }

    @Test
    void anInstanceThatIsSlowMeetsTheTimeoutInTheMiddleOfItsAnswer() throws Exception {
        served.publish(
                served.instance(call -> {
                    call.write(ENDLESS + "1\r\na\r\n");
                    swallow(call);
                }));
        served.publish(edit -> edit.timeout(Duration.ofMillis(500)));
        try (Http2Wire wire = new Http2Wire(served.port())) {
            wire.headers(1, Http2Wire.head("GET", "/"), true).flush();

            assertThat(wire.await(Http2Wire.RST_STREAM).code()).isEqualTo(8);
        }
        served.awaitQuiet();
        assertThat(instanceSawTheEnd.await(10, TimeUnit.SECONDS)).isTrue();
    }

    private void swallow(Instance.Call call) throws IOException {
        try {
            byte[] block = new byte[1024];
            for (int read = call.in().read(block); read >= 0; read = call.in().read(block)) {
                moved.addAndGet(read);
            }
        } finally {
            instanceSawTheEnd.countDown();
        }
    }

    private void pour(Instance.Call call) throws IOException {
        byte[] block =
                ("10000\r\n" + "x".repeat(0x10000) + "\r\n")
                        .getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        call.write(ENDLESS);
        try {
            while (true) {
                call.out().write(block);
                moved.addAndGet(block.length);
            }
        } finally {
            instanceSawTheEnd.countDown();
        }
    }

    private void awaitStandstill() {
        await().atMost(Duration.ofSeconds(20)).until(() -> moved.get() > 0);
        AtomicLong before = new AtomicLong(-1);
        await().atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(500))
                .until(() -> before.getAndSet(moved.get()) == moved.get());
    }

    /** The body of stream 1, as fast as the windows of the gateway allow. */
    private static final class Upload {
        private static final int SILENCE_MILLIS = 1000;
        private final byte[] block = new byte[8000];
        private final Http2Wire wire;
        private long ofStream = 65_535;
        private long ofConnection = 65_535;
        private long sent;

        Upload(Http2Wire wire) {
            this.wire = wire;
        }

        void sendUntilSilence() throws IOException {
            wire.patience(SILENCE_MILLIS);
            try {
                sendUntil(Long.MAX_VALUE);
            } catch (java.net.SocketTimeoutException silence) {
                wire.patience(20_000);
            }
        }

        void sendUntil(long most) throws IOException {
            while (sent < most) {
                while (sent < most && Math.min(ofStream, ofConnection) - sent >= block.length) {
                    wire.frame(Http2Wire.DATA, 0, 1, block);
                    sent += block.length;
                }
                wire.flush();
                if (sent < most) {
                    Http2Wire.Frame update = wire.await(Http2Wire.WINDOW_UPDATE);
                    int more = update.payload().getInt(0);
                    ofStream += update.stream() == 1 ? more : 0;
                    ofConnection += update.stream() == 0 ? more : 0;
                }
            }
        }
    }
}
