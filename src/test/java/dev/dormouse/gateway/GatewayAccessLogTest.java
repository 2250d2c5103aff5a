package dev.dormouse.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.model.Route.Target;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the access log tells of requests, and of which. */
class GatewayAccessLogTest {
    private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
    @TempDir private Path folder;
    private Served served;

    @BeforeEach
    void serve() throws IOException {
        serveWith("json");
    }

    @AfterEach
    void stop() throws IOException {
        clients.shutdownNow();
        served.close();
    }

    @Test
    void aRequestIsToldWithItsPartsAndWithoutItsQuery() throws Exception {
        served.publish();
        Future<Wire.Answer> answer =
                clients.submit(() ->
                        Wire.ask(
                                served.port(),
                                Wire.post("order", "User-Agent: test/1", "X-Request-ID: mine")
                                        .replace("POST /", "POST /buy?token=secret")));
        served.awaitWaiting(1);
        Instance instance =
                served.instance(call -> {
                    Wire.exactly(call.in(), 5);
                    call.answer(201, "thanks");
                });
        served.publish(instance);
        assertThat(answer.get(10, TimeUnit.SECONDS).status()).isEqualTo(201);

        JsonNode line = lines(1).getFirst();

        assertThat(line.path("request_id").stringValue()).isEqualTo("mine");
        assertThat(line.path("container_id").stringValue()).isEqualTo(Served.CONTAINER.toString());
        assertThat(line.path("namespace").stringValue()).isEqualTo("shop");
        assertThat(line.path("container").stringValue()).isEqualTo("web");
        assertThat(line.path("host").stringValue()).isEqualTo(Served.HOST);
        assertThat(line.path("instance").stringValue()).isEqualTo(instance.target().instanceId());
        assertThat(line.path("method").stringValue()).isEqualTo("POST");
        assertThat(line.path("path").stringValue()).isEqualTo("/buy");
        assertThat(line.path("protocol").stringValue()).isEqualTo("http1");
        assertThat(line.path("client").stringValue()).isEqualTo("127.0.0.1");
        assertThat(line.path("user_agent").stringValue()).isEqualTo("test/1");
        assertThat(line.path("status").intValue()).isEqualTo(201);
        assertThat(line.path("bytes_in").intValue()).isEqualTo(5);
        assertThat(line.path("bytes_out").intValue()).isEqualTo(6);
        assertThat(line.path("retries").intValue()).isZero();
        assertThat(line.path("ms").doubleValue())
                .isGreaterThan(line.path("parts").path("start").doubleValue());
        assertThat(line.path("parts").propertyNames()).containsExactly("start", "connect", "app");
        assertThat(line.has("cut")).isFalse();
        assertThat(Files.readString(folder.resolve("access.log"))).doesNotContain("secret");
    }

    @Test
    void thePlatformsOwnAnswersAreToldWithTheirCause() throws Exception {
        served.publish(edit -> edit.unavailable("its image is gone"));
        Wire.ask(served.port(), Wire.get("/"));
        Wire.ask(served.port(), "GET /x HTTP/1.1\r\nHost: nobody.test\r\n\r\n");

        List<JsonNode> lines = // two loops may have served them, and tell in any order
                lines(2).stream()
                        .sorted(Comparator.comparingInt(line -> -line.path("status").intValue()))
                        .toList();

        assertThat(lines.getFirst().path("status").intValue()).isEqualTo(503);
        assertThat(lines.getFirst().path("cause").stringValue()).isEqualTo("unavailable");
        assertThat(lines.getLast().path("status").intValue()).isEqualTo(404);
        assertThat(lines.getLast().path("host").stringValue()).isEqualTo("nobody.test");
        assertThat(lines.getLast().has("container_id")).isFalse();
    }

    @Test
    void aClientThatLeavesIsToldOfAsCut() throws Exception {
        CountDownLatch open = new CountDownLatch(1);
        served.publish(
                served.instance(call -> {
                    try {
                        open.await(20, TimeUnit.SECONDS);
                    } catch (InterruptedException e) {
                        throw new IOException(e);
                    }
                }));
        try (Wire wire = new Wire(served.port())) {
            wire.send(Wire.get("/"));
            served.awaitInFlight(1);
        }
        served.awaitQuiet();
        open.countDown();

        JsonNode line = lines(1).getFirst();

        assertThat(line.path("status").intValue()).isEqualTo(499);
        assertThat(line.path("cut").booleanValue()).isTrue();
        assertThat(line.path("parts").has("app")).isTrue();
    }

