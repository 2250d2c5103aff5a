package dev.dormouse.model;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** A group of containers of one project in one region, with environment that all of them share. */
public record Namespace(
        UUID id,
        String region,
        UUID organizationId,
        UUID projectId,
        String name,
        String description,
        Status status,
        Map<String, String> environment,
        Map<String, Secret> secretEnvironment,
        List<String> tags,
        Instant createdAt,
        Instant updatedAt) {
    public Namespace {
        environment = Map.copyOf(environment);
        secretEnvironment = Map.copyOf(secretEnvironment);
        tags = List.copyOf(tags);
    }

    /** The same namespace with other content. */
    public Namespace withContent(
            String newDescription,
            Map<String, String> newEnvironment,
            Map<String, Secret> newSecretEnvironment,
            List<String> newTags) {
        return new Namespace(
                id,
                region,
                organizationId,
                projectId,
                name,
                newDescription,
                status,
                newEnvironment,
                newSecretEnvironment,
                newTags,
                createdAt,
                updatedAt);
    }

    /** The same namespace at another point of its life. */
    public Namespace withStatus(Status newStatus, Instant at) {
        return new Namespace(
                id,
                region,
                organizationId,
                projectId,
                name,
                description,
                newStatus,
                environment,
                secretEnvironment,
                tags,
                createdAt,
                at);
    }
}
