package dev.dormouse.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What others might read as another request is refused, and nothing after it is read as one. */
class GatewayAttackTest {
    private static final String HEAD = "POST / HTTP/1.1\r\nHost: %s\r\n".formatted(Served.HOST);
    private static final String SECOND =
            "GET /second HTTP/1.1\r\nHost: " + Served.HOST + "\r\n\r\n";
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private Served served = new Served();

    @AfterEach
    void stop() throws IOException {
        served.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 2\r\nContent-Length: 3\r\n\r\nab",
                "Content-Length: 2\r\nContent-Length: 2\r\n\r\nab",
                "Content-Length: 2, 2\r\n\r\nab",
                "Content-Length: +2\r\n\r\nab",
                "Content-Length: -2\r\n\r\nab",
                "Content-Length: 0x2\r\n\r\nab",
                "Content-Length: 2 2\r\n\r\nab",
                "Content-Length:\r\n\r\nab",
                "Content-Length: 99999999999999999999\r\n\r\nab",
                "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: identity\r\n\r\nab",
                "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
                "Content-Length : 2\r\n\r\nab",
                "X : y\r\n\r\n",
                "X: a\r\n b\r\n\r\n",
                "X: a\r\n\tb\r\n\r\n",
                "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
                " X: folded into the Host\r\n\r\n",
                "X: a\nContent-Length: 2\r\n\r\nab",
                "X: a\n\n",
                "X: a\rb\r\n\r\n",
                "X: a\r\r\n\r\n",
                "X: a\0b\r\n\r\n",
                "X\0: a\r\n\r\n",
                "no colon\r\n\r\n",
                ": no name\r\n\r\n",
                "Host: other.example\r\n\r\n",
            })
    void aHeadThatCanBeReadInTwoWaysIsRefusedAndTheConnectionEnds(String rest) throws IOException {
        Instance instance = served.instance(call -> call.answer("reached"));
        served.publish(instance);
        try (Wire wire = new Wire(served.port())) {
            Wire.Answer answer = wire.send(HEAD + rest + SECOND).read();

            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.header("Connection")).isEqualTo("close");
            assertThat(wire.isEnded()).isTrue();
        }
        assertThat(instance.requests()).isZero();
        served.awaitQuiet();
    }

    /** The first request of a connection is read by a decoder that is put in its place for it. */
    @Test
    void theSecondRequestOfAConnectionIsReadAsStrictlyAsTheFirst() throws IOException {
        Instance instance = served.instance(call -> call.answer("ok"));
        served.publish(instance);
        try (Wire wire = new Wire(served.port())) {
            assertThat(wire.send(Wire.get("/")).read().status()).isEqualTo(200);
            wire.send(HEAD + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
            assertThat(wire.read().status()).isEqualTo(400);
        }
        assertThat(instance.requests()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"G", "P", "PO", "PRI", "PRI * HTTP/2.0\r\n\r\nS"})
    void aHeadMayComeByteByByteAndLookLikeHttp2(String beginning) throws IOException {
        served.publish(served.instance(call -> call.answer("ok")));
        String request = Wire.get("/").replace("GET", "PRIVATE");
        try (Wire wire = new Wire(served.port())) {
            wire.socket().setTcpNoDelay(true);
            if (beginning.startsWith("PRI *")) {
                wire.send(beginning).send("X\r\n\r\n");
                assertThat(Wire.line(wire.in())).matches("|HTTP/\\S+ (400|426|501) .*");
                return;
            }
            String whole = beginning.equals("PRI") ? request : Wire.get("/");
            whole = beginning.startsWith("PO") || beginning.equals("P") ? Wire.post("x") : whole;
            for (int i = 0; i < whole.length(); i++) {
                wire.send(whole.substring(i, i + 1));
            }
            assertThat(wire.read().body()).isEqualTo("ok");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "zz\r\nab\r\n0\r\n\r\n",
                "-1\r\nab\r\n",
                "+2\r\nab\r\n0\r\n\r\n",
                "0x2\r\nab\r\n0\r\n\r\n",
                "100000002\r\nab\r\n0\r\n\r\n",
                "ffffffffffffffff2\r\nab\r\n0\r\n\r\n",
                "2\r\nabX\r\n0\r\n\r\n",
                "2\nab\n0\n\n",
                "2;a\nb\r\nab\r\n0\r\n\r\n",
                "\r\n\r\n",
            })
    void aChunkThatCannotBeReadEndsTheRequestAndTheConnection(String chunks) throws IOException {
        AtomicBoolean ended = new AtomicBoolean();
        Instance instance =
                served.instance(call -> {
                    byte[] chunk = Wire.chunk(call.in());
                    while (chunk.length > 0) {
                        chunk = Wire.chunk(call.in());
                    }
                    ended.set(true);
                    call.answer("whole");
                });
        served.publish(instance);
        try (Wire wire = new Wire(served.port())) {
            wire.send(HEAD + "Transfer-Encoding: chunked\r\n\r\n" + chunks + SECOND);

            assertThat(Wire.line(wire.in())).matches("|HTTP/1.1 400 .*");
        }
        served.awaitQuiet();
        assertThat(instance.requests()).isLessThan(2);
        assertThat(ended).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"REQUEST_LINE_MAX, 414", "HEADER_SIZE_MAX, 431"})
    void aHeadThatIsTooLargeIsToldWhichPart(String setting, int status) throws IOException {
        served.close();
        served = new Served(setting, "200B");
        Instance instance = served.instance(call -> call.answer("reached"));
        served.publish(instance);
        String large = "a".repeat(300);
        String request =
                status == 414 ? Wire.get("/" + large) : Wire.get("/", "X: " + large, "Y: z");

        assertThat(Wire.ask(served.port(), request).status()).isEqualTo(status);
        assertThat(instance.requests()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "G", "P", "GET / HTTP/1.1\r\nHost: x\r\n", "PRI * HTTP/2.0\r\n"})
    void aHeadThatNeverEndsIsNotWaitedFor(String beginning) throws Exception {
        served.close();
        served = new Served("KEEP_ALIVE", "1s");
        try (Wire wire = new Wire(served.port())) {
            wire.send(beginning);
            Thread drip = Thread.ofVirtual().start(() -> drip(wire));

            await().atMost(PATIENCE).until(() -> wire.isEnded());
            drip.join();
        }
    }

    @Test
    void aBodyThatNeverEndsMeetsTheContainersTimeout() throws Exception {
        served.publish(
                served.instance(call -> {
                    call.in().transferTo(java.io.OutputStream.nullOutputStream());
                }));
        served.publish(edit -> edit.timeout(Duration.ofMillis(500)));
        try (Wire wire = new Wire(served.port())) {
            wire.send(HEAD + "Content-Length: 100000\r\n\r\n");
            Thread drip = Thread.ofVirtual().start(() -> drip(wire));

            assertThat(wire.read().status()).isEqualTo(504);
            drip.join();
        }
        served.awaitQuiet();
    }

    @Test
    void connectionsThatSayNothingCountAmongThoseThatAreAllowed() throws Exception {
        served.close();
        served = new Served("CONNECTIONS_MAX", "3");
        served.publish(served.instance(call -> call.answer("ok")));
        try (Wire one = new Wire(served.port());
                Wire two = new Wire(served.port());
                Wire three = new Wire(served.port());
                Wire four = new Wire(served.port())) {
            assertThat(four.isEnded()).isTrue();
            two.socket().close();
            three.socket().close();
            assertThat(one.send(Wire.get("/")).read().body()).isEqualTo("ok");
        }
        await().until(() -> {
            try {
                return Wire.ask(served.port(), Wire.get("/")).status() == 200;
            } catch (IOException full) {
                return false;
            }
        });
    }

    /** A little at a time until the other side ends it. */
    private static void drip(Wire wire) {
        try {
            while (true) {
                wire.send("X");
                Thread.sleep(100);
            }
        } catch (IOException | InterruptedException ended) {
            // by the gateway, as it should be
        }
    }
}
