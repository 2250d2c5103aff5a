package dev.dormouse.api;

import dev.dormouse.auth.KeyRing;
import dev.dormouse.auth.NewKey;
import dev.dormouse.model.ApiKey;
import dev.dormouse.model.PermissionSet;
import dev.dormouse.store.Store;
import dev.dormouse.store.Tables;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The operations on API keys, within the caller's organization. */
final class Keys {
    private final Store store;
    private final KeyRing ring;
    private final RandomGenerator random;

    Keys(Store store, KeyRing ring, RandomGenerator random) {
        this.store = store;
        this.ring = ring;
        this.random = random;
    }

    Answer list(Request request) {
        List<ApiKey> keys = store.read(tables -> keysOf(tables, request));
        ObjectNode json = Json.object();
        ArrayNode array = json.putArray("keys");
        keys.forEach(key -> array.add(json(key)));
        return new Answer.Document(json.put("total_count", keys.size()));
    }

    Answer create(Request request) {
        Fields body = request.body();
        Optional<Instant> expiresAt = body.text("expires_at").map(Keys::time);
        if (expiresAt.filter(time -> !time.isAfter(request.now())).isPresent()) {
            throw Problem.invalidArgument(
                    "expires_at", Problem.Reason.CONSTRAINT, "expires_at is not in the future");
        }
        NewKey made =
                NewKey.make(
                        new NewKey.Order(
                                body.text("description").orElse(""),
                                request.caller().organizationId(),
                                request.caller().projectId(),
                                sets(body.list("permission_sets").orElseThrow()),
                                expiresAt),
                        request.now(),
                        random);
        store.write(tables -> {
            tables.keys().insert(made.key());
            return made;
        });
        ring.add(made.key());
        return new Answer.Document(json(made.key()).put("secret_key", made.secret()));
    }

    /** The last key that may make keys stays, for without it nobody could be let in any more. */
    Answer delete(Request request) {
        String accessKey = request.path().text("access_key").orElseThrow();
        ApiKey revoked = store.write(tables -> delete(tables, request, accessKey));
        ring.remove(accessKey);
        return new Answer.Document(json(revoked));
    }

    private static ApiKey delete(Tables tables, Request request, String accessKey) {
        List<ApiKey> keys = keysOf(tables, request);
        ApiKey key =
                keys.stream()
                        .filter(one -> one.accessKey().equals(accessKey))
                        .findFirst()
                        .orElseThrow(() -> Problem.notFound("api_key", accessKey));
        boolean isOtherManager =
                keys.stream().anyMatch(one -> !one.equals(key) && isManager(one, request.now()));
        if (isManager(key, request.now()) && !isOtherManager) {
            throw Problem.stillInUse(
                    "this is the last key with IAMManager; make another one before revoking it");
        }
        tables.keys().delete(accessKey);
        return key;
    }

    /** Whether a key lets its bearer make keys. */
    private static boolean isManager(ApiKey key, Instant now) {
        return KeyRing.isValid(key, now) && key.permissionSets().contains(PermissionSet.IAMManager);
    }

    private static List<ApiKey> keysOf(Tables tables, Request request) {
        return tables.keys().all().stream()
                .filter(key -> key.organizationId().equals(request.caller().organizationId()))
                .toList();
    }

    private static Instant time(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant().truncatedTo(ChronoUnit.MICROS);
        } catch (DateTimeException e) {
            throw Problem.invalidArgument(
                    "expires_at",
                    Problem.Reason.FORMAT,
                    "expires_at is not an RFC 3339 time such as 2027-01-31T12:00:00Z");
        }
    }

    private static Set<PermissionSet> sets(List<String> names) {
        Set<PermissionSet> sets = EnumSet.noneOf(PermissionSet.class);
        names.forEach(name -> sets.add(PermissionSet.valueOf(name)));
        return sets;
    }

    private static ObjectNode json(ApiKey key) {
        ObjectNode json = Json.object();
        json.put("access_key", key.accessKey())
                .put("description", key.description())
                .put("organization_id", key.organizationId().toString())
                .put("project_id", key.projectId().toString());
        ArrayNode sets = json.putArray("permission_sets");
        key.permissionSets().stream().sorted().forEach(set -> sets.add(set.name()));
        json.put("created_at", WireTime.format(key.createdAt()));
        key.expiresAt()
                .ifPresentOrElse(
                        time -> json.put("expires_at", WireTime.format(time)),
                        () -> json.putNull("expires_at"));
        return json;
    }
}
