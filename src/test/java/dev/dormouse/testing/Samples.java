package dev.dormouse.testing;

import dev.dormouse.model.Container;
import dev.dormouse.model.Namespace;
import dev.dormouse.model.Privacy;
import dev.dormouse.model.Probe;
import dev.dormouse.model.Protocol;
import dev.dormouse.model.Sandbox;
import dev.dormouse.model.Scaling;
import dev.dormouse.model.Service;
import dev.dormouse.model.Status;
import dev.dormouse.model.Workload;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Nouns with ordinary values, for tests that care about one field only. */
public final class Samples {
    public static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");
    public static final UUID PROJECT = UUID.fromString("11111111-1111-4111-8111-111111111111");
    public static final UUID NAMESPACE_ID = UUID.fromString("22222222-2222-4222-8222-222222222222");
    public static final UUID CONTAINER_ID = UUID.fromString("33333333-3333-4333-8333-333333333333");

    private Samples() {}

    public static Namespace namespace() {
        return new Namespace(
                NAMESPACE_ID,
                "fr-par",
                PROJECT,
                PROJECT,
                "spaces",
                "",
                Status.READY,
                Map.of(),
                Map.of(),
                List.of(),
                NOON,
                NOON);
    }

    public static Container container() {
        return container(workload(), service());
    }

    public static Container container(Workload workload, Service service) {
        return new Container(
                CONTAINER_ID,
                "fr-par",
                PROJECT,
                PROJECT,
                NAMESPACE_ID,
                "spaces",
                "hello",
                "",
                List.of(),
                workload,
                service,
                1,
                Status.CREATING,
                "",
                NOON,
                NOON);
    }

    public static Workload workload() {
        return new Workload(
                "hello:latest",
                Optional.empty(),
                List.of(),
                List.of(),
                Map.of(),
                Map.of(),
                8080,
                Protocol.HTTP1,
                Sandbox.V2,
                2_048_000_000L,
                1_000,
                1_000_000_000L,
                Optional.empty(),
                new Probe(30, Duration.ofSeconds(10), Duration.ofSeconds(1), new Probe.Check.Tcp()),
                Optional.empty());
    }

    /** The same workload on another port, which makes it another one. */
    public static Workload listeningOn(Workload workload, int port) {
        return new Workload(
                workload.image(),
                workload.pin(),
                workload.command(),
                workload.args(),
                workload.environment(),
                workload.secretEnvironment(),
                port,
                workload.protocol(),
                workload.sandbox(),
                workload.memoryLimitBytes(),
                workload.mvcpuLimit(),
                workload.localStorageLimitBytes(),
                workload.privateNetworkId(),
                workload.livenessProbe(),
                workload.startupProbe());
    }

    /** The same workload with another limit of memory. */
    public static Workload limitedTo(Workload workload, long memoryLimitBytes) {
        return new Workload(
                workload.image(),
                workload.pin(),
                workload.command(),
                workload.args(),
                workload.environment(),
                workload.secretEnvironment(),
                workload.port(),
                workload.protocol(),
                workload.sandbox(),
                memoryLimitBytes,
                workload.mvcpuLimit(),
                workload.localStorageLimitBytes(),
                workload.privateNetworkId(),
                workload.livenessProbe(),
                workload.startupProbe());
    }

    /** With other bounds of how many instances there are. */
    public static Service scaled(Service service, int minScale, int maxScale) {
        return new Service(
                minScale,
                maxScale,
                service.scaling(),
                service.timeout(),
                service.privacy(),
                service.httpsOnly());
    }

    public static Service service() {
        return new Service(
                0, 5, new Scaling.Concurrency(50), Duration.ofMinutes(5), Privacy.PUBLIC, false);
    }

    /** Another, that asks for the same. */
    public static Container beside(Container container, UUID id) {
        return new Container(
                id,
                container.region(),
                container.organizationId(),
                container.projectId(),
                container.namespaceId(),
                container.namespaceName(),
                container.name() + "-" + id,
                container.description(),
                container.tags(),
                container.workload(),
                container.service(),
                container.generation(),
                container.status(),
                container.errorMessage(),
                container.createdAt(),
                container.updatedAt());
    }

    /** The same container as its owner has changed it. */
    public static Container with(
            Container container, Service service, long generation, Status status) {
        return new Container(
                container.id(),
                container.region(),
                container.organizationId(),
                container.projectId(),
                container.namespaceId(),
                container.namespaceName(),
                container.name(),
                container.description(),
                container.tags(),
                container.workload(),
                service,
                generation,
                status,
                container.errorMessage(),
                container.createdAt(),
                container.updatedAt());
    }
}
