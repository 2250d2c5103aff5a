package dev.dormouse.store;

import dev.dormouse.model.ApiKey;
import dev.dormouse.model.Container;
import dev.dormouse.model.ExactImage;
import dev.dormouse.model.Namespace;
import dev.dormouse.model.PermissionSet;
import dev.dormouse.model.Pin;
import dev.dormouse.model.Privacy;
import dev.dormouse.model.Probe;
import dev.dormouse.model.Protocol;
import dev.dormouse.model.Revision;
import dev.dormouse.model.Sandbox;
import dev.dormouse.model.Scaling;
import dev.dormouse.model.Secret;
import dev.dormouse.model.Service;
import dev.dormouse.model.Status;
import dev.dormouse.model.Workload;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Random nouns, every field of them, with texts that quoting and encodings may trip over. */
final class Samples {
    private static final List<String> SCRAPS =
            List.of(
                    "a", "Z", "0", " ", "'", "\"", "\\", "\n", "\r\n", "\t", ":id", "?", "%", "<b>",
                    "{}", ";--", "é", "日本", "🐭", "\u2028", "/", "$(X)", "\u0001");
    private static final long SECONDS_MAX = 4_000_000_000L;

    private final RandomGenerator random;

    Samples(RandomGenerator random) {
        this.random = random;
    }

    Namespace namespace() {
        return new Namespace(
                id(),
                "fr-par",
                id(),
                id(),
                name(),
                text(),
                any(Status.values()),
                texts(),
                secrets(),
                list(),
                instant(),
                instant());
    }

    Container container(Namespace namespace) {
        return new Container(
                id(),
                namespace.region(),
                namespace.organizationId(),
                namespace.projectId(),
                namespace.id(),
                namespace.name(),
                name(),
                text(),
                list(),
                workload(),
                service(),
                random.nextLong(),
                any(Status.values()),
                text(),
                instant(),
                instant());
    }

    Revision revision(Container container, int number, Revision.State state) {
        return new Revision(
                container.id(),
                number,
                random.nextLong(),
                image(),
                workload(),
                texts(),
                text(),
                state,
                text(),
                instant());
    }

    ApiKey apiKey() {
        Set<PermissionSet> sets = new HashSet<>();
        for (PermissionSet set : PermissionSet.values()) {
            if (random.nextBoolean()) {
                sets.add(set);
            }
        }
        return new ApiKey(
                name(), name(), text(), id(), id(), sets, instant(), maybe(this::instant));
    }

    UUID id() {
        return new UUID(random.nextLong(), random.nextLong());
    }

    String name() {
        return "n" + Long.toString(random.nextLong(Long.MAX_VALUE), Character.MAX_RADIX);
    }

    Instant instant() {
        return Instant.ofEpochSecond(
                random.nextLong(-SECONDS_MAX, SECONDS_MAX), random.nextLong(1_000_000L) * 1_000L);
    }

    private Workload workload() {
        return new Workload(
                text(),
                maybe(() -> new Pin(random.nextInt(), image())),
                list(),
                list(),
                texts(),
                secrets(),
                random.nextInt(),
                any(Protocol.values()),
                any(Sandbox.values()),
                random.nextLong(),
                random.nextInt(),
                random.nextLong(),
                maybe(this::id),
                probe(),
                maybe(this::probe));
    }

    private ExactImage image() {
        return new ExactImage(text(), text());
    }

    private Service service() {
        return new Service(
                random.nextInt(),
                random.nextInt(),
                switch (random.nextInt(3)) {
                    case 0 -> new Scaling.Concurrency(random.nextInt());
                    case 1 -> new Scaling.Cpu(random.nextInt());
                    default -> new Scaling.Memory(random.nextInt());
                },
                duration(),
                any(Privacy.values()),
                random.nextBoolean());
    }

    private Probe probe() {
        return new Probe(
                random.nextInt(),
                duration(),
                duration(),
                random.nextBoolean() ? new Probe.Check.Tcp() : new Probe.Check.Http(text()));
    }

    private Duration duration() {
        return Duration.ofNanos(random.nextLong());
    }

    private Map<String, String> texts() {
        Map<String, String> texts = new HashMap<>();
        IntStream.range(0, random.nextInt(4)).forEach(_ -> texts.put(text(), text()));
        return texts;
    }

    private Map<String, Secret> secrets() {
        Map<String, Secret> secrets = new HashMap<>();
        IntStream.range(0, random.nextInt(4))
                .forEach(_ -> secrets.put(text(), new Secret(text(), text())));
        return secrets;
    }

    private List<String> list() {
        return Stream.generate(this::text).limit(random.nextInt(4)).toList();
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        int scraps = random.nextInt(8);
        for (int i = 0; i < scraps; i++) {
            text.append(SCRAPS.get(random.nextInt(SCRAPS.size())));
        }
        return text.toString();
    }

    private <T> Optional<T> maybe(Supplier<T> value) {
        return random.nextBoolean() ? Optional.of(value.get()) : Optional.empty();
    }

    private <T> T any(T[] values) {
        return values[random.nextInt(values.length)];
    }
}
