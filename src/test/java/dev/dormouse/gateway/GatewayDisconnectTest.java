package dev.dormouse.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dormouse.model.Route.Target;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A client leaves, in every way and in every phase: nothing of it is in flight, waits or counts as
 * a connection, and the instance sees the end.
 */
class GatewayDisconnectTest {
    private static final int STRANGERS = 2;
    private static final byte[] CANCEL = {0, 0, 0, 8};
    private static final String UPGRADE =
            Wire.get(
                    "/",
                    "Connection: Upgrade",
                    "Upgrade: websocket",
                    "Sec-WebSocket-Version: 13",
                    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");
    private static final String SWITCH =
            String.join(
                    "\r\n",
                    "HTTP/1.1 101 X",
                    "Upgrade: websocket",
                    "Connection: Upgrade",
                    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
                    "",
                    "");

    /** Where in a request the client is. */
    enum Phase {
        HEAD,
        BODY,
        QUEUED,
        CONNECTING,
        BEFORE_THE_ANSWER,
        ANSWER,
        WEB_SOCKET
    }

    /** How it leaves. */
    enum Way {
        HTTP1_CLOSE,
        HTTP1_RESET,
        HTTP2_STREAM,
        HTTP2_CLOSE,
        HTTP2_RESET;

        boolean isHttp2() {
            return compareTo(HTTP2_STREAM) >= 0;
        }
    }

    /** One connection is left to have, so that a next one tells whether it is counted. */
    private final Served served =
            new Served("CONNECTIONS_MAX", "" + (STRANGERS + 1), "CONNECT_TIMEOUT", "30s");

    private final AtomicInteger read = new AtomicInteger();
    private final List<Socket> strangers = new ArrayList<>();
    private Instance instance;

    @BeforeEach
    void serve() throws IOException {
        instance = served.instance(this::work);
        served.publish(instance);
        for (int i = 0; i < STRANGERS; i++) {
            strangers.add(new Socket(InetAddress.getLoopbackAddress(), served.port()));
        }
    }

    @AfterEach
    void stop() throws IOException {
        for (Socket stranger : strangers) {
            stranger.close();
        }
        served.close();
    }

    static Stream<Arguments> waysAndPhases() {
        return Arrays.stream(Way.values())
                .flatMap(way ->
                        Arrays.stream(Phase.values()).map(phase -> Arguments.of(way, phase)));
    }

    @ParameterizedTest
    @MethodSource("waysAndPhases")
    void nothingIsLeftOfAClientThatLeaves(Way way, Phase phase) throws Exception {
        try (ServerSocket deaf = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            prepare(phase, deaf);
            if (way.isHttp2()) {
                leaveHttp2(way, phase);
            } else {
                leaveHttp1(way, phase);
            }

            served.awaitQuiet();
            await("its connection is no longer counted").until(() -> !isFull());
            await("the instance saw the end").until(() -> instance.openConnections() == 0);
            int cutShort = phase == Phase.HEAD || phase == Phase.WEB_SOCKET ? 0 : 1;
            await("it is counted once").until(() -> cut() == cutShort);
        }
    }

    private void leaveHttp1(Way way, Phase phase) throws Exception {
        try (Wire wire = new Wire(served.port())) {
            wire.send(
                    switch (phase) {
                        case HEAD -> "GET / HTTP/1.1\r\nHost: " + Served.HOST + "\r\nX";
                        case BODY -> Wire.post("x".repeat(1000)).substring(0, 200);
                        case QUEUED, CONNECTING, BEFORE_THE_ANSWER -> Wire.get("/");
                        case ANSWER -> Wire.get("/answer");
                        case WEB_SOCKET -> UPGRADE;
                    });
            if (phase == Phase.ANSWER || phase == Phase.WEB_SOCKET) {
                assertThat(Wire.line(wire.in())).contains(phase == Phase.ANSWER ? "200" : "101");
            }
            awaitPhase(phase);
            if (way == Way.HTTP1_RESET) {
                wire.reset();
            }
        }
    }

    private void leaveHttp2(Way way, Phase phase) throws Exception {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), served.port());
        try (Http2Wire wire = new Http2Wire(socket)) {
            switch (phase) {
                case HEAD ->
                        wire.frame(
                                Http2Wire.HEADERS,
                                Http2Wire.END_STREAM,
                                1,
                                wire.block(Http2Wire.head("GET", "/")));
                case BODY ->
                        wire.headers(1, Http2Wire.head("POST", "/"), false).data(1, "abc", false);
                case QUEUED, CONNECTING, BEFORE_THE_ANSWER ->
                        wire.headers(1, Http2Wire.head("GET", "/"), true);
                case ANSWER -> wire.headers(1, Http2Wire.head("GET", "/answer"), true);
                case WEB_SOCKET -> wire.headers(1, webSocket(), false);
            }
            wire.flush();
            if (phase == Phase.ANSWER || phase == Phase.WEB_SOCKET) {
                assertThat(wire.awaitHeaders().status()).hasToString("200");
            }
            awaitPhase(phase);
            switch (way) {
                case HTTP2_RESET -> socket.setSoLinger(true, 0);
                case HTTP2_STREAM -> {
                    wire.frame(Http2Wire.RST_STREAM, 0, 1, CANCEL).flush();
                    served.awaitQuiet();
                    await().until(() -> instance.openConnections() == 0);
                }
                case HTTP2_CLOSE, HTTP1_CLOSE, HTTP1_RESET -> {}
            }
        }
    }

    /** A bidirectional call, which both sides have spoken in. */
    @ParameterizedTest
    @EnumSource(
            value = Way.class,
            names = {"HTTP2_STREAM", "HTTP2_CLOSE", "HTTP2_RESET"})
    void aCallOfGrpcEndsAtItsServer(Way way) throws Exception {
        GrpcPeer peer = new GrpcPeer();
        served.publish(edit -> edit.targets(peer.target()).h2c());
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), served.port());
        try (Http2Wire wire = new Http2Wire(socket)) {
            Http2Headers head =
                    Http2Wire.head("POST", "/" + GrpcPeer.BOTH.getFullMethodName())
                            .add("content-type", "application/grpc")
                            .add("te", "trailers");
            wire.headers(1, head, false).data(1, "\0\0\0\0\2hi", false).flush();
            assertThat(wire.await(Http2Wire.DATA).text()).endsWith("hello");
            assertThat(wire.await(Http2Wire.DATA).text()).endsWith("echo hi");

            if (way == Way.HTTP2_RESET) {
                socket.setSoLinger(true, 0);
            } else if (way == Way.HTTP2_STREAM) {
                wire.frame(Http2Wire.RST_STREAM, 0, 1, CANCEL).flush();
                assertThat(peer.cancelled.await(10, TimeUnit.SECONDS)).isTrue();
            }
        }

        assertThat(peer.cancelled.await(10, TimeUnit.SECONDS)).isTrue();
        served.awaitQuiet();
        await("its connection is no longer counted").until(() -> !isFull());
        peer.close();
    }

    @Test
    void aClientThatBreaksOffIsNoErrorOfOurs() throws Exception {
        PrintStream console = System.out;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
        try (Served open = new Served()) {
            List<Wire> all = new ArrayList<>();
            for (String beginning : List.of("", "G", "PRI * HTTP/2.0", "GET / HTTP/1.1\r\nHo")) {
                for (int i = 0; i < 10; i++) {
                    all.add(new Wire(open.port()).send(beginning));
                }
            }
            awaitBothLoops(open);
            for (Wire wire : all) {
                wire.reset();
            }
            awaitBothLoops(open);
        } finally {
            System.setOut(console);
        }

        assertThat(said.toString(StandardCharsets.UTF_8)).doesNotContain("ERROR");
    }

    /**
     * What has happened before is worked off by whichever loops answer, which in the end are all.
     */
    private static void awaitBothLoops(Served open) throws IOException {
        for (int i = 0; i < 16; i++) {
            Wire.ask(open.port(), "GET / HTTP/1.1\r\nHost: nobody\r\n\r\n");
        }
    }

    private void prepare(Phase phase, ServerSocket deaf) throws IOException {
        if (phase == Phase.QUEUED) {
            served.publish();
        } else if (phase == Phase.CONNECTING) {
            Target target = new Target("deaf", "127.0.0.1", deaf.getLocalPort());
            fill(deaf);
            served.publish(edit -> edit.targets(target));
        }
    }

    /** As many connections as its line has room for; the kernel does not answer one more. */
    private void fill(ServerSocket deaf) throws IOException {
        for (int i = 0; i < 2; i++) {
            Socket socket = new Socket();
            socket.connect(
                    new InetSocketAddress(deaf.getInetAddress(), deaf.getLocalPort()), 5_000);
            strangers.add(socket);
        }
    }

    private void awaitPhase(Phase phase) {
        switch (phase) {
            case HEAD -> await().until(this::isFull);
            case BODY -> await().until(() -> read.get() > 0);
            case QUEUED -> served.awaitWaiting(1);
            case CONNECTING -> served.awaitInFlight(1);
            case BEFORE_THE_ANSWER, ANSWER -> await().until(() -> instance.requests() == 1);
            case WEB_SOCKET -> served.awaitInFlight(1);
        }
    }

    /** Whether one more connection is hung up on. */
    private boolean isFull() {
        try {
            return Wire.ask(served.port(), "GET / HTTP/1.1\r\nHost: nobody\r\n\r\n").status() == 0;
        } catch (IOException hungUpOn) {
            return true;
        }
    }

    private double cut() {
        var counter =
                served.meters
                        .find("dormouse.gateway.requests")
                        .tags("container", "web", "status", "cut")
                        .counter();
        return counter == null ? 0 : counter.count();
    }

    private void work(Instance.Call call) throws IOException {
        if (!call.header("Upgrade").isEmpty()) {
            call.write(SWITCH);
        } else if (call.line().contains("/answer")) {
            call.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n");
        }
        for (int b = call.in().read(); b >= 0; b = call.in().read()) {
            read.incrementAndGet();
        }
    }

    private static Http2Headers webSocket() {
        return Http2Wire.head("CONNECT", "/")
                .add(":protocol", "websocket")
                .add("sec-websocket-version", "13");
    }
}
