package dev.dormouse.model;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * A caller's key, without its secret.
 *
 * @param accessKey the public name, {@code SCW} and 17 letters or digits
 * @param secretHash lower-case hex SHA-256 of the secret, which is a random UUID
 * @param projectId the project it belongs to and, with all its permission sets, may act in
 */
public record ApiKey(
        String accessKey,
        String secretHash,
        String description,
        UUID organizationId,
        UUID projectId,
        Set<PermissionSet> permissionSets,
        Instant createdAt,
        Optional<Instant> expiresAt) {
    public ApiKey {
        permissionSets = Set.copyOf(permissionSets);
    }
}
