package dev.dormouse.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class GatewayGuardsTest {
    private Served served;
    private Instance instance;

    @BeforeEach
    void start() throws IOException {
        served = new Served();
        instance = served.instance(call -> call.answer(call.line()));
        served.publish(instance);
    }

    @AfterEach
    void stop() throws IOException {
        served.close();
    }

    @Test
    void forwardsToTheContainerOfTheHost() throws IOException {
        Wire.Answer answer = Wire.ask(served.port(), Wire.get("/a?b=c%20d"));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("GET /a?b=c%20d HTTP/1.1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"%s:8000", "%s.", "%s.:80"})
    void looksAtNeitherPortNorFinalDotOfTheHost(String form) throws IOException {
        String host = form.formatted(Served.HOST);

        assertThat(Wire.ask(served.port(), "GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n").status())
                .isEqualTo(200);
    }

    @Test
    void looksAtNoCaseOfTheHost() throws IOException {
        String host = Served.HOST.toUpperCase(java.util.Locale.ROOT);

        assertThat(Wire.ask(served.port(), "GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n").status())
                .isEqualTo(200);
    }

    @Test
    void takesTheHostOfAWholeUrlBeforeTheHeader() throws IOException {
        String request = "GET http://%s/x HTTP/1.1\r\nHost: other\r\n\r\n".formatted(Served.HOST);

        assertThat(Wire.ask(served.port(), request).body()).isEqualTo("GET /x HTTP/1.1");
    }

    @Test
    void answers404ToAnUnknownHostAndNamesIt() throws IOException {
        Wire.Answer answer = Wire.ask(served.port(), "GET / HTTP/1.1\r\nHost: nobody\r\n\r\n");

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.header("Content-Type")).isEqualTo("application/json");
        assertThat(answer.body()).contains("\"type\":\"unknown_host\"", "nobody", "request_id");
        assertThat(answer.header("X-Request-ID")).isNotEmpty();
    }

    @Test
    void answersInPlainTextToWhoPrefersIt() throws IOException {
        Wire.Answer answer =
                Wire.ask(
                        served.port(),
                        "GET / HTTP/1.1\r\nHost: nobody\r\nAccept: text/html,*/*\r\n\r\n");

        assertThat(answer.header("Content-Type")).startsWith("text/plain");
        assertThat(answer.body()).startsWith("No container answers");
    }

    @Test
    void answers404WithoutBodyToHead() throws IOException {
        try (Wire wire = new Wire(served.port())) {
            wire.send("HEAD / HTTP/1.1\r\nHost: nobody\r\n\r\n");

            assertThat(wire.readHead().status()).isEqualTo(404);
            assertThat(wire.send(Wire.get("/")).read().status()).isEqualTo(200);
        }
    }

    @Test
    void answers426ToHttp10() throws IOException {
        Wire.Answer answer =
                Wire.ask(served.port(), "GET / HTTP/1.0\r\nHost: " + Served.HOST + "\r\n\r\n");

        assertThat(answer.status()).isEqualTo(426);
        assertThat(answer.header("Upgrade")).isEqualTo("HTTP/1.1");
        assertThat(instance.requests()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
                "GET nonsense HTTP/1.1\r\nHost: a\r\n\r\n",
                "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nBad Name: x\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
            })
    void answers400ToWhatIsNotHttp(String request) throws IOException {
        assertThat(Wire.ask(served.port(), request).status()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
                "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
                "Content-Length: 5\r\nContent-Length: 6\r\n",
                "Transfer-Encoding: gzip\r\n",
                "Transfer-Encoding: chunked, gzip\r\n",
                "Transfer-Encoding : chunked\r\n",
                "Transfer-Encoding: xchunked\r\n",
                "Transfer-Encoding:\u000bchunked\r\n",
                "Content-Length: +5\r\n",
                "Content-Length: 5,5\r\nTransfer-Encoding: chunked\r\n",
            })
    void refusesAmbiguousFramingAndForwardsNothingOfIt(String framing) throws IOException {
        String smuggled = "0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: " + Served.HOST + "\r\n\r\n";
        String request =
                "POST / HTTP/1.1\r\nHost: " + Served.HOST + "\r\n" + framing + "\r\n" + smuggled;

        try (Wire wire = new Wire(served.port())) {
            assertThat(wire.send(request).read().status()).isEqualTo(400);
            assertThat(wire.isEnded()).isTrue();
        }
        assertThat(instance.requests()).isZero();
    }

    @Test
    void answers414ToALongRequestLine() throws IOException {
        assertThat(Wire.ask(served.port(), Wire.get("/" + "a".repeat(9000))).status())
                .isEqualTo(414);
    }

    @Test
    void answers431ToLargeHeaders() throws IOException {
        assertThat(Wire.ask(served.port(), Wire.get("/", "X: " + "a".repeat(40_000))).status())
                .isEqualTo(431);
    }

    @Test
    void sendsPlainGetToHttps() throws IOException {
        served.publish(RouteEdit::httpsOnly);

        Wire.Answer answer = Wire.ask(served.port(), Wire.get("/a?b"));

        assertThat(answer.status()).isEqualTo(301);
        assertThat(answer.header("Location")).isEqualTo("https://" + Served.HOST + "/a?b");
    }

    @Test
    void sendsPlainPostToHttpsKeepingItsMethod() throws IOException {
        served.publish(RouteEdit::httpsOnly);

        assertThat(Wire.ask(served.port(), Wire.post("x")).status()).isEqualTo(308);
    }

    @Test
    void believesNoForwardedProtoWithoutATrustedProxy() throws IOException {
        served.publish(RouteEdit::httpsOnly);

        assertThat(Wire.ask(served.port(), Wire.get("/", "X-Forwarded-Proto: https")).status())
                .isEqualTo(301);
    }

    @Test
    void believesATrustedProxy() throws IOException {
        try (Served trusting = new Served("TRUSTED_PROXY", "true")) {
            Instance echo =
                    trusting.instance(call -> call.answer(call.header("X-Forwarded-Proto")));
            trusting.publish(edit -> edit.targets(echo).httpsOnly());

            assertThat(Wire.ask(trusting.port(), Wire.get("/", "X-Forwarded-Proto: https")).body())
                    .isEqualTo("https");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Nothing: x",
                "X-Auth-Token: wrong",
                "X-Auth-Token: " + Served.READER_SECRET
            })
    void refusesAPrivateContainerAndDoesNotWakeIt(String header) throws IOException {
        served.publish(edit -> edit.isPrivate().targets(new Instance[0]));

        Wire.Answer answer = Wire.ask(served.port(), Wire.get("/", header));

        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.body()).contains("X-Auth-Token");
        assertThat(served.pokes).hasValue(0);
        assertThat(served.traffic().started()).isZero();
    }

    @Test
    void answersInTheNameOfWhoSleepsAndDoesNotWakeIt() throws IOException {
        served.publish(edit ->
                edit.targets(new Instance[0])
                        .tags(
                                "dormouse.asleep-answer=/healthz:200",
                                "dormouse.asleep-answer=/favicon.ico:404",
                                "dormouse.asleep-answer=OPTIONS:204"));

        try (Wire wire = new Wire(served.port())) {
            assertThat(wire.send(Wire.get("/healthz?deep=1")).read().status()).isEqualTo(200);
            assertThat(wire.send(Wire.get("/favicon.ico")).read().status()).isEqualTo(404);
            wire.send(Wire.get("/any").replace("GET", "OPTIONS"));
            assertThat(wire.readHead().status()).isEqualTo(204);
        }
        assertThat(served.pokes).hasValue(0);

        served.publish(edit -> edit.targets(instance));
        assertThat(Wire.ask(served.port(), Wire.get("/healthz")).body()).contains("/healthz");
    }

    @Test
    void answersNobodyElseInTheNameOfAPrivateContainer() throws IOException {
        served.publish(edit ->
                edit.isPrivate().targets(new Instance[0]).tags("dormouse.asleep-answer=/:200"));

        assertThat(Wire.ask(served.port(), Wire.get("/")).status()).isEqualTo(403);
        assertThat(
                        Wire.ask(served.port(), Wire.get("/", "X-Auth-Token: " + Served.SECRET))
                                .status())
                .isEqualTo(200);
    }

    @Test
    void letsInWhoMayCallAPrivateContainerAndKeepsTheKeyFromIt() throws IOException {
        Instance echo =
                served.instance(call -> call.answer("token=" + call.header("X-Auth-Token")));
        served.publish(edit -> edit.isPrivate().targets(echo));

        Wire.Answer answer =
                Wire.ask(served.port(), Wire.get("/", "X-Auth-Token: " + Served.SECRET));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("token=");
    }
}
