package dev.dormouse.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** HTTP/2 without TLS from clients, by prior knowledge and by upgrade, to instances of HTTP/1.1. */
class GatewayHttp2Test {
    private static final int PROTOCOL_ERROR = 1;
    private static final int CANCEL = 8;

    private final Served served = new Served();
    private final CountDownLatch instanceSawTheEnd = new CountDownLatch(1);

    @AfterEach
    void stop() throws IOException {
        served.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST", "DELETE"})
    void aConnectionIsUpgradedWithItsFirstRequest(String method) throws Exception {
        served.publish(served.instance(GatewayHttp2Test::tell));
        boolean posts = method.equals("POST");
        URI uri = URI.create("http://127.0.0.1:" + served.port() + "/a");
        HttpRequest request =
                HttpRequest.newBuilder(uri)
                        .header("Host", Served.HOST)
                        .method(
                                method,
                                posts ? BodyPublishers.ofString("order") : BodyPublishers.noBody())
                        .build();
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build()) {
            HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());

            assertThat(answer.version())
                    .as("not with a body")
                    .isEqualTo(posts ? HttpClient.Version.HTTP_1_1 : HttpClient.Version.HTTP_2);
            assertThat(answer.body())
                    .isEqualTo(
                            method
                                    + " /a HTTP/1.1 "
                                    + (posts ? "5 no coding order" : "0 no coding "));
        }
        served.awaitQuiet();
    }

    @Test
    void aRequestWithoutBodyIsOneAlsoInHttp1() throws Exception {
        served.publish(served.instance(GatewayHttp2Test::tell));
        try (Http2Wire wire = new Http2Wire(served.port())) {
            wire.headers(1, Http2Wire.head("GET", "/x?y"), true).flush();

            assertThat(wire.awaitHeaders().status()).hasToString("200");
            assertThat(wire.await(Http2Wire.DATA).text())
                    .isEqualTo("GET /x?y HTTP/1.1 no length no coding ");
        }
    }

    @Test
    void theAnswerMayComeBeforeTheBodyAndTheBodyAfterIt() throws Exception {
        served.publish(
                served.instance(call -> {
                    call.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                    call.write("5\r\nready\r\n");
                    String said = new String(Wire.chunk(call.in()), ISO_8859_1);
                    call.write("%x\r\n%s\r\n".formatted(said.length(), said));
                    Wire.chunk(call.in());
                    Wire.headers(call.in());
                    call.write("0\r\nSum: 5\r\n\r\n");
                }));
        try (Http2Wire wire = new Http2Wire(served.port())) {
            wire.headers(1, Http2Wire.head("POST", "/"), false).flush();
            wire.awaitHeaders();
            assertThat(wire.await(Http2Wire.DATA).text()).isEqualTo("ready");

            wire.data(1, "go on", false).flush();

            assertThat(wire.await(Http2Wire.DATA).text()).isEqualTo("go on");
            wire.data(1, "", true).flush();
            Http2Headers trailers = wire.awaitHeaders();
            assertThat(trailers.get("sum")).hasToString("5");
        }
        served.awaitQuiet();
    }

    @Test
    void whatFollowsABodyReachesTheInstanceBehindItsChunks() throws Exception {
        served.publish(
                served.instance(call -> {
                    String said = new String(Wire.chunk(call.in()), ISO_8859_1);
                    Wire.chunk(call.in());
                    call.answer(call.header("Trailer") + said + Wire.headers(call.in()));
                }));
        try (Http2Wire wire = new Http2Wire(served.port())) {
            wire.headers(1, Http2Wire.head("POST", "/").add("trailer", "sum"), false);
            wire.data(1, "body", false);
            Http2Headers trailers =
                    new DefaultHttp2Headers().add("sum", "5").add("authorization", "late");
            wire.headers(1, trailers, true).flush();

            assertThat(wire.awaitHeaders().status()).hasToString("200");
            assertThat(wire.await(Http2Wire.DATA).text()).isEqualTo("sumbody{sum=5}");
        }
        served.awaitQuiet();
    }

    @Test
    void aResetByTheClientEndsTheInstancesWorkAndNotTheConnection() throws Exception {
        served.publish(served.instance(this::waitForTheEnd));
        try (Http2Wire wire = new Http2Wire(served.port())) {
            wire.headers(1, Http2Wire.head("GET", "/never"), true).flush();
            served.awaitInFlight(1);

            wire.frame(Http2Wire.RST_STREAM, 0, 1, new byte[] {0, 0, 0, CANCEL}).flush();

            assertThat(instanceSawTheEnd.await(10, TimeUnit.SECONDS)).isTrue();
            served.awaitQuiet();
            wire.headers(3, Http2Wire.head("GET", "/x"), true).flush();
            assertThat(wire.awaitHeaders().status()).hasToString("200");
        }
    }

    @Test
    void anInstanceThatDiesInTheMiddleResetsTheStreamAlone() throws Exception {
        served.publish(
                served.instance(call -> {
                    if (call.line().contains("/die")) {
                        call.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
                        call.socket().close();
                    } else {
                        tell(call);
                    }
                }));
        try (Http2Wire wire = new Http2Wire(served.port())) {
            wire.headers(1, Http2Wire.head("GET", "/die"), true).flush();
            assertThat(wire.await(Http2Wire.RST_STREAM).stream()).isEqualTo(1);

            wire.headers(3, Http2Wire.head("GET", "/x"), true).flush();
            assertThat(wire.awaitHeaders().status()).hasToString("200");
        }
        served.awaitQuiet();
    }

    @Test
    void anAnswerBeforeTheBodysEndStopsTheBody() throws Exception {
        served.publish();
        served.publish(edit -> edit.unavailable("no such image"));
        try (Http2Wire wire = new Http2Wire(served.port())) {
            wire.headers(1, Http2Wire.head("POST", "/"), false).data(1, "abc", false).flush();

            Http2Headers head = wire.awaitHeaders();
            assertThat(head.status()).hasToString("503");
            assertThat(head.contains("connection")).isFalse();
            assertThat(wire.await(Http2Wire.DATA).text()).contains("no such image");
            assertThat(wire.await(Http2Wire.RST_STREAM).code()).isZero();
        }
        served.awaitQuiet();
    }

    @Test
    void crumbsOfACookieAreOneInHttp1() throws Exception {
        served.publish(served.instance(call -> call.answer(call.header("Cookie"))));
        try (Http2Wire wire = new Http2Wire(served.port())) {
            Http2Headers head =
                    Http2Wire.head("GET", "/").add("cookie", "a=1").add("cookie", "b=2");
            wire.headers(1, head, true).flush();

            wire.awaitHeaders();
            assertThat(wire.await(Http2Wire.DATA).text()).isEqualTo("a=1; b=2");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "connection, keep-alive",
        "transfer-encoding, chunked",
        "upgrade, websocket",
        "keep-alive, timeout=5",
        "te, gzip",
        "host, other.example",
        "X-Upper, case",
        ":status, 200",
    })
    void aHeaderThatHttp2DoesNotKnowIsMalformed(String name, String value) throws Exception {
        Instance instance = served.instance(GatewayHttp2Test::tell);
        served.publish(instance);
        try (Http2Wire wire = new Http2Wire(served.port())) {
            wire.headers(1, Http2Wire.head("GET", "/").add(name, value), true).flush();

            assertThat(wire.awaitRefusal()).isEqualTo(PROTOCOL_ERROR);
        }
        assertThat(instance.requests()).isZero();
        served.awaitQuiet();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\rb", "a\nHost: other", "a\0b"})
    void aValueThatWouldBeAnotherLineIsMalformed(String value) throws Exception {
        aHeaderThatHttp2DoesNotKnowIsMalformed("x", value);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET|/ HTTP/1.1\r\nHost: x\r\n\r\nGET /admin",
                "GET|/a b",
                "GET|http://other.example/",
                "GET / HTTP/1.1\r\nX:|/",
                "G ET|/",
            })
    void aTargetThatWouldBeAnotherRequestIsRefused(String line) throws Exception {
        String[] parts = line.split("\\|", 2);
        Instance instance = served.instance(GatewayHttp2Test::tell);
        served.publish(instance);
        try (Http2Wire wire = new Http2Wire(served.port())) {
            wire.headers(1, Http2Wire.head(parts[0], parts[1]), true).flush();

            assertThat(wire.awaitRefusal()).isIn(PROTOCOL_ERROR, 400);
        }
        assertThat(instance.requests()).isZero();
        served.awaitQuiet();
    }

    @Test
    void aBodyThatIsNotAsLongAsItSaysIsMalformed() throws Exception {
        served.publish(served.instance(this::waitForTheEnd));
        try (Http2Wire wire = new Http2Wire(served.port())) {
            Http2Headers head = Http2Wire.head("POST", "/never").add("content-length", "2");
            wire.headers(1, head, false).data(1, "ab\r\nGET / HTTP/1.1", true).flush();

            assertThat(wire.awaitRefusal()).isEqualTo(PROTOCOL_ERROR);
        }
        served.awaitQuiet();
    }

    @Test
    void aWebSocketOverHttp2IsOneOverHttp1ToItsInstance() throws Exception {
        served.publish(
                served.instance(call -> {
                    call.write(
                            "HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                    + "Sec-WebSocket-Accept: x\r\n\r\n"
                                    + call.line()
                                    + "|"
                                    + call.header("Sec-WebSocket-Key").length()
                                    + call.header("Upgrade"));
                    call.in().transferTo(call.out());
                }));
        try (Http2Wire wire = new Http2Wire(served.port())) {
            Http2Headers head =
                    Http2Wire.head("CONNECT", "/chat")
                            .add(":protocol", "websocket")
                            .add("sec-websocket-version", "13");
            wire.headers(1, head, false).flush();

            Http2Headers answer = wire.awaitHeaders();
            assertThat(answer.status()).hasToString("200");
            assertThat(answer.contains("sec-websocket-accept")).isFalse();
            assertThat(wire.await(Http2Wire.DATA).text())
                    .isEqualTo("GET /chat HTTP/1.1|24websocket");
            assertThat(wire.data(1, "ping", false).flush().await(Http2Wire.DATA).text())
                    .isEqualTo("ping");
            assertThat(served.traffic().inFlight()).isEqualTo(1);
            wire.frame(Http2Wire.RST_STREAM, 0, 1, new byte[] {0, 0, 0, CANCEL}).flush();
            served.awaitQuiet();
        }
    }

    private static void tell(Instance.Call call) throws IOException {
        String length = call.header("Content-Length");
        String body =
                length.isEmpty()
                        ? ""
                        : new String(Wire.exactly(call.in(), Integer.parseInt(length)), ISO_8859_1);
        call.answer(
                "%s %s %s %s"
                        .formatted(
                                call.line(),
                                length.isEmpty() ? "no length" : length,
                                call.header("Transfer-Encoding").isEmpty()
                                        ? "no coding"
                                        : call.header("Transfer-Encoding"),
                                body));
    }

    private void waitForTheEnd(Instance.Call call) throws IOException {
        if (!call.line().contains("/never")) {
            tell(call);
            return;
        }
        try {
            call.in().transferTo(java.io.OutputStream.nullOutputStream());
        } finally {
            instanceSawTheEnd.countDown();
        }
    }
}
