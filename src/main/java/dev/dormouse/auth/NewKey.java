package dev.dormouse.auth;

import dev.dormouse.model.ApiKey;
import dev.dormouse.model.PermissionSet;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.random.RandomGenerator;

/**
 * A key at the only moment when its secret is known.
 *
 * @param key what is kept of it
 * @param secret what its bearer keeps; {@link #toString} hides it
 */
public record NewKey(ApiKey key, String secret) {
    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    private static final int LETTERS = 17;

    /** Whom a new key is for and what it may do. */
    public record Order(
            String description,
            UUID organizationId,
            UUID projectId,
            Set<PermissionSet> permissionSets,
            Optional<Instant> expiresAt) {
        public Order {
            permissionSets = Set.copyOf(permissionSets);
        }
    }

    /**
     * Makes a key.
     *
     * @param random cannot be guessed: its numbers become the secret
     */
    public static NewKey make(Order order, Instant now, RandomGenerator random) {
        StringBuilder accessKey = new StringBuilder("SCW");
        for (int i = 0; i < LETTERS; i++) {
            accessKey.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        String secret = randomUuid(random).toString();
        return new NewKey(
                new ApiKey(
                        accessKey.toString(),
                        KeyRing.hash(secret),
                        order.description(),
                        order.organizationId(),
                        order.projectId(),
                        order.permissionSets(),
                        now,
                        order.expiresAt()),
                secret);
    }

    /** A UUID of version 4 from this randomness. */
    public static UUID randomUuid(RandomGenerator random) {
        long high = (random.nextLong() & ~0xF000L) | 0x4000L;
        long low = (random.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
        return new UUID(high, low);
    }

    @Override
    public String toString() {
        return "NewKey[" + key.accessKey() + "]";
    }
}
