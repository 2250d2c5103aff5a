package dev.dormouse.api;

import dev.dormouse.model.Privacy;
import dev.dormouse.model.Probe;
import dev.dormouse.model.Protocol;
import dev.dormouse.model.Sandbox;
import dev.dormouse.model.Scaling;
import dev.dormouse.model.Service;
import dev.dormouse.model.Workload;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Reads what a request says of a container, over what is there: over the document's defaults when
 * it is created, over what is stored when it is updated.
 */
final class ContainerBody {
    private static final String CREATE = "/components/schemas/CreateContainer";

    private final ProbeBody probes;
    private final Workload newWorkload;
    private final Service newService;

    ContainerBody(Document document) {
        this.probes = new ProbeBody(document);
        Fields defaults = Defaults.of(document, CREATE);
        this.newWorkload = workloadOf(defaults);
        this.newService = serviceOf(defaults);
    }

    private Workload workloadOf(Fields defaults) {
        return new Workload(
                "",
                Optional.empty(),
                defaults.list("command").orElseThrow(),
                defaults.list("args").orElseThrow(),
                defaults.map("environment_variables").orElseThrow(),
                Map.of(),
                defaults.integer("port").orElseThrow(),
                defaults.choice("protocol", Protocol.class).orElseThrow(),
                defaults.choice("sandbox", Sandbox.class).orElseThrow(),
                defaults.number("memory_limit_bytes").orElseThrow(),
                defaults.integer("mvcpu_limit").orElseThrow(),
                defaults.number("local_storage_limit_bytes").orElseThrow(),
                Optional.empty(),
                probes.read(
                        "liveness_probe",
                        defaults.object("liveness_probe").orElseThrow(),
                        Optional.empty()),
                Optional.empty());
    }

    private static Service serviceOf(Fields defaults) {
        return new Service(
                defaults.integer("min_scale").orElseThrow(),
                defaults.integer("max_scale").orElseThrow(),
                scaling(defaults).orElseThrow(),
                defaults.duration("timeout").orElseThrow(),
                defaults.choice("privacy", Privacy.class).orElseThrow(),
                defaults.flag("https_connections_only").orElseThrow());
    }

    /** The workload of a new container. */
    Workload newWorkload(Fields fields, SecretChange secrets) {
        return workload(fields, newWorkload, secrets, Optional.empty());
    }

    /** The stored workload with what the request changes. */
    Workload changedWorkload(Fields fields, Workload stored, SecretChange secrets) {
        return workload(fields, stored, secrets, Optional.of(stored.livenessProbe()));
    }

    /** The service of a new container. */
    Service newService(Fields fields) {
        return changedService(fields, newService);
    }

    /** The stored service with what the request changes. */
    Service changedService(Fields fields, Service stored) {
        return new Service(
                fields.integer("min_scale").orElse(stored.minScale()),
                fields.integer("max_scale").orElse(stored.maxScale()),
                scaling(fields).orElse(stored.scaling()),
                fields.duration("timeout").orElse(stored.timeout()),
                fields.choice("privacy", Privacy.class).orElse(stored.privacy()),
                fields.flag("https_connection_only")
                        .or(() -> fields.flag("https_connections_only"))
                        .orElse(stored.httpsOnly()));
    }

    private Workload workload(
            Fields fields, Workload base, SecretChange secrets, Optional<Probe> liveness) {
        return new Workload(
                fields.text("image").orElse(base.image()),
                base.pin().filter(_ -> fields.text("image").isEmpty()),
                fields.list("command").orElse(base.command()),
                fields.list("args").orElse(base.args()),
                fields.map("environment_variables").orElse(base.environment()),
                secrets.applyTo(base.secretEnvironment()),
                fields.integer("port").orElse(base.port()),
                fields.choice("protocol", Protocol.class).orElse(base.protocol()),
                fields.choice("sandbox", Sandbox.class).orElse(base.sandbox()),
                fields.number("memory_limit_bytes").orElse(base.memoryLimitBytes()),
                fields.integer("mvcpu_limit").orElse(base.mvcpuLimit()),
                fields.number("local_storage_limit_bytes").orElse(base.localStorageLimitBytes()),
                privateNetwork(fields, base.privateNetworkId()),
                livenessProbe(fields, base.livenessProbe(), liveness),
                startupProbe(fields, base.startupProbe()));
    }

    private static Optional<UUID> privateNetwork(Fields fields, Optional<UUID> stored) {
        Optional<String> given = fields.text("private_network_id");
        return given.isEmpty()
                ? stored
                : given.filter(text -> !text.isEmpty()).map(UUID::fromString);
    }

    private Probe livenessProbe(Fields fields, Probe base, Optional<Probe> stored) {
        if (fields.isNull("liveness_probe")) {
            return newWorkload.livenessProbe();
        }
        return fields.object("liveness_probe")
                .map(probe -> probes.read("liveness_probe", probe, stored))
                .orElse(base);
    }

    private Optional<Probe> startupProbe(Fields fields, Optional<Probe> stored) {
        if (!fields.has("startup_probe")) {
            return stored;
        }
        return fields.object("startup_probe")
                .map(probe -> probes.read("startup_probe", probe, stored));
    }

    private static Optional<Scaling> scaling(Fields fields) {
        return fields.object("scaling_option")
                .flatMap(option ->
                        option.integer("concurrent_requests_threshold")
                                .<Scaling>map(Scaling.Concurrency::new)
                                .or(() ->
                                        option.integer("cpu_usage_threshold").map(Scaling.Cpu::new))
                                .or(() ->
                                        option.integer("memory_usage_threshold")
                                                .map(Scaling.Memory::new)));
    }
}
