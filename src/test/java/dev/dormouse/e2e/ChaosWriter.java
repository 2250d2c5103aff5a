package dev.dormouse.e2e;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;

/**
 * Writes to one container at random, one write after another, and knows after each what the
 * container may look like: exactly what was acknowledged, or, after a write without an answer, that
 * or what was before.
 */
final class ChaosWriter {
    private static final Duration AWAY = Duration.ofMinutes(3);
    private static final String CONTAINERS = "/containers/v1/regions/fr-par/containers";

    /** What is written together, and must be found together. */
    record Look(String description, String variable, int maxScale, boolean hasImage) {
        static Look of(JsonNode container, String image) {
            return new Look(
                    container.path("description").asString(""),
                    container.path("environment_variables").path("GENERATION").asString(""),
                    container.path("max_scale").asInt(),
                    container.path("image").asString("").equals(image));
        }
    }

    private final Api api;
    private final String namespaceId;
    private final String name;
    private final String image;
    private final Random random;
    private final Map<String, AtomicInteger> counts = new TreeMap<>();
    private int generation;
    private Optional<String> id = Optional.empty();

    /** Every look that the container may have now; an empty one means that it may not be there. */
    private Set<Optional<Look>> possible = Set.of(Optional.empty());

    ChaosWriter(Api api, String namespaceId, String name, String image, Random random) {
        this.api = api;
        this.namespaceId = namespaceId;
        this.name = name;
        this.image = image;
        this.random = random;
    }

    String name() {
        return name;
    }

    /** How many writes of each kind ended how. */
    Map<String, AtomicInteger> counts() {
        return counts;
    }

    /** One write, and whatever is needed to know what came of it. */
    void write() {
        if (possible.size() > 1) {
            reconcileWithServer();
        }
        Optional<Look> now = possible.iterator().next();
        if (now.isEmpty()) {
            create();
            return;
        }
        switch (random.nextInt(12)) {
            case 0 -> act("delete", "DELETE", path(), "", Optional.empty());
            case 1 -> act("redeploy", "POST", path() + "/redeploy", Map.of(), now);
            case 2 -> rollback(now.get());
            case 3 -> update(Map.of("image", "chaos/not-there:1"), now.get(), false);
            case 4 -> {
                int maxScale = 1 + random.nextInt(5);
                Look look = now.get();
                act(
                        "update",
                        "PATCH",
                        path(),
                        Map.of("max_scale", maxScale),
                        Optional.of(
                                new Look(
                                        look.description(),
                                        look.variable(),
                                        maxScale,
                                        look.hasImage())));
            }
            default -> update(Map.of("image", image), now.get(), true);
        }
    }

    private void create() {
        String text = name + "-" + ++generation;
        Map<String, Object> fields = new HashMap<>();
        fields.put("namespace_id", namespaceId);
        fields.put("name", name);
        fields.put("image", image);
        fields.put("description", text);
        fields.put("environment_variables", Map.of("GENERATION", text));
        fields.put("min_scale", random.nextInt(2));
        fields.put("max_scale", 2);
        fields.put("memory_limit_bytes", 128_000_000);
        fields.put("mvcpu_limit", 200);
        fields.put("tags", java.util.List.of("dormouse.idle-after=5s"));
        act("create", "POST", CONTAINERS, fields, Optional.of(new Look(text, text, 2, true)));
    }

    private void update(Map<String, Object> more, Look now, boolean hasImage) {
        String text = name + "-" + ++generation;
        Map<String, Object> fields = new HashMap<>(more);
        fields.put("description", text);
        fields.put("environment_variables", Map.of("GENERATION", text));
        act(
                hasImage ? "update" : "update to an image that is not there",
                "PATCH",
                path(),
                fields,
                Optional.of(new Look(text, text, now.maxScale(), hasImage)));
    }

    /** It chooses the revision, so only its answer says what it brought back. */
    private void rollback(Look now) {
        String path = "/dormouse/v1/containers/" + id.orElseThrow() + "/rollback";
        try {
            Api.Answer answer = api.send("POST", path, Map.of());
            count("rollback", answer.status());
            if (answer.status() >= 500) {
                settleOnWhatIsThere(now);
            } else if (answer.status() == 200) {
                possible = Set.of(Optional.of(Look.of(get().orElseThrow(), image)));
            }
        } catch (UncheckedIOException e) {
            count("rollback", 0);
            settleOnWhatIsThere(now);
        }
    }

    private void settleOnWhatIsThere(Look before) {
        Look found = Look.of(get().orElseThrow(), image);
        if (!found.description().equals(before.description())) {
            throw new AssertionError(name + " was " + before + " and is " + found);
        }
        possible = Set.of(Optional.of(found));
    }

    private void act(String kind, String method, String path, Object body, Optional<Look> after) {
        Set<Optional<Look>> either = new HashSet<>(possible);
        either.add(after);
        try {
            Api.Answer answer = api.send(method, path, body);
            count(kind, answer.status());
            if (answer.status() == 200) {
                possible = Set.of(after);
                id = after.isEmpty() ? Optional.empty() : Optional.of(idOf(answer.body()));
            } else if (answer.status() >= 500) {
                possible = either;
            }
        } catch (UncheckedIOException e) {
            count(kind, 0);
            possible = either;
        }
        if (after.isEmpty() && possible.equals(Set.of(Optional.empty()))) {
            awaitGone();
        }
    }

    private String idOf(JsonNode body) {
        return id.orElseGet(() -> body.path("id").asString());
    }

    private void awaitGone() {
        Awaitility.await(name + " is gone").atMost(AWAY).until(() -> find().isEmpty());
    }

    /** Asks what is there, which must be one of what is possible. */
    void reconcileWithServer() {
        Optional<JsonNode> found = find();
        id = found.map(container -> container.path("id").asString());
        Optional<Look> look = found.map(container -> Look.of(container, image));
        boolean isLeaving =
                found.filter(one -> one.path("status").asString().equals("deleting")).isPresent();
        if (isLeaving && possible.contains(Optional.empty())) {
            awaitGone();
            look = Optional.empty();
            id = Optional.empty();
        }
        if (!possible.contains(look)) {
            throw new AssertionError(
                    "%s should be one of %s and is %s".formatted(name, possible, found));
        }
        possible = Set.of(look);
    }

    /** The container as the server has it, once it answers. */
    Optional<JsonNode> find() {
        String query = "?namespace_id=" + namespaceId + "&name=" + name;
        JsonNode list = answered(CONTAINERS + query);
        JsonNode first = list.path("containers").path(0);
        return first.isMissingNode() ? Optional.empty() : Optional.of(first);
    }

    private Optional<JsonNode> get() {
        return find();
    }

    /** What it must look like in the end; empty when it must not be there. */
    Optional<Look> expected() {
        return possible.iterator().next();
    }

    private JsonNode answered(String path) {
        return Awaitility.await("the API answers")
                .atMost(AWAY)
                .pollInterval(Duration.ofMillis(50))
                .ignoreExceptionsInstanceOf(UncheckedIOException.class)
                .until(() -> api.send("GET", path, ""), answer -> answer.status() == 200)
                .body();
    }

    private String path() {
        return CONTAINERS + "/" + id.orElseThrow();
    }

    private void count(String kind, int status) {
        String outcome =
                switch (status / 100) {
                    case 2 -> "acknowledged";
                    case 4 -> "refused";
                    case 5 -> "failed";
                    default -> "unanswered";
                };
        counts.computeIfAbsent(kind + ", " + outcome, _ -> new AtomicInteger()).incrementAndGet();
    }
}
