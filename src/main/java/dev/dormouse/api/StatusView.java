package dev.dormouse.api;

import dev.dormouse.config.ServerSettings;
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
        json.put("version", version()).put("engine", loop.engine());
        ArrayNode warnings = json.putArray("warnings");
        loop.warnings().get().forEach(warnings::add);
        ArrayNode array = json.putArray("containers");
        for (Container container : containers) {
            if (request.mayRead(container.projectId())
                    && name.filter(text -> !text.equals(container.name())).isEmpty()) {
                array.add(json(container));
            }
        }
        return new Answer.Document(json);
    }

    private ObjectNode json(Container container) {
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
        ArrayNode steps = json.putArray("steps");
        doing.steps().forEach(steps::add);
        return json;
    }

    private static String version() {
        String built = StatusView.class.getPackage().getImplementationVersion();
        return built == null ? "development" : built;
    }
}
