package dev.dormouse.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A WebSocket client and a server that nobody here wrote, and how their sockets end. */
class GatewayWebSocketTest {
    private static final int GOING_AWAY = 1001;
    private static final String SWITCH =
            String.join(
                    "\r\n",
                    "HTTP/1.1 101 X",
                    "Upgrade: websocket",
                    "Connection: Upgrade",
                    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
                    "",
                    "");
    private static final String UPGRADE =
            Wire.get(
                    "/",
                    "Connection: Upgrade",
                    "Upgrade: websocket",
                    "Sec-WebSocket-Version: 13",
                    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");
    private static final byte[] CLOSE_1001 = {(byte) 0x88, 2, 3, (byte) 0xe9};

    private final Served served = new Served("CLOSE_GRACE", "300ms");
    private final HttpClient client = HttpClient.newHttpClient();
    private final Ear ear = new Ear();
    private WebSocketPeer peer;

    @BeforeEach
    void serve() throws Exception {
        peer = new WebSocketPeer();
        served.publish(edit -> edit.targets(peer.target()));
    }

    @AfterEach
    void stop() throws Exception {
        client.shutdownNow();
        served.close();
        peer.close();
    }

    @Test
    void messagesOfEverySizePassAndTheClientsCloseReachesTheServer() throws Exception {
        WebSocket socket = open();
        assertThat(ear.said.poll(10, TimeUnit.SECONDS)).isEqualTo("hello at /chat?room=1");
        for (int size : new int[] {0, 1, 125, 126, 65_535, 65_536, 1_000_000}) {
            String text = "x".repeat(size);
            socket.sendText(text, true).join();
            assertThat(ear.said.poll(20, TimeUnit.SECONDS)).isEqualTo(text);
        }
        socket.sendBinary(ByteBuffer.wrap(new byte[] {0, -1, 7}), true).join();
        assertThat(ear.said.poll(10, TimeUnit.SECONDS)).isEqualTo("[0, -1, 7]");
        assertThat(served.traffic().inFlight()).isEqualTo(1);

        socket.sendClose(1000, "done").join();

        assertThat(peer.closed.poll(10, TimeUnit.SECONDS)).isEqualTo(1000);
        served.awaitQuiet();
    }

    @Test
    void theServersOwnCloseIsPassedOnAsItIs() throws Exception {
        WebSocket socket = open();

        socket.sendText("close", true).join();

        assertThat(ear.closed.poll(10, TimeUnit.SECONDS)).isEqualTo(4000);
        served.awaitQuiet();
    }

    @Test
    void aGatewayThatStopsSaysSoToBothBeforeItCuts() throws Exception {
        open();

        served.gateway.close();

        assertThat(ear.closed.poll(10, TimeUnit.SECONDS)).isEqualTo(GOING_AWAY);
        assertThat(peer.closed.poll(10, TimeUnit.SECONDS)).isEqualTo(GOING_AWAY);
    }

    @Test
    void aSocketEndsAtTheContainersTimeoutWithAWord() throws Exception {
        served.publish(edit -> edit.timeout(Duration.ofMillis(300)));

        open();

        assertThat(ear.closed.poll(10, TimeUnit.SECONDS)).isEqualTo(GOING_AWAY);
        assertThat(peer.closed.poll(10, TimeUnit.SECONDS)).isEqualTo(GOING_AWAY);
        served.awaitQuiet();
    }

    @Test
    void aSocketWhoseFrameNeverEndsIsCutAfterTheTimeout() throws Exception {
        CountDownLatch ended = new CountDownLatch(1);
        served.publish(
                served.instance(call -> {
                    call.write(SWITCH + "\u0081\u0005ab");
                    GatewayWebSocketTest.await(ended);
                }));
        served.publish(edit -> edit.timeout(Duration.ofMillis(300)));
        try (Wire wire = new Wire(served.port())) {
            wire.send(UPGRADE).readHead();

            assertThat(wire.in().readAllBytes()).endsWith('a', 'b');
        } finally {
            ended.countDown();
        }
        served.awaitQuiet();
    }

    @Test
    void aClientWhoseInstanceWasReplacedAndStoppedIsTold() throws Exception {
        CountDownLatch stop = new CountDownLatch(1);
        Instance old =
                served.instance(call -> {
                    call.write(SWITCH);
                    GatewayWebSocketTest.await(stop);
                    call.socket().close();
                });
        served.publish(old);
        try (Wire wire = new Wire(served.port())) {
            wire.send(UPGRADE).readHead();
            served.publish(edit -> edit.targets(peer.target()));

            stop.countDown();

            assertThat(Wire.exactly(wire.in(), 4)).isEqualTo(CLOSE_1001);
            assertThat(wire.isEnded()).isTrue();
        }
        served.awaitQuiet();
    }

    @Test
    void anInstanceThatDiesInItsTimeIsNoGoodbye() throws Exception {
        served.publish(
                served.instance(call -> {
                    call.write(SWITCH);
                    call.socket().close();
                }));
        try (Wire wire = new Wire(served.port())) {
            wire.send(UPGRADE).readHead();

            assertThat(wire.isEnded()).isTrue();
        }
        served.awaitQuiet();
    }

    /** Between the halves of a frame a close would be read as its payload. */
    @Test
    void aFrameThatHasBegunIsFinishedBeforeTheGoodbye() throws Exception {
        CountDownLatch finish = new CountDownLatch(1);
        served.publish(
                served.instance(call -> {
                    call.write(SWITCH + "\u0081\u0005ab");
                    GatewayWebSocketTest.await(finish);
                    call.write("cde\u0081\u0001z");
                    call.in().transferTo(java.io.OutputStream.nullOutputStream());
                }));
        try (Wire wire = new Wire(served.port())) {
            wire.send(UPGRADE).readHead();
            Wire.exactly(wire.in(), 4);
            int port = served.port();
            Thread closing = Thread.ofVirtual().start(served.gateway::close);
            org.awaitility.Awaitility.await().until(() -> isRefused(port));

            finish.countDown();

            assertThat(
                            new String(
                                    Wire.exactly(wire.in(), 3),
                                    java.nio.charset.StandardCharsets.US_ASCII))
                    .isEqualTo("cde");
            byte[] rest = wire.in().readAllBytes();
            closing.join();
            assertThat(rest).endsWith(CLOSE_1001);
        }
    }

    private static boolean isRefused(int port) {
        try (Wire wire = new Wire(port)) {
            return wire.isEnded();
        } catch (java.io.IOException closed) {
            return true;
        }
    }

    private WebSocket open() {
        return client.newWebSocketBuilder()
                .header("Host", Served.HOST)
                .buildAsync(URI.create("ws://127.0.0.1:" + served.port() + "/chat?room=1"), ear)
                .join();
    }

    private static void await(CountDownLatch latch) throws java.io.IOException {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new java.io.IOException(e);
        }
    }

    private static final class Ear implements WebSocket.Listener {
        private final BlockingQueue<String> said = new LinkedBlockingQueue<>();
        private final BlockingQueue<Integer> closed = new LinkedBlockingQueue<>();
        private final StringBuilder text = new StringBuilder();
        private final ByteArrayOutputStream binary = new ByteArrayOutputStream();

        @Override
        public @Nullable CompletionStage<?> onText(
                WebSocket socket, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                said.add(text.toString());
                text.setLength(0);
            }
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onBinary(
                WebSocket socket, ByteBuffer data, boolean last) {
            while (data.hasRemaining()) {
                binary.write(data.get());
            }
            if (last) {
                said.add(java.util.Arrays.toString(binary.toByteArray()));
                binary.reset();
            }
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            closed.add(code);
            return null;
        }
    }
}