    @Test
    void furtherAttemptsAreCounted() throws Exception {
        try (Socket silent = new Socket()) {
            Target refusing = refusing(silent);
            served.publish(edit -> edit.targets(refusing));
            Future<Wire.Answer> answer =
                    clients.submit(() -> Wire.ask(served.port(), Wire.get("/")));
            served.awaitWaiting(1);
            served.publish(served.instance(call -> call.answer("ok")));
            assertThat(answer.get(10, TimeUnit.SECONDS).status()).isEqualTo(200);
        }

        assertThat(lines(1).getFirst().path("retries").intValue()).isPositive();
    }

    @Test
    void bothSidesOfAWebSocketAreCounted() throws Exception {
        WebSocketPeer peer = new WebSocketPeer();
        served.publish(edit -> edit.targets(peer.target()));
        try (Wire wire = new Wire(served.port())) {
            wire.send(
                    Wire.get(
                            "/chat",
                            "Connection: Upgrade",
                            "Upgrade: websocket",
                            "Sec-WebSocket-Version: 13",
                            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="));
            assertThat(wire.readHead().status()).isEqualTo(101);
            assertThat(Wire.exactly(wire.in(), 2 + "hello at /chat".length())).isNotEmpty();
        }
        served.awaitQuiet();
        peer.close();

        JsonNode line = lines(1).getFirst();

        assertThat(line.path("protocol").stringValue()).isEqualTo("websocket");
        assertThat(line.path("status").intValue()).isEqualTo(101);
        assertThat(line.path("bytes_out").intValue()).isEqualTo(2 + "hello at /chat".length());
    }

    @Test
    void http2IsToldAsSuch() throws Exception {
        served.publish(served.instance(call -> call.answer("ok")));
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build()) {
            client.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + served.port() + "/two"))
                            .header("Host", Served.HOST)
                            .build(),
                    BodyHandlers.ofString());
        }

        JsonNode line = lines(1).getFirst();

        assertThat(line.path("protocol").stringValue()).isEqualTo("h2");
        assertThat(line.has("cut")).isFalse();
        assertThat(line.path("path").stringValue()).isEqualTo("/two");
        assertThat(line.path("bytes_out").intValue()).isEqualTo(2);
    }

    @Test
    void aContainerCanBeLeftOut() throws Exception {
        Instance instance = served.instance(call -> call.answer("ok"));
        served.publish(edit -> edit.targets(instance).tags("dormouse.access-log=off"));
        Wire.ask(served.port(), Wire.get("/unseen"));
        served.awaitQuiet();
        served.publish(edit -> edit.tags());
        Wire.ask(served.port(), Wire.get("/seen"));

        assertThat(lines(1).getFirst().path("path").stringValue()).isEqualTo("/seen");
    }

    @Test
    void aContainerCanBeToldOfThoughTheOthersAreNot() throws Exception {
        serveWith("off");
        Instance instance = served.instance(call -> call.answer("ok"));
        served.publish(instance);
        Wire.ask(served.port(), Wire.get("/unseen"));
        served.awaitQuiet();
        served.publish(edit -> edit.tags("dormouse.access-log=on"));
        Wire.ask(served.port(), Wire.get("/seen"));

        assertThat(lines(1).getFirst().path("path").stringValue()).isEqualTo("/seen");
    }

    /** A port that is taken and not listened on, so that nobody else answers there. */
    static Target refusing(Socket silent) throws IOException {
        silent.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        return new Target("silent", "127.0.0.1", silent.getLocalPort());
    }

    private void serveWith(String format) throws IOException {
        if (served != null) {
            served.close();
        }
        served = new Served("DORMOUSE_DATA_DIR", folder.toString(), "DORMOUSE_ACCESS_LOG", format);
    }

    /** All there are once everything is written, which are so many. */
    private List<JsonNode> lines(int count) throws IOException {
        served.gateway.close();
        served.closeLog();
        List<JsonNode> lines =
                Files.readAllLines(folder.resolve("access.log")).stream()
                        .map(line -> JsonMapper.shared().readTree(line))
                        .toList();
        assertThat(lines).hasSize(count);
        return lines;
    }
}
