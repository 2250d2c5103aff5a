package dev.dormouse.api;

import dev.dormouse.config.ServerSettings;
import dev.dormouse.engine.EngineHealth;
import dev.dormouse.model.Activity;
import dev.dormouse.model.Container;
import dev.dormouse.model.Region;
import dev.dormouse.model.Status;
import dev.dormouse.store.ContainerTable;
import dev.dormouse.store.Store;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What runs in the caller's project and why, for {@code dormouse status}: how many containers there
 * are, and those that somebody would look for first, so that it takes no longer however many sleep.
 */
final class StatusView {
    /** Of containers without an instance, those whose state asks for a look come first. */
    private static final List<Status> URGENCY =
            List.of(Status.ERROR, Status.DELETING, Status.CREATING, Status.UPDATING, Status.READY);

    /** What a request wakes. */
    private static final Set<String> STILL = Set.of("frozen", "sinking", "deep");

    private final Store store;
    private final ServerSettings server;
    private final Api.Loop loop;

    StatusView(Store store, ServerSettings server, Api.Loop loop) {
        this.store = store;
        this.server = server;
        this.loop = loop;
    }

    Answer get(Request request) {
        UUID project = request.caller().projectId();
        int limit = request.query().integer("limit").orElseThrow();
        Optional<String> name = request.query().text("name");
        EngineHealth engine = loop.engine().get();
        ObjectNode answer =
                store.read(tables -> {
                    Map<Status, Long> counts = tables.containers().counts(project);
                    ObjectNode json = Json.object();
                    json.put("version", version()).put("engine", engine.description());
                    json.putObject("engine_state")
                            .put("answers", engine.answers())
                            .put("since", WireTime.format(engine.since()))
                            .put("error", engine.because());
                    ArrayNode warnings = json.putArray("warnings");
                    loop.warnings().get().forEach(warnings::add);
                    json.put(
                            "total_count",
                            counts.values().stream().mapToLong(Long::longValue).sum());
                    ObjectNode byStatus = json.putObject("counts");
                    for (Status status : Status.values()) {
                        byStatus.put(status.wire(), counts.getOrDefault(status, 0L));
                    }
                    ArrayNode array = json.putArray("containers");
                    name.map(text -> named(tables.containers(), project, text, limit))
                            .orElseGet(() -> notable(tables.containers(), project, limit))
                            .forEach(container -> array.add(json(container, engine)));
                    return json;
                });
        if (name.isPresent()) {
            answer.path("containers").forEach(one -> one.path("instances").forEach(this::addUsage));
        }
        return new Answer.Document(answer);
    }

    private void addUsage(JsonNode instance) {
        loop.usage()
                .apply(instance.path("id").asString())
                .ifPresent(usage ->
                        ((ObjectNode) instance)
                                .put("memory_bytes", usage.chargedBytes())
                                .put("swapped_bytes", usage.swappedBytes()));
    }

    private static List<Container> named(
            ContainerTable containers, UUID project, String name, int limit) {
        return Region.ALL.stream()
                .flatMap(region -> containers.named(region, project, name, limit).stream())
                .limit(limit)
                .toList();
    }

    /** Those with an instance, then the others. */
    private List<Container> notable(ContainerTable containers, UUID project, int limit) {
        Map<UUID, Container> found = new LinkedHashMap<>();
        loop.awake().get().stream()
                .flatMap(id -> containers.find(id).stream())
                .filter(container -> container.projectId().equals(project))
                .limit(limit)
                .forEach(container -> found.put(container.id(), container));
        for (Status status : URGENCY) {
            for (Container container : containers.newest(project, status, limit)) {
                if (found.size() < limit) {
                    found.putIfAbsent(container.id(), container);
                }
            }
        }
        return found.values().stream()
                .sorted(
                        Comparator.comparing(Container::namespaceName)
                                .thenComparing(Container::name)
                                .thenComparing(Container::id))
                .toList();
    }

    private ObjectNode json(Container container, EngineHealth engine) {
        Activity doing = loop.activity().apply(container.id());
        ObjectNode json = Json.object();
        json.put("id", container.id().toString())
                .put("name", container.name())
                .put("namespace", container.namespaceName())
                .put("region", container.region())
                .put("status", container.status().wire())
                .put("error_message", container.failure().orElse(""))
                .put("privacy", ContainerJson.lower(container.service().privacy()))
                .put(
                        "public_endpoint",
                        server.endpoints().urlOf(container.hostLabel(), container.region()));
        ArrayNode instances = json.putArray("instances");
        for (Activity.InstanceView instance : doing.instances()) {
            instances
                    .addObject()
                    .put("id", instance.id())
                    .put("revision", instance.revision())
                    .put("state", instance.state())
                    .put("since", WireTime.format(instance.since()))
                    .put("in_flight", instance.inFlight())
                    .put("runtime", instance.runtime());
        }
        json.put("because", doing.because());
        json.put("waits_for_engine", !engine.answers() && needsEngine(container, doing));
        ArrayNode steps = json.putArray("steps");
        doing.steps().forEach(steps::add);
        return json;
    }

    /** What neither changes nor lacks an instance is served without the engine. */
    private boolean needsEngine(Container container, Activity doing) {
        return container.status().isTransient()
                || doing.instances().stream().noneMatch(this::servesAlone);
    }

    private boolean servesAlone(Activity.InstanceView one) {
        return one.state().equals("ready")
                || (STILL.contains(one.state())
                        && one.freezesDirectly()
                        && loop.wakesAlone().getAsBoolean());
    }

    private static String version() {
        String built = StatusView.class.getPackage().getImplementationVersion();
        return built == null ? "development" : built;
    }
}
