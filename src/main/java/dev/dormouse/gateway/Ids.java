package dev.dormouse.gateway;

import io.netty.util.AsciiString;
import io.vertx.core.MultiMap;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
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

    private static final byte[] HEX_DIGITS = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    /** Version, trace, parent, flags (W3C Trace Context, 3.2). */
    private static final byte[] NO_TRACE =
            "00-00000000000000000000000000000000-0000000000000000-00"
                    .getBytes(StandardCharsets.US_ASCII);

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
        headers.set(Headers.TRACE_PARENT, newTrace());
    }

    private AsciiString newTrace() {
        byte[] trace = NO_TRACE.clone();
        hex(random.nextLong() | 1, trace, 3);
        hex(random.nextLong(), trace, 19);
        hex(random.nextLong() | 1, trace, 36);
        return new AsciiString(trace, false);
    }

    private static void hex(long bits, byte[] to, int from) {
        for (int i = 0; i < Long.BYTES * 2; i++) {
            to[from + i] = HEX_DIGITS[(int) (bits >>> (60 - 4 * i)) & 0xf];
        }
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
