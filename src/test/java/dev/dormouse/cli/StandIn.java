package dev.dormouse.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Answers calls with what a test has laid ready, and keeps what it was asked. Each call takes the
 * next answer of its method and path; the last one stays.
 */
final class StandIn implements AutoCloseable {
    /** A call as it arrived; the URI with its query. */
    record Call(String method, URI uri, String token, String body) {}

    private record Answer(int status, String body) {}

    private final HttpServer server;
    private final Map<String, Deque<Answer>> answers = new HashMap<>();
    private final List<Call> calls = new ArrayList<>();

    StandIn() {
        try {
            server =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        server.createContext("/", this::answer);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    StandIn on(String method, String path, String body) {
        return on(method, path, 200, body);
    }

    synchronized StandIn on(String method, String path, int status, String body) {
        answers.computeIfAbsent(method + " " + path, _ -> new ArrayDeque<>())
                .add(new Answer(status, body));
        return this;
    }

    /** The bodies that arrived by this method and path. */
    synchronized List<String> bodies(String method, String path) {
        return calls.stream()
                .filter(call -> call.method().equals(method) && call.uri().getPath().equals(path))
                .map(Call::body)
                .toList();
    }

    synchronized List<Call> calls() {
        return List.copyOf(calls);
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            Answer answer = next(exchange);
            byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    private synchronized Answer next(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        String token = exchange.getRequestHeaders().getFirst("X-Auth-Token");
        String method = exchange.getRequestMethod();
        URI uri = exchange.getRequestURI();
        calls.add(new Call(method, uri, token, body));
        Deque<Answer> ready = answers.get(method + " " + uri.getPath());
        if (ready == null) {
            return new Answer(
                    500, "{\"message\":\"the test expects no " + method + " " + uri + "\"}");
        }
        return ready.size() > 1 ? ready.removeFirst() : ready.getFirst();
    }
}
