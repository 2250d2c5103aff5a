package dev.dormouse.store;

import dev.dormouse.model.Container;
import dev.dormouse.model.Namespace;
import dev.dormouse.model.Secret;
import dev.dormouse.model.Status;
import dev.dormouse.model.Workload;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;

/** Nouns that are like another but for something. */
final class Variations {
    private Variations() {}

    static Container withId(Container like, UUID id) {
        return new Container(
                id,
                like.region(),
                like.organizationId(),
                like.projectId(),
                like.namespaceId(),
                like.namespaceName(),
                like.name(),
                like.description(),
                like.tags(),
                like.workload(),
                like.service(),
                like.generation(),
                like.status(),
                like.errorMessage(),
                like.createdAt(),
                like.updatedAt());
    }

    static Container createdAt(Container like, Instant createdAt) {
        return new Container(
                like.id(),
                like.region(),
                like.organizationId(),
                like.projectId(),
                like.namespaceId(),
                like.namespaceName(),
                like.name(),
                like.description(),
                like.tags(),
                like.workload(),
                like.service(),
                like.generation(),
                like.status(),
                like.errorMessage(),
                createdAt,
                like.updatedAt());
    }

    static Container inStatus(Container like, Status status) {
        return new Container(
                like.id(),
                like.region(),
                like.organizationId(),
                like.projectId(),
                like.namespaceId(),
                like.namespaceName(),
                like.name(),
                like.description(),
                like.tags(),
                like.workload(),
                like.service(),
                like.generation(),
                status,
                like.errorMessage(),
                like.createdAt(),
                like.updatedAt());
    }

    static Container named(Container like, String name, Instant createdAt) {
        return new Container(
                like.id(),
                like.region(),
                like.organizationId(),
                like.projectId(),
                like.namespaceId(),
                like.namespaceName(),
                name,
                like.description(),
                like.tags(),
                like.workload(),
                like.service(),
                like.generation(),
                like.status(),
                like.errorMessage(),
                createdAt,
                like.updatedAt());
    }

    static Container withSecrets(Container like, Map<String, Secret> secrets) {
        Workload of = like.workload();
        Workload workload =
                new Workload(
                        of.image(),
                        of.pin(),
                        of.command(),
                        of.args(),
                        of.environment(),
                        secrets,
                        of.port(),
                        of.protocol(),
                        of.sandbox(),
                        of.memoryLimitBytes(),
                        of.mvcpuLimit(),
                        of.localStorageLimitBytes(),
                        of.privateNetworkId(),
                        of.livenessProbe(),
                        of.startupProbe());
        return new Container(
                like.id(),
                like.region(),
                like.organizationId(),
                like.projectId(),
                like.namespaceId(),
                like.namespaceName(),
                like.name(),
                like.description(),
                like.tags(),
                workload,
                like.service(),
                like.generation(),
                like.status(),
                like.errorMessage(),
                like.createdAt(),
                like.updatedAt());
    }

    static Namespace withSecrets(Namespace like, Map<String, Secret> secrets) {
        return new Namespace(
                like.id(),
                like.region(),
                like.organizationId(),
                like.projectId(),
                like.name(),
                like.description(),
                like.status(),
                like.environment(),
                secrets,
                like.tags(),
                like.createdAt(),
                like.updatedAt());
    }

    static Namespace of(
            Namespace like, UUID projectId, String region, String name, Instant createdAt) {
        return new Namespace(
                like.id(),
                region,
                like.organizationId(),
                projectId,
                name,
                like.description(),
                like.status(),
                like.environment(),
                like.secretEnvironment(),
                like.tags(),
                createdAt,
                like.updatedAt());
    }
}
