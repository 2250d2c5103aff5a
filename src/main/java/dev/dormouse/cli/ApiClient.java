package dev.dormouse.cli;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * JSON over HTTP to one server. Every method returns only when the answer is complete, but for
 * {@link #lines}; a refusal is an {@link ApiException}, a server that does not answer a {@link
 * CommandException}.
 */
final class ApiClient {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(60);
    private static final int ERROR_LEAST = 400;
    private static final int PAGE_SIZE = 100;
    private static final JsonMapper MAPPER = new JsonMapper();

    private final HttpClient http;
    private final Credentials credentials;

    ApiClient(HttpClient http, Credentials credentials) {
        this.http = http;
        this.credentials = credentials;
    }

    static HttpClient http() {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT_TIMEOUT)
                .build();
    }

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    static JsonNode parse(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (JacksonException e) {
            throw new CommandException(
                    "The server's answer is no JSON: " + e.getOriginalMessage() + ".");
        }
    }

    JsonNode get(String path, Map<String, String> query) {
        return call(request(path, query).GET().timeout(ANSWER_TIMEOUT).build());
    }

    JsonNode post(String path, JsonNode body) {
        return send("POST", path, body);
    }

    JsonNode patch(String path, JsonNode body) {
        return send("PATCH", path, body);
    }

    JsonNode delete(String path) {
        return call(request(path, Map.of()).DELETE().timeout(ANSWER_TIMEOUT).build());
    }

    /** Every item of a list, page by page; {@code key} names the array. */
    List<JsonNode> all(String path, Map<String, String> query, String key) {
        List<JsonNode> items = new ArrayList<>();
        for (int page = 1; ; page++) {
            Map<String, String> paged = new TreeMap<>(query);
            paged.put("page", Integer.toString(page));
            paged.put("page_size", Integer.toString(PAGE_SIZE));
            JsonNode answer = get(path, paged);
            answer.path(key).forEach(items::add);
            if (answer.path(key).isEmpty()
                    || items.size() >= answer.path("total_count").asLong(0)) {
                return items;
            }
        }
    }

    /** The lines of an answer as they arrive. To be closed. */
    Stream<String> lines(String path, Map<String, String> query) {
        HttpResponse<Stream<String>> answer =
                exchange(request(path, query).GET().build(), BodyHandlers.ofLines());
        if (answer.statusCode() >= ERROR_LEAST) {
            try (Stream<String> body = answer.body()) {
                throw refusal(answer.statusCode(), body.collect(Collectors.joining("\n")));
            }
        }
        return answer.body();
    }

    private JsonNode send(String method, String path, JsonNode body) {
        return call(
                request(path, Map.of())
                        .header("Content-Type", "application/json")
                        .method(method, HttpRequest.BodyPublishers.ofString(body.toString()))
                        .timeout(ANSWER_TIMEOUT)
                        .build());
    }

    private HttpRequest.Builder request(String path, Map<String, String> query) {
        String text =
                query.entrySet().stream()
                        .map(one -> one.getKey() + "=" + encoded(one.getValue()))
                        .collect(Collectors.joining("&"));
        URI uri = URI.create(credentials.url() + path + (text.isEmpty() ? "" : "?" + text));
        return HttpRequest.newBuilder(uri).header("X-Auth-Token", credentials.secretKey());
    }

    /** For a query, or for one segment of a path. */
    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private JsonNode call(HttpRequest request) {
        HttpResponse<String> answer = exchange(request, BodyHandlers.ofString());
        if (answer.statusCode() >= ERROR_LEAST) {
            throw refusal(answer.statusCode(), answer.body());
        }
        return answer.body().isBlank() ? object() : parse(answer.body());
    }

    private static ApiException refusal(int status, String body) {
        try {
            return ApiException.of(status, MAPPER.readTree(body));
        } catch (JacksonException _) {
            return ApiException.of(status, object().put("message", body.strip()));
        }
    }

    private <T> HttpResponse<T> exchange(HttpRequest request, BodyHandler<T> handler) {
        try {
            return http.send(request, handler);
        } catch (IOException e) {
            throw new CommandException(
                    "No server answers at %s (%s); ./dormouse up starts one."
                            .formatted(credentials.url(), e.getClass().getSimpleName()));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new CommandException("Interrupted.");
        }
    }
}
