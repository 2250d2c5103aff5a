package dev.dormouse.gateway;

import io.vertx.core.MultiMap;
import java.util.Base64;
import java.util.HexFormat;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Names requests, and continues or begins their traces. For one thread. */
final class Ids {
    private static final int ID_MAX = 128;
    private static final Pattern TRACE =
            Pattern.compile(
                    "(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");

    private final RandomGenerator random;

    Ids(RandomGenerator random) {
        this.random = random;
    }

    /**
     * The name that the caller gave, if it is one that is safe to write into logs, or a new one.
     */
    String requestId(@Nullable String given) {
        return given != null && isWellFormed(given)
                ? given
                : new UUID(version4(random.nextLong()), variant(random.nextLong())).toString();
    }

    /**
     * Leaves a good trace as it is, and begins one where there is none; a broken one is replaced.
     */
    void trace(MultiMap headers) {
        String given = headers.get(Headers.TRACE_PARENT);
        if (given != null && TRACE.matcher(given).matches()) {
            return;
        }
        headers.remove(Headers.TRACE_STATE);
        HexFormat hex = HexFormat.of();
        headers.set(
                Headers.TRACE_PARENT,
                "00-"
                        + hex.toHexDigits(random.nextLong() | 1)
                        + hex.toHexDigits(random.nextLong())
                        + "-"
                        + hex.toHexDigits(random.nextLong() | 1)
                        + "-00");
    }

    /** What an opening handshake shows, so that no answer can be an old one (RFC 6455, 4.1). */
    String webSocketKey() {
        byte[] key = new byte[16];
        random.nextBytes(key);
        return Base64.getEncoder().encodeToString(key);
    }

    private static boolean isWellFormed(String id) {
        if (id.isEmpty() || id.length() > ID_MAX) {
            return false;
        }
        for (int i = 0; i < id.length(); i++) {
            char c = id.charAt(i);
            boolean plain =
                    (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!plain && "-_.:/+=@".indexOf(c) < 0) {
                return false;
            }
        }
        return true;
    }

    private static long version4(long bits) {
        return (bits & 0xffffffffffff0fffL) | 0x4000L;
    }

    private static long variant(long bits) {
        return (bits & 0x3fffffffffffffffL) | 0x8000000000000000L;
    }
}
