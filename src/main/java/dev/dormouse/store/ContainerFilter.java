package dev.dormouse.store;

import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Which containers a list holds: those that meet every condition given.
 *
 * @param name the whole name
 * @param readableProjects only containers of these projects are seen, whatever else is asked
 */
public record ContainerFilter(
        String region,
        Optional<UUID> organizationId,
        Optional<UUID> projectId,
        Optional<UUID> namespaceId,
        Optional<String> name,
        Set<UUID> readableProjects) {
    public ContainerFilter {
        readableProjects = Set.copyOf(readableProjects);
    }
}
