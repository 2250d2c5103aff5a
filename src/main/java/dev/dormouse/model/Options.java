package dev.dormouse.model;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Per-container options that the API has no field for, given as tags so that every client can set
 * them.
 *
 * @param idleAfter how long the last instance stays awake without a request; empty means the
 *     server's setting
 * @param sleep what becomes of an idle instance; empty means the server's setting
 * @param asleepAnswers what is answered without waking it
 * @param accessLog whether the access log tells of its requests
 */
public record Options(
        Optional<Duration> idleAfter,
        Optional<Sleep> sleep,
        AsleepAnswers asleepAnswers,
        AccessLog accessLog) {
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
    public static final Options NONE =
            new Options(Optional.empty(), Optional.empty(), AsleepAnswers.NONE, AccessLog.UNSAID);

    private static final String PREFIX = "dormouse.";
    private static final String IDLE_AFTER = PREFIX + "idle-after";
    private static final String SLEEP = PREFIX + "sleep";
    private static final String ASLEEP_ANSWER = PREFIX + "asleep-answer";
    private static final Pattern DURATION = Pattern.compile("(\\d{1,6})(s|m|h)");
    private static final String ACCESS_LOG = PREFIX + "access-log";

    /**
     * Reads the options among the tags; wrong ones are passed over, for {@link #mistakes} tells
     * them at the write.
     */
    public static Options of(List<String> tags) {
        Options options = NONE;
        for (String tag : tags) {
            if (tag.startsWith(PREFIX)) {
                options = options.with(tag);
            }
        }
        return options;
    }

    private Options with(String tag) {
        String value = valueOf(tag);
        return switch (nameOf(tag)) {
            case IDLE_AFTER -> new Options(duration(value), sleep, asleepAnswers, accessLog);
            case SLEEP -> new Options(idleAfter, sleep(value), asleepAnswers, accessLog);
            case ASLEEP_ANSWER ->
                    new Options(
                            idleAfter,
                            sleep,
                            asleepAnswers.with(value).orElse(asleepAnswers),
                            accessLog);
            case ACCESS_LOG ->
                    new Options(
                            idleAfter, sleep, asleepAnswers, accessLog(value).orElse(accessLog));
            default -> this;
        };
    }

    /**
     * One sentence for each tag that looks like an option and is none, naming the tag and what is
     * allowed.
     */
    public static List<String> mistakes(List<String> tags) {
        List<String> mistakes = new ArrayList<>();
        for (String tag : tags) {
            if (tag.startsWith(PREFIX)) {
                mistake(tag).ifPresent(mistakes::add);
            }
        }
        return mistakes;
    }

    private static Optional<String> mistake(String tag) {
        return switch (nameOf(tag)) {
            case IDLE_AFTER ->
                    duration(valueOf(tag)).isPresent()
                            ? Optional.empty()
                            : Optional.of(
                                    "\"%s\": dormouse.idle-after takes a number followed by s, m or h, such as 90s or 15m"
                                            .formatted(tag));
            case SLEEP ->
                    sleep(valueOf(tag)).isPresent()
                            ? Optional.empty()
                            : Optional.of(
                                    "\"%s\": dormouse.sleep takes deep, freeze or stop"
                                            .formatted(tag));
            case ASLEEP_ANSWER ->
                    AsleepAnswers.NONE.with(valueOf(tag)).isPresent()
                            ? Optional.empty()
                            : Optional.of(
                                    "\"%s\": dormouse.asleep-answer takes a path or OPTIONS, a colon, and a status of 2xx, 4xx or 5xx, such as /healthz:200 or OPTIONS:204"
                                            .formatted(tag));
            case ACCESS_LOG ->
                    accessLog(valueOf(tag)).isPresent()
                            ? Optional.empty()
                            : Optional.of(
                                    "\"%s\": dormouse.access-log takes on or off".formatted(tag));
            default ->
                    Optional.of(
                            "\"%s\" is not an option; known are dormouse.idle-after, dormouse.sleep, dormouse.asleep-answer and dormouse.access-log"
                                    .formatted(tag));
        };
    }

    private static String nameOf(String tag) {
        return tag.contains("=") ? tag.substring(0, tag.indexOf('=')) : tag;
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

    private static String valueOf(String tag) {
        return tag.contains("=") ? tag.substring(tag.indexOf('=') + 1) : "";
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
