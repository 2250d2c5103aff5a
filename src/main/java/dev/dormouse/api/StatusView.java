package dev.dormouse.api;

import dev.dormouse.config.ServerSettings;
import dev.dormouse.engine.EngineHealth;
import dev.dormouse.model.Activity;
import dev.dormouse.model.Container;
import dev.dormouse.store.Store;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What runs in the caller's project and why, for {@code dormouse status}. */
final class StatusView {
    private final Store store;
    private final ServerSettings server;
    private final Api.Loop loop;

    StatusView(Store store, ServerSettings server, Api.Loop loop) {
        this.store = store;
        this.server = server;
        this.loop = loop;
    }

    Answer get(Request request) {
        Optional<String> name = request.query().text("name");
        List<Container> containers = store.read(tables -> tables.containers().all());
        ObjectNode json = Json.object();
        EngineHealth engine = loop.engine().get();
        json.put("version", version()).put("engine", engine.description());
        json.putObject("engine_state")
                .put("answers", engine.answers())
                .put("since", WireTime.format(engine.since()))
                .put("error", engine.because());
        ArrayNode warnings = json.putArray("warnings");
        loop.warnings().get().forEach(warnings::add);
        ArrayNode array = json.putArray("containers");
        for (Container container : containers) {
            if (request.mayRead(container.projectId())
                    && name.filter(text -> !text.equals(container.name())).isEmpty()) {
                array.add(json(container, engine));
            }
        }
        return new Answer.Document(json);
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
                .put(
                        "public_endpoint",
                        server.endpointOf(container.hostLabel(), container.region()));
        ArrayNode instances = json.putArray("instances");
        for (Activity.InstanceView instance : doing.instances()) {
            instances
                    .addObject()
                    .put("id", instance.id())
                    .put("revision", instance.revision())
                    .put("state", instance.state())
                    .put("since", WireTime.format(instance.since()))
                    .put("in_flight", instance.inFlight());
        }
        json.put("because", doing.because());
        json.put("waits_for_engine", !engine.answers() && needsEngine(container, doing));
        ArrayNode steps = json.putArray("steps");
        doing.steps().forEach(steps::add);
        return json;
    }

    /** What neither changes nor lacks an instance is served without the engine. */
    private static boolean needsEngine(Container container, Activity doing) {
        return container.status().isTransient()
                || doing.instances().stream().noneMatch(one -> one.state().equals("ready"));
    }

    private static String version() {
        String built = StatusView.class.getPackage().getImplementationVersion();
        return built == null ? "development" : built;
    }
}
