package dev.dormouse.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.dialect.Dialect;
import com.networknt.schema.dialect.Dialects;
import com.networknt.schema.keyword.NonValidationKeyword;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An HTTP client that holds every answer to the document that the server itself serves: its status,
 * its media type, its headers and its body. An answer that the document does not describe fails the
 * test that asked for it.
 */
public final class ConformingClient implements AutoCloseable {
    private static final String IRI = "https://dormouse.invalid/served.json";
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final List<String> OURS =
            List.of(
                    "x-allowed",
                    "x-setting",
                    "x-minimum",
                    "x-maximum",
                    "x-maximum-bytes",
                    "x-statuses");

    private static final JsonMapper JSON = new JsonMapper();

    private final HttpClient http =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(TIMEOUT)
                    .build();
    private final URI base;
    private final JsonNode document;
    private final SchemaRegistry registry;

    /** A client of the server at this address, such as {@code http://127.0.0.1:8080}. */
    public ConformingClient(URI base) {
        this.base = base;
        String text =
                exchange(HttpRequest.newBuilder(base.resolve("/openapi.json")).build()).text();
        this.document = JSON.readTree(text);
        Dialect dialect =
                Dialect.builder(Dialects.getDraft202012())
                        .keywords(OURS.stream().map(NonValidationKeyword::new).toList())
                        .build();
        this.registry =
                SchemaRegistry.withDefaultDialect(
                        dialect,
                        builder ->
                                builder.schemas(Map.of(IRI, text))
                                        .schemaRegistryConfig(
                                                SchemaRegistryConfig.builder()
                                                        .formatAssertionsEnabled(true)
                                                        .build()));
    }

    /** The document that the server serves. */
    public JsonNode document() {
        return document;
    }

    /** A request to this server, to be completed by the caller. */
    public HttpRequest.Builder to(String pathAndQuery) {
        return HttpRequest.newBuilder(URI.create(base + pathAndQuery)).timeout(TIMEOUT);
    }

    /** Sends a request and checks the answer. */
    public Reply send(HttpRequest request) {
        Reply reply = exchange(request);
        check(request.method(), request.uri().getRawPath(), reply);
        return reply;
    }

    /** Complains of an answer that the document does not describe. */
    public void check(String method, String path, Reply reply) {
        String what = "%s %s -> %d %s".formatted(method, path, reply.status(), reply.text());
        assertThat(reply.header("X-Request-Id")).as(what).isNotEmpty();
        if (reply.status() == 429 || reply.status() == 503) {
            assertThat(reply.header("Retry-After")).as(what).matches("[1-9]\\d*");
        }
        if (method.equals("HEAD") || method.equals("OPTIONS")) {
            assertThat(reply.text()).as(what).isEmpty();
            return;
        }
        Optional<String> described = response(method, path, reply.status());
        if (described.isEmpty()) {
            checkProblem(what, reply);
            return;
        }
        Map.Entry<String, JsonNode> media =
                document.at(described.get() + "/content").properties().iterator().next();
        assertThat(reply.header("Content-Type")).as(what).startsWith(media.getKey());
        String schema =
                described.get() + "/content/" + media.getKey().replace("/", "~1") + "/schema";
        bodies(media.getKey(), reply)
                .forEach(body -> assertThat(errors(schema, body)).as(what).isEmpty());
    }

    private static Stream<JsonNode> bodies(String mediaType, Reply reply) {
        return switch (mediaType) {
            case "application/json" -> Stream.of(reply.json());
            case "application/x-ndjson" ->
                    reply.text()
                            .lines()
                            .filter(line -> !line.isBlank())
                            .map(line -> JSON.readTree(line));
            default -> Stream.of();
        };
    }

    private void checkProblem(String what, Reply reply) {
        assertThat(reply.header("Content-Type")).as(what).startsWith("application/json");
        JsonNode schemas = document.at("/components/schemas");
        assertThat(errors("/components/schemas/Problem", reply.json())).as(what).isEmpty();
        String type = reply.at("/type");
        List<Integer> statuses = new ArrayList<>();
        for (JsonNode schema : schemas) {
            JsonNode named = schema.at("/properties/type");
            boolean isThis =
                    named.path("const").asString("").equals(type)
                            || named.path("enum")
                                    .valueStream()
                                    .anyMatch(one -> one.asString("").equals(type));
            if (isThis && schema.has("x-statuses")) {
                schema.path("x-statuses").forEach(status -> statuses.add(status.intValue()));
            }
        }
        assertThat(statuses).as(what).contains(reply.status());
    }

    private List<Error> errors(String schema, JsonNode body) {
        return registry.getSchema(SchemaLocation.of(IRI + "#" + schema)).validate(body);
    }

    /** Where the document describes this answer, if it does so by its status. */
    private Optional<String> response(String method, String path, int status) {
        for (String template : document.path("paths").propertyNames()) {
            if (matches(template, path)) {
                String pointer =
                        "/paths/%s/%s/responses/%d"
                                .formatted(
                                        template.replace("/", "~1"),
                                        method.toLowerCase(Locale.ROOT),
                                        status);
                JsonNode response = document.at(pointer);
                return response.isMissingNode()
                        ? Optional.empty()
                        : Optional.of(
                                response.has("$ref")
                                        ? response.path("$ref").stringValue().substring(1)
                                        : pointer);
            }
        }
        return Optional.empty();
    }

    private static boolean matches(String template, String path) {
        String[] wanted = template.split("/", -1);
        String[] given = path.split("/", -1);
        if (wanted.length != given.length) {
            return false;
        }
        for (int i = 0; i < wanted.length; i++) {
            if (!wanted[i].startsWith("{") && !wanted[i].equals(given[i])) {
                return false;
            }
        }
        return true;
    }

    private Reply exchange(HttpRequest request) {
        try {
            HttpResponse<String> response =
                    http.send(request, HttpResponse.BodyHandlers.ofString());
            return new Reply(response.statusCode(), response.headers(), response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(request.toString(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        http.close();
    }
}
