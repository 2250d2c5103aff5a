package dev.dormouse.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dormouse.model.Container;
import dev.dormouse.model.Namespace;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Lists give what filtering, sorting and cutting in memory would give. Few names and few ages, so
 * that ties are common.
 */
abstract class ListContract {
    private static final List<String> REGIONS = List.of("fr-par", "nl-ams");
    private static final List<String> NAMES = List.of("a", "b", "b-1", "b1", "c");
    private static final int TRIES = 300;

    private final List<Namespace> namespaces = new ArrayList<>();
    private final List<Container> containers = new ArrayList<>();
    private final List<UUID> projects = new ArrayList<>();
    private final List<UUID> organizations = new ArrayList<>();
    private Random random;
    private Store store;

    abstract Store open();

    @BeforeEach
    final void fillStore() {
        long seed = Long.getLong("seed", RandomGenerator.getDefault().nextLong());
        System.out.printf("-Dseed=%d%n", seed);
        random = new Random(seed);
        Samples samples = new Samples(random);
        for (int i = 0; i < 3; i++) {
            projects.add(samples.id());
            organizations.add(samples.id());
        }
        for (UUID project : projects) {
            for (String region : REGIONS) {
                NAMES.forEach(name -> namespaces.add(namespace(samples, project, region, name)));
            }
        }
        for (Namespace namespace : namespaces) {
            NAMES.stream()
                    .filter(_ -> random.nextBoolean())
                    .map(name -> Variations.named(samples.container(namespace), name, age()))
                    .forEach(containers::add);
        }
        store = open();
        store.write(tables -> {
            namespaces.forEach(tables.namespaces()::insert);
            containers.forEach(tables.containers()::insert);
            return true;
        });
    }

    @AfterEach
    final void closeStore() {
        store.close();
    }

    @Test
    void pagesOfNamespacesAreWhatFilteringAndSortingInMemoryGives() {
        for (int i = 0; i < TRIES; i++) {
            NamespaceFilter filter = namespaceFilter();
            Paging paging = paging();

            Page<Namespace> page = store.read(tables -> tables.namespaces().list(filter, paging));

            assertThat(page)
                    .as("%s %s", filter, paging)
                    .isEqualTo(
                            expected(
                                    namespaces.stream().filter(one -> meets(one, filter)),
                                    paging,
                                    Namespace::name,
                                    Namespace::createdAt,
                                    Namespace::id));
        }
    }

    @Test
    void pagesOfContainersAreWhatFilteringAndSortingInMemoryGives() {
        for (int i = 0; i < TRIES; i++) {
            ContainerFilter filter = containerFilter();
            Paging paging = paging();

            Page<Container> page = store.read(tables -> tables.containers().list(filter, paging));

            assertThat(page)
                    .as("%s %s", filter, paging)
                    .isEqualTo(
                            expected(
                                    containers.stream().filter(one -> meets(one, filter)),
                                    paging,
                                    Container::name,
                                    Container::createdAt,
                                    Container::id));
        }
    }

    @Test
    void showsNothingOfAProjectThatMayNotBeRead() {
        Namespace hidden = namespaces.getFirst();
        NamespaceFilter filter =
                new NamespaceFilter(
                        hidden.region(),
                        Optional.empty(),
                        Optional.of(hidden.projectId()),
                        Optional.empty(),
                        Set.of(projects.getLast()));

        Page<Namespace> page =
                store.read(tables ->
                        tables.namespaces()
                                .list(filter, new Paging(Paging.Order.NAME_ASC, 1, 100)));

        assertThat(page).isEqualTo(new Page<>(List.of(), 0));
    }

    @Test
    void countsAllEvenPastTheLastPage() {
        NamespaceFilter all =
                new NamespaceFilter(
                        "fr-par",
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Set.copyOf(projects));

        Page<Namespace> page =
                store.read(tables ->
                        tables.namespaces()
                                .list(
                                        all,
                                        new Paging(
                                                Paging.Order.CREATED_AT_DESC,
                                                Integer.MAX_VALUE,
                                                1_000)));

        assertThat(page).isEqualTo(new Page<>(List.of(), (long) NAMES.size() * projects.size()));
    }

    @Test
    void refusesAPageBeforeTheFirst() {
        assertThatThrownBy(() -> new Paging(Paging.Order.NAME_ASC, 0, 1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private Namespace namespace(Samples samples, UUID project, String region, String name) {
        Namespace like = samples.namespace();
        return new Namespace(
                like.id(),
                region,
                any(organizations),
                project,
                name,
                like.description(),
                like.status(),
                like.environment(),
                like.secretEnvironment(),
                like.tags(),
                age(),
                like.updatedAt());
    }

    private NamespaceFilter namespaceFilter() {
        return new NamespaceFilter(
                any(REGIONS), maybe(organizations), maybe(projects), maybe(NAMES), readable());
    }

    private ContainerFilter containerFilter() {
        return new ContainerFilter(
                any(REGIONS),
                maybe(organizations),
                maybe(projects),
                maybe(namespaces).map(Namespace::id),
                maybe(NAMES),
                readable());
    }

    private static boolean meets(Namespace one, NamespaceFilter filter) {
        return one.region().equals(filter.region())
                && filter.organizationId().map(one.organizationId()::equals).orElse(true)
                && filter.projectId().map(one.projectId()::equals).orElse(true)
                && filter.name().map(one.name()::equals).orElse(true)
                && filter.readableProjects().contains(one.projectId());
    }

    private static boolean meets(Container one, ContainerFilter filter) {
        return one.region().equals(filter.region())
                && filter.organizationId().map(one.organizationId()::equals).orElse(true)
                && filter.projectId().map(one.projectId()::equals).orElse(true)
                && filter.namespaceId().map(one.namespaceId()::equals).orElse(true)
                && filter.name().map(one.name()::equals).orElse(true)
                && filter.readableProjects().contains(one.projectId());
    }

    private static <T> Page<T> expected(
            Stream<T> matches,
            Paging paging,
            Function<T, String> name,
            Function<T, Instant> age,
            Function<T, UUID> id) {
        Comparator<T> byAge =
                Comparator.comparing(age).thenComparing(one -> id.apply(one).toString());
        Comparator<T> byName = Comparator.comparing(name).thenComparing(byAge);
        List<T> sorted =
                matches.sorted(
                                switch (paging.order()) {
                                    case CREATED_AT_ASC -> byAge;
                                    case CREATED_AT_DESC -> byAge.reversed();
                                    case NAME_ASC -> byName;
                                    case NAME_DESC -> byName.reversed();
                                })
                        .toList();
        return new Page<>(
                sorted.stream().skip(paging.offset()).limit(paging.pageSize()).toList(),
                sorted.size());
    }

    private Paging paging() {
        return new Paging(
                any(List.of(Paging.Order.values())), random.nextInt(4) + 1, random.nextInt(9) + 1);
    }

    private Set<UUID> readable() {
        Set<UUID> readable = new HashSet<>(projects);
        readable.removeIf(_ -> random.nextInt(3) == 0);
        return readable;
    }

    private Instant age() {
        return Instant.ofEpochSecond(1_800_000_000L, random.nextLong(4) * 1_000L);
    }

    private <T> T any(List<T> all) {
        return all.get(random.nextInt(all.size()));
    }

    private <T> Optional<T> maybe(List<T> all) {
        return random.nextBoolean() ? Optional.of(any(all)) : Optional.empty();
    }
}
