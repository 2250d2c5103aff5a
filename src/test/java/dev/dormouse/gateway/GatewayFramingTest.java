package dev.dormouse.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where one message ends and the next begins is the same for client, gateway and instance. */
class GatewayFramingTest {
    private static final String HEAD = "POST / HTTP/1.1\r\nHost: %s\r\n".formatted(Served.HOST);

    private final Served served = new Served();

    @AfterEach
    void stop() throws IOException {
        served.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X: a\rb\r\n",
                "X: a\0b\r\n",
                "X: a\u0001b\r\n",
                "X: a\u00e9b\r\n",
                "X: a\r\n folded\r\n",
                "X : a\r\n",
                ": a\r\n",
                "X\r\n",
                "X: a\nY: b\r\n",
                "X\u00e9: b\r\n",
                "X(: b\r\n",
                "Connection: content-length\r\n",
                "Connection: host, x-forwarded-for\r\n",
                "Cookie: \"\u007f\r\n",
            })
    void aStrangeHeaderIsPassedOrRefusedButNeverAFailure(String header) throws IOException {
        Instance instance = served.instance(GatewayFramingTest::answerWithBody);
        served.publish(instance);

        Wire.Answer answer = Wire.ask(served.port(), HEAD + header + "Content-Length: 2\r\n\r\nab");

        assertThat(answer.status()).isIn(200, 400);
        if (answer.status() == 200) {
            assertThat(answer.body()).isEqualTo("ab");
        } else {
            assertThat(instance.requests()).isZero();
        }
        served.awaitQuiet();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/a\u0001b",
                "/a\\b",
                "/a|b{}^`",
                "/%",
                "/%00",
                "//a//..//b/../../c",
                "/?",
                "/#f",
                "http://" + Served.HOST + ":x/",
                "http://" + Served.HOST + ":99999999/",
                "http://a@" + Served.HOST + "/",
                "http:///x",
                "http://" + Served.HOST + "?a",
            })
    void aStrangeTargetIsPassedOrRefusedButNeverAFailure(String target) throws IOException {
        served.publish(served.instance(call -> call.answer(call.line())));

        Wire.Answer answer =
                Wire.ask(
                        served.port(),
                        "GET " + target + " HTTP/1.1\r\nHost: " + Served.HOST + "\r\n\r\n");

        assertThat(answer.status()).isIn(200, 400, 404);
        if (answer.status() == 200 && target.startsWith("/")) {
            assertThat(answer.body()).isEqualTo("GET " + target + " HTTP/1.1");
        }
        served.awaitQuiet();
    }

    @Test
    void bytesOfATargetThatAreNotAsciiAreEscapedNotChanged() throws IOException {
        served.publish(served.instance(call -> call.answer(call.line())));

        Wire.Answer answer = Wire.ask(served.port(), Wire.get("/\u00c3\u00bc?q=\u00ff"));

        assertThat(answer.body()).isEqualTo("GET /%C3%BC?q=%FF HTTP/1.1");
    }

    @Test
    void aFoldedHostIsNoHost() throws IOException {
        served.publish(served.instance(call -> call.answer("reached")));

        Wire.Answer answer = Wire.ask(served.port(), Wire.get("/", " X: a"));

        assertThat(answer.status()).isIn(400, 404);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "zz\r\nab\r\n0\r\n\r\n",
                "-1\r\nab\r\n",
                "2\r\nabX\r\n0\r\n\r\n",
                "\r\n\r\n"
            })
    void aBrokenChunkEndsTheConnectionAndTheInstanceSeesNoEndOfTheBody(String chunks)
            throws IOException {
        AtomicReference<String> last = new AtomicReference<>("");
        served.publish(
                served.instance(call -> {
                    for (String size = Wire.line(call.in());
                            !size.isEmpty();
                            size = Wire.line(call.in())) {
                        if (size.equals("0")) {
                            last.set("the last chunk was seen");
                        }
                    }
                }));

        try (Wire wire = new Wire(served.port())) {
            wire.send(HEAD + "Transfer-Encoding: chunked\r\n\r\n" + chunks);

            assertThat(Wire.line(wire.in())).matches("|HTTP/1.1 400 .*");
        }
        served.awaitQuiet();
        assertThat(last.get()).isEmpty();
    }

    @Test
    void chunkExtensionsEndAtTheGatewayAndTrailersThatMayComeLatePass() throws IOException {
        served.publish(
                served.instance(call -> {
                    StringBuilder body = new StringBuilder();
                    String size = Wire.line(call.in());
                    while (!size.equals("0")) {
                        body.append(size).append(':').append(Wire.line(call.in())).append(' ');
                        size = Wire.line(call.in());
                    }
                    call.answer(body + "trailers=" + Wire.headers(call.in()));
                }));

        String chunks =
                String.join(
                        "\r\n",
                        "3;a=\"b\"",
                        "abc",
                        "0;x",
                        "X-Auth-Token: t",
                        "X-Late: y",
                        "Host: other",
                        "Content-Type: text/html",
                        "Forwarded: for=x",
                        "",
                        "");
        Wire.Answer answer =
                Wire.ask(served.port(), HEAD + "Transfer-Encoding: chunked\r\n\r\n" + chunks);

        assertThat(answer.body()).isEqualTo("3:abc trailers={x-late=y}");
    }

    @Test
    void trailersOfRequestsThatComeTogetherAreNotMixedUp() throws IOException {
        served.publish(
                served.instance(call -> {
                    Wire.chunk(call.in());
                    Wire.chunk(call.in());
                    call.answer(Wire.headers(call.in()).toString());
                }));
        String one = HEAD + "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n";
        try (Wire wire = new Wire(served.port())) {
            wire.send(one + "N: 1\r\n\r\n" + one + "\r\n" + one + "N: 3\r\n\r\n");

            assertThat(wire.read().body()).isEqualTo("{n=1}");
            assertThat(wire.read().body()).isEqualTo("{}");
            assertThat(wire.read().body()).isEqualTo("{n=3}");
        }
    }

    @Test
    void requestsThatComeTogetherAreAnsweredInOrder() throws IOException {
        served.publish(served.instance(call -> call.answer(call.line())));
        try (Wire wire = new Wire(served.port())) {
            wire.send(Wire.get("/1") + Wire.get("/2") + Wire.get("/3"));

            assertThat(wire.read().body()).contains("/1");
            assertThat(wire.read().body()).contains("/2");
            assertThat(wire.read().body()).contains("/3");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.0 200 OK\r\n", "HTTP/1.1 200 OK\r\n"})
    void anAnswerThatEndsWithItsConnectionIsWhole(String line) throws IOException {
        served.publish(
                served.instance(call -> {
                    call.write(line + "X: y\r\n\r\nuntil the end");
                    call.socket().close();
                }));
        try (Wire wire = new Wire(served.port())) {
            assertThat(wire.send(Wire.get("/")).read().body()).isEqualTo("until the end");
            assertThat(wire.send(Wire.get("/")).read().body()).isEqualTo("until the end");
        }
        served.awaitQuiet();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonsense\r\n\r\n",
                "HTTP/1.1 abc OK\r\n\r\n",
                "HTTP/1.1 200 OK\r\nB(d: x\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nX: a\rb\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 1000 OK\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 99 OK\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nand bytes of it",
                "HTTP/1.2 200 OK\r\nContent-Length: 1\r\n\r\na",
                "HTTP/2.0 200 OK\r\nContent-Length: 1\r\n\r\na",
                "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "",
            })
    void anAnswerThatIsNotHttpIs502AtOnce(String answer) throws IOException {
        served.publish(
                served.instance(call -> {
                    call.write(answer);
                    call.socket().close();
                }));

        assertThat(Wire.ask(served.port(), Wire.get("/")).status()).isEqualTo(502);
        served.awaitQuiet();
    }

    @Test
    void headersOfAnAnswerThatAreTooLargeAre502() throws IOException {
        String large = "a".repeat(100_000);
        served.publish(
                served.instance(call ->
                        call.write(
                                "HTTP/1.1 200 OK\r\nX: "
                                        + large
                                        + "\r\nContent-Length: 0\r\n\r\n")));

        assertThat(Wire.ask(served.port(), Wire.get("/")).status()).isEqualTo(502);
        served.awaitQuiet();
    }

    @ParameterizedTest
    @CsvSource({
        "HEAD, 200, Transfer-Encoding: chunked",
        "HEAD, 200, X: y",
        "HEAD, 404, Content-Length: 7",
        "GET, 304, Content-Length: 5",
        "GET, 304, ETag: x",
        "GET, 204, X: y",
        "DELETE, 204, Content-Length: 0",
    })
    void anAnswerWithoutBodyLeavesTheConnectionInStep(String method, int status, String header)
            throws IOException {
        served.publish(
                served.instance(call -> {
                    if (call.line().contains("/bare")) {
                        call.write("HTTP/1.1 %d X\r\n%s\r\n\r\n".formatted(status, header));
                    } else {
                        call.answer("next");
                    }
                }));
        try (Wire wire = new Wire(served.port())) {
            wire.send(Wire.get("/bare").replace("GET", method));
            assertThat(wire.readHead().status()).isEqualTo(status);

            assertThat(wire.send(Wire.get("/next")).read().body()).isEqualTo("next");
        }
    }

    @Test
    void aSpaceBeforeTheColonOfAnAnswerIsTakenAway() throws IOException {
        served.publish(
                served.instance(call ->
                        call.write(
                                "HTTP/1.1 200 OK\r\nTransfer-Encoding : chunked\r\n\r\n1\r\na\r\n0\r\n\r\n")));

        Wire.Answer answer = Wire.ask(served.port(), Wire.get("/"));

        assertThat(answer.header("Transfer-Encoding")).isEmpty();
        assertThat(answer.header("Content-Length")).isEqualTo("1");
        assertThat(answer.body()).isEqualTo("a");
    }

    @Test
    void aReasonThatCannotBeSentIsReplaced() throws IOException {
        served.publish(
                served.instance(
                        call -> call.write("HTTP/1.1 200 O\0K\r\nContent-Length: 0\r\n\r\n")));
        try (Wire wire = new Wire(served.port())) {
            wire.send(Wire.get("/"));

            assertThat(Wire.line(wire.in())).isEqualTo("HTTP/1.1 200 OK");
        }
    }

    @Test
    void headersOfTheInstancesConnectionStayOnIt() throws IOException {
        served.publish(
                served.instance(call ->
                        call.write(
                                String.join(
                                        "\r\n",
                                        "HTTP/1.1 200 OK",
                                        "Connection: keep-alive, X-Inner",
                                        "Keep-Alive: timeout=5",
                                        "X-Inner: 1",
                                        "Proxy-Authenticate: Basic",
                                        "Set-Cookie: a=1",
                                        "Set-Cookie: b=2",
                                        "Content-Length: 0",
                                        "",
                                        ""))));

        Wire.Answer answer = Wire.ask(served.port(), Wire.get("/"));

        assertThat(answer.headers())
                .containsOnlyKeys("set-cookie", "content-length", "x-request-id");
        assertThat(answer.header("Set-Cookie")).isEqualTo("a=1|b=2");
    }

    @Test
    void earlyHintsArePassedOnBeforeTheAnswer() throws IOException {
        served.publish(
                served.instance(call -> {
                    call.write("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nKeep-Alive: x\r\n\r\n");
                    call.answer("ok");
                }));
        try (Wire wire = new Wire(served.port())) {
            Wire.Answer hints = wire.send(Wire.get("/")).read();

            assertThat(hints.status()).isEqualTo(103);
            assertThat(hints.headers()).containsOnlyKeys("link");
            assertThat(wire.read().body()).isEqualTo("ok");
        }
    }

    private static void answerWithBody(Instance.Call call) throws IOException {
        if (!call.header("Content-Length").isEmpty()) {
            call.answer(new String(Wire.exactly(call.in(), 2), ISO_8859_1));
            return;
        }
        StringBuilder body = new StringBuilder();
        for (byte[] c = Wire.chunk(call.in()); c.length > 0; c = Wire.chunk(call.in())) {
            body.append(new String(c, ISO_8859_1));
        }
        Wire.headers(call.in());
        call.answer(body.toString());
    }
}
