package dev.dormouse.model;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Per-container options that the API has no field for, given as tags so that every client can set
 * them.
 *
 * @param idleAfter how long the last instance stays awake without a request; empty means the
 *     server's setting
 * @param sleep what becomes of an idle instance; empty means the server's setting
 * @param asleepAnswers what is answered without waking it
 * @param accessLog whether the access log tells of its requests
 * @param scaleOn what it is scaled by besides what the API says
 * @param standby how many instances are kept frozen beyond what is needed
 */
public record Options(
        Optional<Duration> idleAfter,
        Optional<Sleep> sleep,
        AsleepAnswers asleepAnswers,
        AccessLog accessLog,
        List<Scaling> scaleOn,
        int standby) {
    /** What becomes of an idle instance. */
    public enum Sleep {
        /** As below, and after a while its memory is pushed out, if the machine has swap. */
        DEEP,
        /** It stands still and keeps its memory, until the next request or until that is wanted. */
        FREEZE,
        /** It is stopped and started again on demand. */
        STOP
    }

    /** Whether the access log tells of a container's requests. */
    public enum AccessLog {
        /** As the server's setting says. */
        UNSAID,
        /** It does, also where the setting is off. */
        ON,
        /** It does not. */
        OFF
    }

    /** Those of a container without such tags. */
    public static final Options NONE = new Draft().options();

    private static final String PREFIX = "dormouse.";

    /** As many as a container may have instances. */
    private static final int STANDBY_MAX = 50;

    private static final Pattern NUMBER = Pattern.compile("\\d{1,4}");
    private static final Pattern DURATION = Pattern.compile("(\\d{1,6})(s|m|h)");

    public Options {
        scaleOn = List.copyOf(scaleOn);
    }

    /** Options as one tag after the other is read. */
    private static final class Draft {
        private Optional<Duration> idleAfter = Optional.empty();
        private Optional<Sleep> sleep = Optional.empty();
        private AsleepAnswers asleepAnswers = AsleepAnswers.NONE;
        private AccessLog accessLog = AccessLog.UNSAID;
        private List<Scaling> scaleOn = List.of();
        private int standby;

        Options options() {
            return new Options(idleAfter, sleep, asleepAnswers, accessLog, scaleOn, standby);
        }
    }

    /** An option: what its tag is called, what that takes, and who understands it. */
    private record Known(String name, String takes, BiPredicate<Draft, String> reader) {
        static <T> Known of(
                String name,
                String takes,
                Function<String, Optional<T>> parse,
                BiConsumer<Draft, T> set) {
            return new Known(
                    PREFIX + name,
                    takes,
                    (draft, value) -> {
                        Optional<T> read = parse.apply(value);
                        read.ifPresent(one -> set.accept(draft, one));
                        return read.isPresent();
                    });
        }

        /** Puts what the tag says into the draft; a wrong one changes nothing. */
        boolean understands(Draft draft, String tag) {
            return reader.test(draft, valueOf(tag));
        }
    }

    private static final List<Known> KNOWN =
            List.of(
                    Known.of(
                            "idle-after",
                            "a number followed by s, m or h, such as 90s or 15m",
                            Options::duration,
                            (draft, read) -> draft.idleAfter = Optional.of(read)),
                    Known.of(
                            "sleep",
                            "deep, freeze or stop",
                            Options::sleep,
                            (draft, read) -> draft.sleep = Optional.of(read)),
                    Known.of(
                            "asleep-answer",
                            "a path or OPTIONS, a colon, and a status of 2xx, 4xx or 5xx, such as"
                                    + " /healthz:200 or OPTIONS:204",
                            AsleepAnswers::of,
                            (draft, read) -> draft.asleepAnswers = draft.asleepAnswers.and(read)),
                    Known.of(
                            "access-log",
                            "on or off",
                            Options::accessLog,
                            (draft, read) -> draft.accessLog = read),
                    Known.of(
                            "scale-on",
                            ScaleOn.TAKES,
                            ScaleOn::read,
                            (draft, read) -> draft.scaleOn = read),
                    Known.of(
                            "standby",
                            "a number of instances from 0 to " + STANDBY_MAX,
                            Options::standby,
                            (draft, read) -> draft.standby = read));

    /**
     * Reads the options among the tags; wrong ones are passed over, for {@link #mistakes} tells
     * them at the write.
     */
    public static Options of(List<String> tags) {
        Draft draft = new Draft();
        for (String tag : tags) {
            Optional<Known> option = known(tag);
            boolean _ = option.isPresent() && option.get().understands(draft, tag);
        }
        return draft.options();
    }

    /**
     * One sentence for each tag that looks like an option and is none, naming the tag and what is
     * allowed.
     */
    public static List<String> mistakes(List<String> tags) {
        return tags.stream()
                .filter(tag -> tag.startsWith(PREFIX))
                .flatMap(tag -> mistake(tag).stream())
                .toList();
    }

    private static Optional<String> mistake(String tag) {
        Optional<Known> option = known(tag);
        if (option.isEmpty()) {
            String names = KNOWN.stream().map(Known::name).collect(Collectors.joining(", "));
            return Optional.of("\"%s\" is not an option; known are %s".formatted(tag, names));
        }
        return option.get().understands(new Draft(), tag)
                ? Optional.empty()
                : Optional.of(
                        "\"%s\": %s takes %s"
                                .formatted(tag, option.get().name(), option.get().takes()));
    }

    private static Optional<Known> known(String tag) {
        String name = tag.contains("=") ? tag.substring(0, tag.indexOf('=')) : tag;
        return KNOWN.stream().filter(option -> option.name().equals(name)).findFirst();
    }

    private static String valueOf(String tag) {
        return tag.contains("=") ? tag.substring(tag.indexOf('=') + 1) : "";
    }

    private static Optional<AccessLog> accessLog(String text) {
        return switch (text) {
            case "on" -> Optional.of(AccessLog.ON);
            case "off" -> Optional.of(AccessLog.OFF);
            default -> Optional.empty();
        };
    }

    private static Optional<Sleep> sleep(String text) {
        return switch (text) {
            case "deep" -> Optional.of(Sleep.DEEP);
            case "freeze" -> Optional.of(Sleep.FREEZE);
            case "stop" -> Optional.of(Sleep.STOP);
            default -> Optional.empty();
        };
    }

    private static Optional<Integer> standby(String text) {
        return NUMBER.matcher(text).matches()
                ? Optional.of(Integer.parseInt(text)).filter(number -> number <= STANDBY_MAX)
                : Optional.empty();
    }

    private static Optional<Duration> duration(String text) {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long amount = Long.parseLong(matcher.group(1));
        return Optional.of(
                switch (matcher.group(2)) {
                    case "s" -> Duration.ofSeconds(amount);
                    case "m" -> Duration.ofMinutes(amount);
                    default -> Duration.ofHours(amount);
                });
    }
}
