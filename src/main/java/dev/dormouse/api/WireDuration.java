package dev.dormouse.api;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as the wire writes them: decimal seconds followed by {@code s}. */
final class WireDuration {
    private static final Pattern FORM = Pattern.compile("(\\d{1,10})(?:\\.(\\d{1,9}))?s");
    private static final int NANO_DIGITS = 9;

    private WireDuration() {}

    static Optional<Duration> parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String fraction = matcher.group(2) == null ? "" : matcher.group(2);
        String nanos = fraction + "0".repeat(NANO_DIGITS - fraction.length());
        return Optional.of(
                Duration.ofSeconds(Long.parseLong(matcher.group(1)), Long.parseLong(nanos)));
    }

    /** The canonical form: no fraction where there is none, else 3, 6 or 9 digits. */
    static String format(Duration duration) {
        int nanos = duration.getNano();
        String seconds = Long.toString(duration.getSeconds());
        if (nanos == 0) {
            return seconds + "s";
        }
        if (nanos % 1_000_000 == 0) {
            return "%s.%03ds".formatted(seconds, nanos / 1_000_000);
        }
        return nanos % 1_000 == 0
                ? "%s.%06ds".formatted(seconds, nanos / 1_000)
                : "%s.%09ds".formatted(seconds, nanos);
    }
}
