package dev.dormouse.auth;

import dev.dormouse.model.ApiKey;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/** What becomes of a caller at the door. */
public sealed interface Admission {
    /** The token is a valid key's secret. */
    record Admitted(ApiKey key) implements Admission {}

    /** The caller is not let in. */
    record Denied(Reason reason) implements Admission {}

    /** Why a caller is not let in. */
    enum Reason {
        /** There is no token, or it does not look like one. */
        INVALID_ARGUMENT,
        /** No key has this secret. */
        NOT_FOUND,
        /** The key was valid once. */
        EXPIRED
    }

    /** What a secret looks like: a UUID. */
    Pattern SECRET = Pattern.compile("[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}");

    /** Decides about the bearer of a token. */
    static Admission of(Optional<String> token, KeyRing keys, Instant now) {
        if (token.filter(text -> SECRET.matcher(text).matches()).isEmpty()) {
            return new Denied(Reason.INVALID_ARGUMENT);
        }
        Optional<ApiKey> key = keys.find(token.get());
        if (key.isEmpty()) {
            return new Denied(Reason.NOT_FOUND);
        }
        return KeyRing.isValid(key.get(), now)
                ? new Admitted(key.get())
                : new Denied(Reason.EXPIRED);
    }
}
