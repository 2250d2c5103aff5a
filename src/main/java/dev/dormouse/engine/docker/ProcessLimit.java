package dev.dormouse.engine.docker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * How often the kernel refused containers a further process, as their cgroups tell where the engine
 * is on this machine.
 */
final class ProcessLimit {
    private static final Pattern REFUSED = Pattern.compile("max (\\d+)");

    /** In either version of cgroups, under either of the engine's drivers for them. */
    private static final List<String> PLACES =
            Stream.concat(ControlGroups.second().stream(), ControlGroups.first("pids").stream())
                    .map(folder -> folder + "/pids.events")
                    .toList();

    private ProcessLimit() {}

    /** By the engine's ids; those of which nothing can be told are not in it. */
    static Map<String, Long> refusals(Collection<String> dockerIds) {
        Map<String, Long> refusals = new HashMap<>();
        Optional<String> place = dockerIds.stream().flatMap(ProcessLimit::placesOf).findFirst();
        if (place.isPresent()) {
            for (String id : dockerIds) {
                refusals(file(place.get(), id)).ifPresent(count -> refusals.put(id, count));
            }
        }
        return refusals;
    }

    /** One engine keeps all of them in one place. */
    private static Stream<String> placesOf(String dockerId) {
        return PLACES.stream().filter(place -> Files.isReadable(file(place, dockerId)));
    }

    private static OptionalLong refusals(Path file) {
        try {
            Matcher matcher = REFUSED.matcher(Files.readString(file));
            return matcher.find()
                    ? OptionalLong.of(Long.parseLong(matcher.group(1)))
                    : OptionalLong.empty();
        } catch (IOException gone) {
            return OptionalLong.empty();
        }
    }

    private static Path file(String place, String dockerId) {
        return Path.of(place.formatted(dockerId));
    }
}
