package dev.dormouse.api;

import dev.dormouse.config.ServerSettings;
import dev.dormouse.model.Container;
import dev.dormouse.model.Namespace;
import dev.dormouse.model.Probe;
import dev.dormouse.model.Scaling;
import dev.dormouse.model.Secret;
import dev.dormouse.model.Service;
import dev.dormouse.model.Workload;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Namespaces and containers as the wire shows them, in its order of keys. */
final class ContainerJson {
    private final ServerSettings server;

    ContainerJson(ServerSettings server) {
        this.server = server;
    }

    ObjectNode of(Namespace namespace) {
        ObjectNode json = Json.object();
        json.put("id", namespace.id().toString())
                .put("name", namespace.name())
                .put("organization_id", namespace.organizationId().toString())
                .put("project_id", namespace.projectId().toString())
                .put("description", namespace.description())
                .put("status", namespace.status().wire());
        map(json, "environment_variables", namespace.environment());
        secrets(json, namespace.secretEnvironment());
        list(json, "tags", namespace.tags());
        return json.put("created_at", WireTime.format(namespace.createdAt()))
                .put("updated_at", WireTime.format(namespace.updatedAt()))
                .put("region", namespace.region());
    }

    ObjectNode of(Container container) {
        ObjectNode json = Json.object();
        json.put("id", container.id().toString())
                .put("name", container.name())
                .put("namespace_id", container.namespaceId().toString())
                .put("description", container.description())
                .put("status", container.status().wire());
        if (!container.status().isTransient()) {
            json.put("error_message", container.failure().orElse(""));
        }
        json.put("created_at", WireTime.format(container.createdAt()))
                .put("updated_at", WireTime.format(container.updatedAt()));
        limits(json, container.service(), container.workload());
        list(json, "tags", container.tags());
        container
                .workload()
                .privateNetworkId()
                .ifPresent(id -> json.put("private_network_id", id.toString()));
        processes(json, container);
        return json.put("region", container.region());
    }

    private static void limits(ObjectNode json, Service service, Workload workload) {
        json.put("min_scale", service.minScale())
                .put("max_scale", service.maxScale())
                .put("memory_limit_bytes", workload.memoryLimitBytes())
                .put("mvcpu_limit", workload.mvcpuLimit())
                .put("timeout", WireDuration.format(service.timeout()))
                .put("privacy", lower(service.privacy()))
                .put("image", workload.image())
                .put("protocol", lower(workload.protocol()))
                .put("port", workload.port())
                .put("https_connections_only", service.httpsOnly())
                .put("sandbox", lower(workload.sandbox()))
                .put("local_storage_limit_bytes", workload.localStorageLimitBytes());
        ObjectNode scaling = json.putObject("scaling_option");
        switch (service.scaling()) {
            case Scaling.Concurrency(int requests) ->
                    scaling.put("concurrent_requests_threshold", requests);
            case Scaling.Cpu(int percent) -> scaling.put("cpu_usage_threshold", percent);
            case Scaling.Memory(int percent) -> scaling.put("memory_usage_threshold", percent);
        }
    }

    private void processes(ObjectNode json, Container container) {
        Workload workload = container.workload();
        list(json, "command", workload.command());
        list(json, "args", workload.args());
        map(json, "environment_variables", workload.environment());
        json.put(
                "public_endpoint",
                server.endpoints().urlOf(container.hostLabel(), container.region()));
        json.set("liveness_probe", probe(workload.livenessProbe()));
        workload.startupProbe()
                .ifPresentOrElse(
                        probe -> json.set("startup_probe", probe(probe)),
                        () -> json.putNull("startup_probe"));
        secrets(json, workload.secretEnvironment());
    }

    private static ObjectNode probe(Probe probe) {
        ObjectNode json = Json.object();
        json.put("failure_threshold", probe.failureThreshold())
                .put("interval", WireDuration.format(probe.interval()))
                .put("timeout", WireDuration.format(probe.timeout()));
        switch (probe.check()) {
            case Probe.Check.Tcp() -> json.putObject("tcp");
            case Probe.Check.Http(String path) -> json.putObject("http").put("path", path);
        }
        return json;
    }

    private static void list(ObjectNode json, String name, List<String> items) {
        ArrayNode array = json.putArray(name);
        items.forEach(array::add);
    }

    private static void map(ObjectNode json, String name, Map<String, String> entries) {
        ObjectNode object = json.putObject(name);
        new TreeMap<>(entries).forEach(object::put);
    }

    private static void secrets(ObjectNode json, Map<String, Secret> secrets) {
        ObjectNode object = json.putObject("secret_environment_variables");
        new TreeMap<>(secrets).forEach((name, secret) -> object.put(name, secret.hash()));
    }

    static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
