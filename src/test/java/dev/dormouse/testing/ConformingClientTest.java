package dev.dormouse.testing;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The tool that holds answers to the document must itself be able to fail. */
class ConformingClientTest {
    private static final String DOCUMENT =
            """
            {"openapi":"3.1.0","paths":{"/things/{id}":{"get":{"responses":{"200":{"content":
            {"application/json":{"schema":{"$ref":"#/components/schemas/Thing"}}}}}}}},
            "components":{"schemas":{
            "Thing":{"type":"object","required":["id"],"additionalProperties":false,
            "properties":{"id":{"type":"string"}}},
            "Problem":{"$ref":"#/components/schemas/Gone"},
            "Gone":{"x-statuses":[404],"required":["type"],"properties":{"type":{"const":"gone"}}}}}}
            """;

    private final HttpServer server = start();
    private final ConformingClient client =
            new ConformingClient(URI.create("http://127.0.0.1:" + server.getAddress().getPort()));

    private static HttpServer start() {
        try {
            HttpServer server =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext(
                    "/openapi.json",
                    exchange -> {
                        byte[] body = DOCUMENT.getBytes(StandardCharsets.UTF_8);
                        exchange.sendResponseHeaders(200, body.length);
                        exchange.getResponseBody().write(body);
                        exchange.close();
                    });
            server.start();
            return server;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @AfterEach
    void stop() {
        client.close();
        server.stop(0);
    }

    private static Reply reply(int status, String body) {
        return new Reply(
                status,
                HttpHeaders.of(
                        Map.of(
                                "Content-Type", List.of("application/json"),
                                "X-Request-Id", List.of("1")),
                        (_, _) -> true),
                body);
    }

    @Test
    void passesWhatTheDocumentDescribes() {
        assertThatCode(() -> client.check("GET", "/things/1", reply(200, "{\"id\":\"1\"}")))
                .doesNotThrowAnyException();
        assertThatCode(() -> client.check("GET", "/things/1", reply(404, "{\"type\":\"gone\"}")))
                .doesNotThrowAnyException();
    }

    @Test
    void failsWhatItDoesNot() {
        for (Reply wrong :
                List.of(
                        reply(200, "{}"),
                        reply(200, "{\"id\":1}"),
                        reply(200, "{\"id\":\"1\",\"more\":1}"),
                        reply(404, "{\"type\":\"lost\"}"),
                        reply(410, "{\"type\":\"gone\"}"),
                        reply(201, "{\"id\":\"1\"}"),
                        new Reply(
                                200, HttpHeaders.of(Map.of(), (_, _) -> true), "{\"id\":\"1\"}"))) {
            assertThatThrownBy(() -> client.check("GET", "/things/1", wrong))
                    .as(wrong.text())
                    .isInstanceOf(AssertionError.class);
        }
    }
}
