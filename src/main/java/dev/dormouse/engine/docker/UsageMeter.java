package dev.dormouse.engine.docker;

import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.MemoryStatsConfig;
import com.github.dockerjava.api.model.Statistics;
import com.github.dockerjava.api.model.StatsConfig;
import dev.dormouse.engine.EngineException;
import dev.dormouse.engine.EngineException.Kind;
import dev.dormouse.engine.Usage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads what instances use: in the kernel's own files where the engine's control groups can be read
 * from here, else from the engine, which takes a second or two to answer. Safe on any thread.
 */
final class UsageMeter {
    /** Names the only number of a file that has no names. */
    private static final String ONLY = "";

    private static final List<Place> PLACES = places();

    private final Session session;

    /** The engine's ids by ours, of what was asked for. */
    private final Map<String, String> ids = new ConcurrentHashMap<>();

    /**
     * Where a version of control groups tells it, under one of the engine's drivers.
     *
     * @param cpuName what the time is called in its file
     * @param nanosEach what it is counted in
     * @param cacheName what the droppable pages are called in the details
     * @param swappedName what is not in memory any more is called in its file
     */
    private record Place(
            String cpu,
            String cpuName,
            long nanosEach,
            String charged,
            String details,
            String cacheName,
            String swapped,
            String swappedName) {
        static Place first(String accounting, String memory) {
            return new Place(
                    accounting + "/cpuacct.usage",
                    ONLY,
                    1,
                    memory + "/memory.usage_in_bytes",
                    memory + "/memory.stat",
                    "total_inactive_file",
                    memory + "/memory.stat",
                    "total_swap");
        }

        static Place second(String folder) {
            return new Place(
                    folder + "/cpu.stat",
                    "usage_usec",
                    1_000,
                    folder + "/memory.current",
                    folder + "/memory.stat",
                    "inactive_file",
                    folder + "/memory.swap.current",
                    ONLY);
        }

        boolean isOf(String dockerId) {
            return Files.isReadable(Path.of(cpu.formatted(dockerId)));
        }

        Usage read(String dockerId) throws IOException {
            long worked =
                    number(cpu, cpuName, dockerId)
                            .orElseThrow(() -> new NoSuchFileException(cpu.formatted(dockerId)));
            return usage(
                    worked * nanosEach,
                    number(charged, ONLY, dockerId).orElse(0),
                    number(details, cacheName, dockerId).orElse(0),
                    number(swapped, swappedName, dockerId).orElse(0));
        }

        /** Empty where the kernel does not count it: it has no file, or no line, for it then. */
        private static OptionalLong number(String file, String name, String dockerId)
                throws IOException {
            try (Stream<String> lines = Files.lines(Path.of(file.formatted(dockerId)))) {
                return lines.map(line -> line.split(" ", 2))
                        .filter(words -> name.equals(ONLY) || words[0].equals(name))
                        .mapToLong(words -> Long.parseLong(words[words.length - 1].strip()))
                        .findFirst();
            } catch (NoSuchFileException notCounted) {
                return OptionalLong.empty();
            } catch (UncheckedIOException e) {
                throw e.getCause();
            }
        }
    }

    UsageMeter(Session session) {
        this.session = session;
    }

    private static List<Place> places() {
        List<Place> places = new ArrayList<>();
        List<String> memory = ControlGroups.first("memory");
        List<String> accounting = ControlGroups.first("cpuacct");
        for (int driver = 0; driver < memory.size(); driver++) {
            places.add(Place.first(accounting.get(driver), memory.get(driver)));
        }
        ControlGroups.second().stream().map(Place::second).forEach(places::add);
        return List.copyOf(places);
    }

    Usage read(String instanceId) {
        try {
            String id = idOf(instanceId);
            return fromKernel(id).orElseGet(() -> fromEngine(id));
        } catch (DockerException e) {
            ids.remove(instanceId);
            throw Refusals.general("measuring an instance", e);
        }
    }

    /** Forgets the instances that are not among these. */
    void keep(Collection<String> instanceIds) {
        ids.keySet().retainAll(instanceIds);
    }

    private String idOf(String instanceId) {
        String known = ids.get(instanceId);
        if (known != null) {
            return known;
        }
        String name = session.nameOf(instanceId);
        String id = session.call(() -> session.client().inspectContainerCmd(name).exec().getId());
        ids.put(instanceId, id);
        return id;
    }

    /** Empty when its files are not here, or no longer. */
    static Optional<Usage> fromKernel(String dockerId) {
        Optional<Place> place = PLACES.stream().filter(one -> one.isOf(dockerId)).findFirst();
        try {
            return place.isPresent() ? Optional.of(place.get().read(dockerId)) : Optional.empty();
        } catch (IOException ended) {
            return Optional.empty();
        }
    }

    Usage fromEngine(String dockerId) {
        Statistics told =
                session.call(() -> {
                    Answer answer = new Answer();
                    try (answer) {
                        session.client().statsCmd(dockerId).withNoStream(true).exec(answer);
                        answer.awaitCompletion();
                    }
                    return answer.told;
                });
        MemoryStatsConfig memory = told == null ? null : told.getMemoryStats();
        if (told == null || memory == null || memory.getUsage() == null) {
            throw new EngineException(Kind.REFUSED, "an instance that does not run uses nothing");
        }
        StatsConfig details = memory.getStats();
        return usage(cpuNanos(told), memory.getUsage(), details == null ? 0 : cache(details), 0);
    }

    private static long cpuNanos(Statistics told) {
        var cpu = told.getCpuStats().getCpuUsage();
        Long total = cpu == null ? null : cpu.getTotalUsage();
        return total == null ? 0 : total;
    }

    /** The versions call it differently, and the first has the other name for something else. */
    private static long cache(StatsConfig details) {
        Long first = details.getTotalInactiveFile();
        Long second = details.getInactiveFile();
        return first != null ? first : second != null ? second : 0;
    }

    private static Usage usage(long cpuNanos, long charged, long cache, long swapped) {
        return new Usage(
                Duration.ofNanos(cpuNanos), Math.max(0, charged - cache), charged, swapped);
    }

    private static final class Answer extends ResultCallback.Adapter<Statistics> {
        private volatile @Nullable Statistics told;

        @Override
        public void onNext(Statistics one) {
            told = one;
        }
    }
}
