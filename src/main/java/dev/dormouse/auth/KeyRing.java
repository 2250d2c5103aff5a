package dev.dormouse.auth;

import dev.dormouse.model.ApiKey;
import dev.dormouse.model.PermissionSet;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Every key that is valid, in memory, so that no request asks the database who is calling. Keys are
 * found by the SHA-256 of their secret, so that what a look-up's timing could tell is of no use to
 * a guesser. Safe on any thread; look-ups take no lock.
 */
public final class KeyRing {
    private final Map<String, ApiKey> bySecretHash = new ConcurrentHashMap<>();

    public KeyRing(Collection<ApiKey> keys) {
        keys.forEach(this::add);
    }

    public void add(ApiKey key) {
        bySecretHash.put(key.secretHash(), key);
    }

    /** From now on nobody is let in with this key. */
    public void remove(String accessKey) {
        bySecretHash.values().removeIf(key -> key.accessKey().equals(accessKey));
    }

    /** The key with this secret, expired ones included. */
    public Optional<ApiKey> find(String secret) {
        return Optional.ofNullable(bySecretHash.get(hash(secret)));
    }

    /** Whether the bearer of the secret may call private containers of the project. */
    public boolean mayCall(String secret, UUID projectId, Instant now) {
        return find(secret)
                .filter(key -> isValid(key, now))
                .filter(key -> key.projectId().equals(projectId))
                .filter(key ->
                        key.permissionSets().contains(PermissionSet.ContainersPrivateAccess)
                                || key.permissionSets()
                                        .contains(PermissionSet.AllProductsFullAccess))
                .isPresent();
    }

    /** Whether the key has not expired. */
    public static boolean isValid(ApiKey key, Instant now) {
        return key.expiresAt().map(now::isBefore).orElse(true);
    }

    /**
     * What is kept of a secret: lower-case hex SHA-256. Secrets are random UUIDs, so no salt or
     * stretching is needed.
     */
    public static String hash(String secret) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(secret.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
