package dev.dormouse.model;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is answered in the name of a container that sleeps, without waking it: to health checks,
 * browsers that look for an icon, or requests for permission from other sites.
 *
 * @param byPath the status by the path, without its query
 * @param options the status of every OPTIONS request to another path
 */
public record AsleepAnswers(Map<String, Integer> byPath, OptionalInt options) {
    /** Everything wakes it. */
    public static final AsleepAnswers NONE = new AsleepAnswers(Map.of(), OptionalInt.empty());

    /** A redirect would need to say where to. */
    private static final Pattern ONE = Pattern.compile("(/[^?#\\s]*|OPTIONS):([245]\\d\\d)");

    public AsleepAnswers {
        byPath = Map.copyOf(byPath);
    }

    /** One alone, such as {@code /healthz:200} or {@code OPTIONS:204}; empty if it is wrong. */
    static Optional<AsleepAnswers> of(String one) {
        Matcher matcher = ONE.matcher(one);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        int status = Integer.parseInt(matcher.group(2));
        return Optional.of(
                matcher.group(1).equals("OPTIONS")
                        ? new AsleepAnswers(Map.of(), OptionalInt.of(status))
                        : new AsleepAnswers(Map.of(matcher.group(1), status), OptionalInt.empty()));
    }

    /** With those of the other, which come before its own. */
    AsleepAnswers and(AsleepAnswers other) {
        Map<String, Integer> more = new HashMap<>(byPath);
        more.putAll(other.byPath);
        return new AsleepAnswers(more, other.options.isPresent() ? other.options : options);
    }

    /**
     * The status for a request; empty if it is to wake the container.
     *
     * @param target path and query
     */
    public OptionalInt to(String method, String target) {
        if (byPath.isEmpty() && options.isEmpty()) {
            return OptionalInt.empty();
        }
        int query = target.indexOf('?');
        Integer status = byPath.get(query < 0 ? target : target.substring(0, query));
        if (status != null) {
            return OptionalInt.of(status);
        }
        return method.equals("OPTIONS") ? options : OptionalInt.empty();
    }
}
