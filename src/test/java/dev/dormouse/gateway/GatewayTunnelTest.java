package dev.dormouse.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A WebSocket's bytes pass both ways, and it counts as a request until either side ends it. */
class GatewayTunnelTest {
    private static final String UPGRADE =
            Wire.get(
                    "/socket",
                    "Connection: keep-alive, Upgrade",
                    "Upgrade: websocket",
                    "Sec-WebSocket-Version: 13",
                    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");
    private static final String SWITCH =
            String.join(
                    "\r\n",
                    "HTTP/1.1 101 Switching Protocols",
                    "Upgrade: websocket",
                    "Connection: Upgrade",
                    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
                    "",
                    "");

    private final Served served = new Served();
    private final CountDownLatch instanceSawTheEnd = new CountDownLatch(1);

    @AfterEach
    void stop() throws IOException {
        served.close();
    }

    @Test
    void bytesPassBothWaysAndTheSocketCountsUntilTheClientEndsIt() throws Exception {
        served.publish(served.instance(this::greetAndEcho));
        try (Wire wire = new Wire(served.port())) {
            Wire.Answer answer = wire.send(UPGRADE).readHead();

            assertThat(answer.status()).isEqualTo(101);
            assertThat(answer.header("Upgrade")).isEqualTo("websocket");
            assertThat(answer.header("Sec-WebSocket-Accept")).startsWith("s3pPLM");
            assertThat(text(wire, 5)).isEqualTo("hello");
            assertThat(text(wire.send("\0\u0001\u00ff!"), 4)).isEqualTo("\0\u0001\u00ff!");
            assertThat(served.traffic().inFlight()).isEqualTo(1);
        }

        assertThat(instanceSawTheEnd.await(10, TimeUnit.SECONDS)).isTrue();
        served.awaitQuiet();
    }

    @Test
    void theInstanceIsAskedForAnUpgradeAgainAndAgain() throws Exception {
        BlockingQueue<String> asked = new LinkedBlockingQueue<>();
        served.publish(
                served.instance(call -> {
                    asked.add(call.header("Connection") + " to " + call.header("Upgrade"));
                    call.answer(426, "not now");
                    if (asked.size() == 2) {
                        call.socket().close();
                    }
                }));
        for (int i = 0; i < 4; i++) {
            assertThat(Wire.ask(served.port(), UPGRADE).status()).isEqualTo(426);
        }

        assertThat(asked).hasSize(4).containsOnly("Upgrade to websocket");
    }

    @Test
    void theClientSeesTheInstancesEnd() throws Exception {
        served.publish(
                served.instance(call -> {
                    call.write(SWITCH + "bye");
                    call.socket().close();
                }));
        try (Wire wire = new Wire(served.port())) {
            assertThat(wire.send(UPGRADE).readHead().status()).isEqualTo(101);
            assertThat(text(wire, 3)).isEqualTo("bye");

            assertThat(wire.isEnded()).isTrue();
        }
        served.awaitQuiet();
    }

    @Test
    void aRefusedUpgradeIsAnOrdinaryAnswer() throws Exception {
        served.publish(served.instance(call -> call.answer(426, "no sockets here")));
        try (Wire wire = new Wire(served.port())) {
            Wire.Answer answer = wire.send(UPGRADE).read();

            assertThat(answer.status()).isEqualTo(426);
            assertThat(answer.body()).isEqualTo("no sockets here");
            assertThat(wire.send(Wire.get("/")).read().status()).isEqualTo(426);
        }
        served.awaitQuiet();
    }

    @Test
    void aSocketWaitsForItsInstanceLikeAnyRequest() throws Exception {
        served.publish();
        try (Wire wire = new Wire(served.port())) {
            wire.send(UPGRADE);
            served.awaitWaiting(1);

            served.publish(served.instance(this::greetAndEcho));

            assertThat(wire.readHead().status()).isEqualTo(101);
            await().until(() -> served.traffic().inFlight() == 1);
        }
        served.awaitQuiet();
    }

    private void greetAndEcho(Instance.Call call) throws IOException {
        call.write(SWITCH + "hello");
        try {
            for (int b = call.in().read(); b >= 0; b = call.in().read()) {
                call.out().write(b);
            }
        } finally {
            instanceSawTheEnd.countDown();
        }
    }

    private static String text(Wire wire, int length) throws IOException {
        return new String(Wire.exactly(wire.in(), length), StandardCharsets.ISO_8859_1);
    }
}
