package dev.dormouse.store;

import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Which namespaces a list holds: those that meet every condition given.
 *
 * @param name the whole name
 * @param readableProjects only namespaces of these projects are seen, whatever else is asked
 */
public record NamespaceFilter(
        String region,
        Optional<UUID> organizationId,
        Optional<UUID> projectId,
        Optional<String> name,
        Set<UUID> readableProjects) {
    public NamespaceFilter {
        readableProjects = Set.copyOf(readableProjects);
    }
}
