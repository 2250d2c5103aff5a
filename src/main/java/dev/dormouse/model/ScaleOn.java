package dev.dormouse.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads what a container is scaled by from a tag: {@code MEASURE:THRESHOLD}, several separated by
 * commas, each measure once. {@code concurrency} takes requests on one instance, {@code cpu} and
 * {@code memory} take per cent of the limit.
 */
final class ScaleOn {
    static final String TAKES =
            "one or several of concurrency:1-%d, cpu:1-100 and memory:1-100, separated by commas, such as cpu:70,memory:80"
                    .formatted(Scaling.REQUESTS_MOST);

    private static final int PERCENT_MOST = 100;
    private static final Pattern ONE = Pattern.compile("(concurrency|cpu|memory):([1-9]\\d{0,2})");

    private ScaleOn() {}

    /** Empty if any of it is wrong. */
    static Optional<List<Scaling>> read(String text) {
        List<Scaling> all = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            Optional<Scaling> one = one(part);
            if (one.isEmpty()
                    || all.stream().anyMatch(other -> other.getClass() == one.get().getClass())) {
                return Optional.empty();
            }
            all.add(one.get());
        }
        return Optional.of(List.copyOf(all));
    }

    private static Optional<Scaling> one(String part) {
        Matcher matcher = ONE.matcher(part);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        int threshold = Integer.parseInt(matcher.group(2));
        return switch (matcher.group(1)) {
            case "concurrency" ->
                    Optional.<Scaling>of(new Scaling.Concurrency(threshold))
                            .filter(_ -> threshold <= Scaling.REQUESTS_MOST);
            case "cpu" ->
                    Optional.<Scaling>of(new Scaling.Cpu(threshold))
                            .filter(_ -> threshold <= PERCENT_MOST);
            default ->
                    Optional.<Scaling>of(new Scaling.Memory(threshold))
                            .filter(_ -> threshold <= PERCENT_MOST);
        };
    }
}
