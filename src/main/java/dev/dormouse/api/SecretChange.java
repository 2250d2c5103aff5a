package dev.dormouse.api;

import dev.dormouse.model.Secret;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a request wants of the secrets, hashed already: the complete set of names, where an empty
 * text keeps what is stored.
 *
 * @param values the values by name; empty as a whole when the request says nothing
 * @param hashed the secrets of all values that are to be stored, and one for each empty text in
 *     case nothing is stored under its name
 */
record SecretChange(Optional<Map<String, String>> values, Map<String, Secret> hashed) {
    /** No change at all. */
    static final SecretChange NONE = new SecretChange(Optional.empty(), Map.of());

    /**
     * Reads the request and hashes, which takes a while: not for a transaction.
     *
     * @param stored what is stored now; only a hint which empty texts need no hash
     */
    static SecretChange of(Fields fields, Map<String, Secret> stored, SecretHasher hasher) {
        Optional<Map<String, String>> values = fields.map("secret_environment_variables");
        Map<String, String> toHash = new LinkedHashMap<>(values.orElse(Map.of()));
        toHash.entrySet()
                .removeIf(
                        entry -> entry.getValue().isEmpty() && stored.containsKey(entry.getKey()));
        return new SecretChange(values, hasher.hash(toHash));
    }

    /** Whether the request names secrets at all. */
    boolean isGiven() {
        return values.isPresent();
    }

    /**
     * The secrets after the request.
     *
     * @throws StaleHintException when a secret that the hint knew is gone
     */
    Map<String, Secret> applyTo(Map<String, Secret> stored) {
        if (values.isEmpty()) {
            return stored;
        }
        Map<String, Secret> next = new HashMap<>();
        values.get()
                .forEach((name, value) -> {
                    boolean keeps = value.isEmpty() && stored.containsKey(name);
                    Secret secret = keeps ? stored.get(name) : hashed.get(name);
                    if (secret == null) {
                        throw new StaleHintException();
                    }
                    next.put(name, secret);
                });
        return next;
    }

    /** The stored secrets changed between hashing and storing: read, hash and store again. */
    static final class StaleHintException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }
}
