package dev.dormouse.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The v1 API as a client sees it: JSON in, JSON out. */
final class Api {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String BASE = "/containers/v1/regions/fr-par";
    private static final Set<String> TRANSIENT = Set.of("creating", "updating", "deleting");
    private static final Duration SETTLE_TIMEOUT = Duration.ofSeconds(60);

    private final DormouseProcess server;
    private final HttpClient http;
    private final String secret;

    Api(DormouseProcess server, HttpClient http) {
        this(server, http, server.credential("SCW_SECRET_KEY"));
    }

    private Api(DormouseProcess server, HttpClient http, String secret) {
        this.server = server;
        this.http = http;
        this.secret = secret;
    }

    /** The same, as another caller. */
    Api as(String otherSecret) {
        return new Api(server, http, otherSecret);
    }

    /** An answer whatever its status. */
    record Answer(int status, JsonNode body) {}

    Answer send(String method, String path, Object body) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(server.api(path))
                        .header("X-Auth-Token", secret)
                        .timeout(Duration.ofSeconds(30));
        if (body instanceof String text && text.isEmpty()) {
            request.method(method, HttpRequest.BodyPublishers.noBody());
        } else {
            request.header("Content-Type", "application/json")
                    .method(
                            method,
                            HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)));
        }
        try {
            HttpResponse<String> answer =
                    http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Answer(answer.statusCode(), JSON.readTree(answer.body()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What a GET says that is no JSON. */
    String text(String path) {
        HttpRequest request =
                HttpRequest.newBuilder(server.api(path))
                        .header("X-Auth-Token", secret)
                        .timeout(Duration.ofSeconds(30))
                        .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private JsonNode ok(String method, String path, Object body) {
        Answer answer = send(method, path, body);
        assertThat(answer.status()).as("%s %s: %s", method, path, answer.body()).isEqualTo(200);
        return answer.body();
    }

    JsonNode createNamespace(Map<String, Object> fields) {
        return ok("POST", BASE + "/namespaces", fields);
    }

    JsonNode updateNamespace(JsonNode namespace, Map<String, Object> fields) {
        return ok("PATCH", BASE + "/namespaces/" + id(namespace), fields);
    }

    JsonNode deleteNamespace(JsonNode namespace) {
        return ok("DELETE", BASE + "/namespaces/" + id(namespace), "");
    }

    JsonNode createContainer(Map<String, Object> fields) {
        return ok("POST", BASE + "/containers", fields);
    }

    JsonNode updateContainer(JsonNode container, Map<String, Object> fields) {
        return ok("PATCH", BASE + "/containers/" + id(container), fields);
    }

    JsonNode redeploy(JsonNode container) {
        return ok("POST", BASE + "/containers/" + id(container) + "/redeploy", Map.of());
    }

    JsonNode deleteContainer(JsonNode container) {
        return ok("DELETE", BASE + "/containers/" + id(container), "");
    }

    JsonNode container(JsonNode container) {
        return ok("GET", BASE + "/containers/" + id(container), "");
    }

    Answer get(String kind, JsonNode object) {
        return send("GET", BASE + "/" + kind + "/" + id(object), "");
    }

    /** The container once it is neither creating nor updating. */
    JsonNode settled(JsonNode container) {
        return Awaitility.await("the container settles")
                .atMost(SETTLE_TIMEOUT)
                .pollInterval(Duration.ofMillis(20))
                .until(
                        () -> container(container),
                        now -> !TRANSIENT.contains(now.path("status").stringValue()));
    }

    /** The container, which must become ready. */
    JsonNode ready(JsonNode container) {
        JsonNode settled = settled(container);
        assertThat(settled.path("status").stringValue()).as("%s", settled).isEqualTo("ready");
        return settled;
    }

    void awaitGone(String kind, JsonNode object) {
        Awaitility.await(kind + " is gone")
                .atMost(SETTLE_TIMEOUT)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> get(kind, object).status() == 404);
    }

    /** What our own status says of the container. */
    JsonNode status(JsonNode container) {
        JsonNode all =
                ok("GET", "/dormouse/v1/status?name=" + container.path("name").stringValue(), "");
        for (JsonNode one : all.path("containers")) {
            if (one.path("id").equals(container.path("id"))) {
                return one;
            }
        }
        throw new AssertionError("status does not know " + container);
    }

    /** Returns when the status says of the engine that it answers, or that it does not. */
    void awaitEngine(boolean answers) {
        Awaitility.await("the engine answers: " + answers)
                .atMost(SETTLE_TIMEOUT)
                .pollInterval(Duration.ofMillis(20))
                .until(() ->
                        ok("GET", "/dormouse/v1/status", "")
                                        .path("engine_state")
                                        .path("answers")
                                        .booleanValue()
                                == answers);
    }

    /** How many of its instances are in that state. */
    int instances(JsonNode container, String state) {
        int count = 0;
        for (JsonNode instance : status(container).path("instances")) {
            count += instance.path("state").stringValue().equals(state) ? 1 : 0;
        }
        return count;
    }

    static String id(JsonNode object) {
        return object.path("id").stringValue();
    }

    static String host(JsonNode container) {
        String endpoint = container.path("public_endpoint").stringValue();
        return endpoint.replaceFirst("^https?://", "").replaceFirst(":\\d+$", "");
    }
}
