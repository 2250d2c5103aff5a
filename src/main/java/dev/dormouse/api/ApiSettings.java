package dev.dormouse.api;

import dev.dormouse.config.Source;
import java.time.Duration;
import java.util.Map;

/**
 * The API's own settings.
 *
 * @param bodyBytesMax the largest body that is read
 * @param requestTimeout how long one request may take, reading its body included; following logs
 *     may take longer
 * @param requestsMax how many requests may be worked on at once; more are told to come back
 * @param connectionsMax how many connections clients may have; more are hung up on
 * @param followersMax how many readers may follow logs at once
 * @param rate how many requests a second each key may make, on all routes together
 * @param trustedProxy whether a proxy is in front that adds to {@code X-Forwarded-For} itself;
 *     without one that header is what callers claim
 * @param pairing whether memory must be 1 to 4 MB per mvCPU, as on the real product
 * @param limits the limits that the operator raised, by the setting's name
 */
public record ApiSettings(
        long bodyBytesMax,
        Duration requestTimeout,
        int requestsMax,
        int connectionsMax,
        int followersMax,
        Rate rate,
        boolean trustedProxy,
        Pairing pairing,
        Map<String, Long> limits) {
    /**
     * How often a key may call.
     *
     * @param perSecond 0 means that there is no limit
     * @param burst how many requests may come at once
     */
    public record Rate(long perSecond, long burst) {}

    /** Whether CPU and memory bind each other. */
    public enum Pairing {
        /** They are independent. */
        FREE,
        /** Memory is 1 to 4 MB per mvCPU. */
        BOUND
    }

    public ApiSettings {
        limits = Map.copyOf(limits);
    }

    /**
     * Reads {@code DORMOUSE_API_BODY_MAX}, {@code …_API_REQUEST_TIMEOUT}, {@code
     * …_API_REQUESTS_MAX}, {@code …_API_CONNECTIONS_MAX}, {@code …_API_FOLLOWERS_MAX}, {@code
     * …_API_RATE_PER_KEY}, {@code …_API_RATE_BURST}, {@code …_API_TRUSTED_PROXY}, {@code
     * …_CPU_MEMORY_PAIRING} and the {@code DORMOUSE_LIMIT_…} that the document names.
     */
    public static ApiSettings from(Source source) {
        return new ApiSettings(
                source.bytes("DORMOUSE_API_BODY_MAX", 1 << 20),
                source.duration("DORMOUSE_API_REQUEST_TIMEOUT", Duration.ofSeconds(30)),
                (int) source.number("DORMOUSE_API_REQUESTS_MAX", 256, 1, 100_000),
                (int) source.number("DORMOUSE_API_CONNECTIONS_MAX", 512, 1, 100_000),
                (int) source.number("DORMOUSE_API_FOLLOWERS_MAX", 64, 1, 10_000),
                new Rate(
                        source.number("DORMOUSE_API_RATE_PER_KEY", 0, 0, 1_000_000),
                        source.number("DORMOUSE_API_RATE_BURST", 100, 1, 1_000_000)),
                source.flag("DORMOUSE_API_TRUSTED_PROXY", false),
                source.choice("DORMOUSE_CPU_MEMORY_PAIRING", Pairing.FREE),
                Limits.from(source));
    }
}
