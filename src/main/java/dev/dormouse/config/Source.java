package dev.dormouse.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Where settings are read from: names and texts in, typed values out. A wrong text yields the
 * default and is remembered, so that {@link #check} can tell every mistake in one message. For one
 * thread.
 */
public final class Source {
    /** Every setting's name begins so. */
    public static final String PREFIX = "DORMOUSE_";

    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h)");
    private static final Pattern SIZE = Pattern.compile("(\\d{1,12})(B|kB|MB|GB|KiB|MiB|GiB)");

    private final Map<String, String> values;
    private final Set<String> asked = new LinkedHashSet<>();
    private final Set<String> mistakes = new LinkedHashSet<>();

    /** A source over these names and texts, others than ours among them. */
    public Source(Map<String, String> values) {
        this.values = new TreeMap<>(values);
    }

    /** A text, as it stands. */
    public String text(String name, String byDefault) {
        return read(name, byDefault, Function.identity());
    }

    /** A whole number between the two, both included. */
    public long number(String name, long byDefault, long least, long most) {
        return read(
                name,
                byDefault,
                text -> {
                    long number = Long.parseLong(text);
                    if (number < least || number > most) {
                        throw new IllegalArgumentException(
                                "a whole number from %d to %d".formatted(least, most));
                    }
                    return number;
                },
                "a whole number from %d to %d".formatted(least, most));
    }

    /** A duration such as {@code 500ms}, {@code 30s}, {@code 15m}, {@code 2h}. */
    public Duration duration(String name, Duration byDefault) {
        return read(
                name,
                byDefault,
                Source::parseDuration,
                "a whole number followed by ms, s, m or h, such as 30s");
    }

    /** A size in bytes such as {@code 64MiB} or {@code 10MB}. */
    public long bytes(String name, long byDefault) {
        return read(
                name,
                byDefault,
                Source::parseSize,
                "a whole number followed by B, kB, MB, GB, KiB, MiB or GiB");
    }

    /** {@code true} or {@code false}. */
    public boolean flag(String name, boolean byDefault) {
        return read(
                name,
                byDefault,
                text ->
                        switch (text) {
                            case "true" -> true;
                            case "false" -> false;
                            default -> throw new IllegalArgumentException();
                        },
                "true or false");
    }

    /** One of an enum's constants, written in lower case and with hyphens. */
    public <E extends Enum<E>> E choice(String name, E byDefault) {
        E[] all = byDefault.getDeclaringClass().getEnumConstants();
        String allowed = Arrays.stream(all).map(Source::lower).collect(Collectors.joining(", "));
        return read(
                name,
                byDefault,
                text ->
                        Arrays.stream(all)
                                .filter(one -> lower(one).equals(text))
                                .findFirst()
                                .orElseThrow(IllegalArgumentException::new),
                "one of " + allowed);
    }

    /**
     * An address to listen on: {@code 127.0.0.1:8080}, {@code [::1]:8080}, or {@code :8000} for all
     * addresses.
     */
    public Listen listen(String name, Listen byDefault) {
        return read(name, byDefault, Listen::parse, "host:port or :port, such as 127.0.0.1:8080");
    }

    /** The same, or {@code off}, which is nothing. */
    public Optional<Listen> listenUnlessOff(String name, Listen byDefault) {
        return read(
                name,
                Optional.of(byDefault),
                text -> text.equals("off") ? Optional.empty() : Optional.of(Listen.parse(text)),
                "host:port or :port, such as :8443, or off");
    }

    /** A path; a relative one is taken from the folder that the server was started in. */
    public Path path(String name, Path byDefault) {
        return read(
                name,
                byDefault,
                text -> {
                    try {
                        return Path.of(text).toAbsolutePath();
                    } catch (InvalidPathException e) {
                        throw new IllegalArgumentException(e);
                    }
                },
                "a path");
    }

    /** A text that may be missing. */
    public Optional<String> optional(String name) {
        asked.add(name);
        return Optional.ofNullable(values.get(name)).filter(text -> !text.isBlank());
    }

    /** A value that turned out wrong in a way this class cannot know, told with the others. */
    public void mistake(String name, String value, String allowed) {
        mistakes.add("%s is \"%s\"; allowed is %s".formatted(name, value, allowed));
    }

    /**
     * Tells every mistake made, unknown settings among them.
     *
     * @throws ConfigException with one line for each; none means this returns
     */
    public void check() {
        for (String name : values.keySet()) {
            if (name.startsWith(PREFIX) && !asked.contains(name)) {
                mistakes.add("%s is not a setting of this version".formatted(name));
            }
        }
        if (!mistakes.isEmpty()) {
            throw new ConfigException(List.copyOf(mistakes));
        }
    }

    private <T> T read(String name, T byDefault, Function<String, T> parse) {
        return read(name, byDefault, parse, "a text");
    }

    private <T> T read(String name, T byDefault, Function<String, T> parse, String allowed) {
        Optional<String> text = optional(name);
        if (text.isEmpty()) {
            return byDefault;
        }
        try {
            return parse.apply(text.get().strip());
        } catch (IllegalArgumentException e) {
            mistake(name, text.get(), allowed);
            return byDefault;
        }
    }

    private static Duration parseDuration(String text) {
        Matcher matcher = matched(DURATION, text);
        long amount = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            default -> Duration.ofHours(amount);
        };
    }

    private static long parseSize(String text) {
        Matcher matcher = matched(SIZE, text);
        long unit =
                switch (matcher.group(2)) {
                    case "B" -> 1L;
                    case "kB" -> 1_000L;
                    case "MB" -> 1_000_000L;
                    case "GB" -> 1_000_000_000L;
                    case "KiB" -> 1L << 10;
                    case "MiB" -> 1L << 20;
                    default -> 1L << 30;
                };
        return Math.multiplyExact(Long.parseLong(matcher.group(1)), unit);
    }

    private static Matcher matched(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(text);
        }
        return matcher;
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
}
