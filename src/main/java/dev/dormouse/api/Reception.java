package dev.dormouse.api;

import dev.dormouse.auth.Admission;
import dev.dormouse.auth.KeyRing;
import dev.dormouse.auth.RateLimit;
import dev.dormouse.model.ApiKey;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/**
 * Lets requests in: first who calls, then whether the caller may, then whether path, query and body
 * are what the document asks for; all that is wrong with them is told at once. Safe on any thread.
 */
final class Reception {
    private static final Pattern JSON_TYPE =
            Pattern.compile(
                    "\\s*application/json\\s*(;\\s*charset\\s*=\\s*\"?utf-?8\"?\\s*)?;?\\s*",
                    Pattern.CASE_INSENSITIVE);
    private static final Pattern INTEGER = Pattern.compile("[+-]?\\d{1,18}");

    private final Document document;
    private final Schemas schemas;
    private final KeyRing keys;
    private final RateLimit rate;
    private final InstantSource clock;

    Reception(Document document, KeyRing keys, RateLimit rate, InstantSource clock) {
        this.document = document;
        this.schemas = new Schemas(document);
        this.keys = keys;
        this.rate = rate;
        this.clock = clock;
    }

    /**
     * What came over the wire.
     *
     * @param id of the request
     * @param source the address that it came from
     * @param parameters of path and query, by name
     */
    record Arrival(
            UUID id,
            String source,
            Map<String, String> parameters,
            Optional<String> token,
            Optional<String> contentType,
            Buffer body) {}

    /**
     * Who calls; empty where anybody may. All who cannot be known are one caller to the rate limit.
     *
     * @throws Problem when the caller is not let in, or comes too often
     */
    Optional<ApiKey> admit(Operation operation, Arrival arrival) {
        if (operation.permission().isEmpty()) {
            return Optional.empty();
        }
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        Admission admission = Admission.of(arrival.token(), keys, now);
        String caller = admission instanceof Admission.Admitted(ApiKey key) ? key.accessKey() : "";
        rate.take(caller, now)
                .ifPresent(wait -> {
                    throw Problem.rateLimited(rate.perSecond(), wait, now);
                });
        return switch (admission) {
            case Admission.Denied(Admission.Reason reason) ->
                    throw Problem.deniedAuthentication(reason);
            case Admission.Admitted(ApiKey key) -> Optional.of(key);
        };
    }

    /**
     * The request that may be carried out.
     *
     * @param key whose it is
     * @throws Problem when it may not
     */
    Request receive(Operation operation, Arrival arrival, Optional<ApiKey> key) {
        operation
                .permission()
                .filter(needed -> !needed.isGivenBy(key.orElseThrow().permissionSets()))
                .ifPresent(missing -> {
                    throw Problem.permissionsDenied(missing);
                });
        List<Problem.Detail> details = new ArrayList<>();
        ObjectNode path = Json.object();
        ObjectNode query = Json.object();
        for (Operation.Parameter parameter : operation.parameters()) {
            ObjectNode into = parameter.inPath() ? path : query;
            JsonNode value = value(parameter, arrival.parameters().get(parameter.name()));
            if (value != null) {
                details.addAll(schemas.check(parameter.schema(), value, parameter.name()));
                into.set(parameter.name(), value);
            }
        }
        ObjectNode body = body(operation, arrival);
        operation.body().ifPresent(schema -> details.addAll(schemas.check(schema, body)));
        if (!details.isEmpty()) {
            throw Problem.invalidArguments(details);
        }
        return new Request(
                operation,
                new Fields(path),
                new Fields(query),
                new Fields(body),
                key,
                clock.instant().truncatedTo(ChronoUnit.MICROS));
    }

    /** A query parameter without text is not given, and then has the document's default, if any. */
    private @Nullable JsonNode value(Operation.Parameter parameter, @Nullable String text) {
        JsonNode schema = document.at(parameter.schema());
        if (text == null || (text.isEmpty() && !parameter.inPath())) {
            return schema.get("default");
        }
        boolean isNumber = schema.path("type").asString("").equals("integer");
        return isNumber && INTEGER.matcher(text).matches()
                ? Json.object().numberNode(Long.parseLong(text))
                : StringNode.valueOf(text);
    }

    private static ObjectNode body(Operation operation, Arrival arrival) {
        if (operation.body().isEmpty()) {
            return Json.object();
        }
        boolean isJson = arrival.contentType().filter(type -> !isJson(type)).isEmpty();
        if (!isJson && arrival.body().length() > 0) {
            throw Problem.plain(
                    Problem.Code.UNSUPPORTED_MEDIA_TYPE,
                    "the body's Content-Type is \"%s\"; allowed is application/json in UTF-8"
                            .formatted(arrival.contentType().orElse("")));
        }
        return Json.body(arrival.body().getBytes());
    }

    /** JSON is UTF-8; who says that it is something else means something else. */
    private static boolean isJson(String contentType) {
        return JSON_TYPE.matcher(contentType).matches();
    }
}
