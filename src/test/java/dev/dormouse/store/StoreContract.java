package dev.dormouse.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dormouse.model.ApiKey;
import dev.dormouse.model.Container;
import dev.dormouse.model.Namespace;
import dev.dormouse.model.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/**
 * Every database behind the store gives back what was put into it; a subclass names the database.
 */
abstract class StoreContract extends StoreFixture {
    @RepeatedTest(20)
    void givesBackEveryFieldOfANamespace() {
        Namespace namespace = newNamespace();

        reopen();

        assertThat(namespace("fr-par", namespace.id())).contains(namespace);
    }

    @RepeatedTest(20)
    void givesBackEveryFieldOfAContainer() {
        Container container = newContainer(newNamespace());

        reopen();

        assertThat(container("fr-par", container.id())).contains(container);
        assertThat(container(container.id())).contains(container);
    }

    @RepeatedTest(20)
    void givesBackEveryFieldOfAKey() {
        ApiKey key = samples().apiKey();
        change(tables -> tables.keys().insert(key));

        reopen();

        assertThat(key(key.accessKey())).contains(key);
        assertThat(keys()).containsExactly(key);
    }

    @Test
    void givesBackHowLongContainersBootUntilTheyAreGone() {
        Container container = newContainer(newNamespace());
        Container other = newContainer(newNamespace());
        Duration boot = Duration.ofMillis(2_100);
        change(tables -> {
            tables.slowBoots().put(container.id(), Duration.ofSeconds(9));
            tables.slowBoots().put(container.id(), boot);
            tables.slowBoots().put(other.id(), boot);
            tables.slowBoots().put(UUID.randomUUID(), boot);
        });

        reopen();

        assertThat(slowBoots()).isEqualTo(Map.of(container.id(), boot, other.id(), boot));
        change(tables -> {
            tables.slowBoots().delete(other.id());
            tables.containers().delete(container.id());
        });
        assertThat(slowBoots()).isEmpty();
    }

    private Map<UUID, Duration> slowBoots() {
        return store().read(tables -> tables.slowBoots().all());
    }

    @RepeatedTest(5)
    void updatesEveryMutableFieldOfANamespace() {
        Namespace before = newNamespace();
        Namespace other = samples().namespace();
        Namespace after =
                new Namespace(
                        before.id(),
                        before.region(),
                        before.organizationId(),
                        before.projectId(),
                        before.name(),
                        other.description(),
                        other.status(),
                        other.environment(),
                        other.secretEnvironment(),
                        other.tags(),
                        before.createdAt(),
                        other.updatedAt());

        change(tables -> tables.namespaces().update(after));

        assertThat(namespace("fr-par", before.id())).contains(after);
    }

    @RepeatedTest(5)
    void updatesEveryMutableFieldOfAContainer() {
        Namespace namespace = newNamespace();
        Container before = newContainer(namespace);
        Container other = samples().container(namespace);
        Container after =
                new Container(
                        before.id(),
                        before.region(),
                        before.organizationId(),
                        before.projectId(),
                        before.namespaceId(),
                        before.namespaceName(),
                        before.name(),
                        other.description(),
                        other.tags(),
                        other.workload(),
                        other.service(),
                        other.generation(),
                        other.status(),
                        other.errorMessage(),
                        before.createdAt(),
                        other.updatedAt());

        change(tables -> tables.containers().update(after));

        assertThat(container(before.id())).contains(after);
    }

    @Test
    void findsNothingInAnotherRegion() {
        Container container = newContainer(newNamespace());

        assertThat(namespace("nl-ams", container.namespaceId())).isEmpty();
        assertThat(container("nl-ams", container.id())).isEmpty();
    }

    @Test
    void findsIdsByName() {
        Namespace namespace = newNamespace();
        Container container = newContainer(namespace);

        assertThat(namespaceNamed("fr-par", namespace.projectId(), namespace.name()))
                .contains(namespace.id());
        assertThat(namespaceNamed("nl-ams", namespace.projectId(), namespace.name())).isEmpty();
        assertThat(containerNamed(namespace.id(), container.name())).contains(container.id());
        assertThat(containerNamed(namespace.id(), "another")).isEmpty();
    }

    @Test
    void refusesASecondOfTheSameName() {
        Container container = newContainer(newNamespace());

        assertThatThrownBy(() ->
                        change(tables ->
                                tables.containers()
                                        .insert(Variations.withId(container, samples().id()))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("container.name");
        assertThat(containers()).containsExactly(container);
    }

    @Test
    void refusesToDeleteANamespaceThatHoldsContainers() {
        Container container = newContainer(newNamespace());

        assertThatThrownBy(
                        () -> change(tables -> tables.namespaces().delete(container.namespaceId())))
                .isInstanceOf(IllegalStateException.class);
        assertThat(container(container.id())).isPresent();
    }

    @Test
    void refusesToUpdateWhatIsNotThere() {
        Namespace namespace = samples().namespace();

        assertThatThrownBy(() -> change(tables -> tables.namespaces().update(namespace)))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() ->
                        change(tables ->
                                tables.containers().update(samples().container(namespace))))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void listsTheContainersOfANamespaceOldestFirst() {
        Namespace namespace = newNamespace();
        newContainer(newNamespace());
        Container younger =
                inserted(
                        Variations.createdAt(
                                samples().container(namespace), Instant.ofEpochSecond(2)));
        Container older =
                inserted(
                        Variations.createdAt(
                                samples().container(namespace), Instant.ofEpochSecond(-2)));

        assertThat(containersIn(namespace.id())).containsExactly(older, younger);
    }

    @Test
    void settlesAContainerWhoseGenerationIsStillThatOne() {
        Container container =
                inserted(Variations.inStatus(samples().container(newNamespace()), Status.UPDATING));
        Instant at = Instant.ofEpochSecond(1_800_000_000L);

        boolean settled = settle(container.id(), container.generation(), Status.ERROR, "why", at);

        assertThat(settled).isTrue();
        Container found = container(container.id()).get();
        assertThat(found)
                .usingRecursiveComparison()
                .ignoringFields("status", "errorMessage", "updatedAt")
                .isEqualTo(container);
        assertThat(found.status()).isEqualTo(Status.ERROR);
        assertThat(found.errorMessage()).isEqualTo("why");
        assertThat(found.updatedAt()).isEqualTo(at);
    }

    @Test
    void doesNotSettleAnOlderGenerationNorWhatIsBeingDeleted() {
        Namespace namespace = newNamespace();
        Container newer =
                inserted(Variations.inStatus(samples().container(namespace), Status.UPDATING));
        Container deleting =
                inserted(Variations.inStatus(samples().container(namespace), Status.DELETING));
        Instant at = Instant.EPOCH;

        assertThat(settle(newer.id(), newer.generation() - 1, Status.READY, "", at)).isFalse();
        assertThat(settle(deleting.id(), deleting.generation(), Status.READY, "", at)).isFalse();
        assertThat(settle(samples().id(), 1, Status.READY, "", at)).isFalse();
        assertThat(container(newer.id())).contains(newer);
        assertThat(container(deleting.id())).contains(deleting);
    }

    @Test
    void deletesAKeyOnce() {
        ApiKey key = samples().apiKey();
        change(tables -> tables.keys().insert(key));

        assertThat(deleteKey(key.accessKey())).isTrue();
        assertThat(deleteKey(key.accessKey())).isFalse();
        assertThat(keys()).isEmpty();
    }

    private Optional<UUID> namespaceNamed(String region, UUID projectId, String name) {
        return store().read(tables -> tables.namespaces().idByName(region, projectId, name));
    }

    private Optional<UUID> containerNamed(UUID namespaceId, String name) {
        return store().read(tables -> tables.containers().idByName(namespaceId, name));
    }

    private List<Container> containersIn(UUID namespaceId) {
        return store().read(tables -> tables.containers().inNamespace(namespaceId));
    }

    private Optional<ApiKey> key(String accessKey) {
        return store().read(tables -> tables.keys().find(accessKey));
    }

    private List<ApiKey> keys() {
        return store().read(tables -> tables.keys().all());
    }

    private boolean deleteKey(String accessKey) {
        return store().write(tables -> tables.keys().delete(accessKey));
    }

    private boolean settle(UUID id, long generation, Status status, String message, Instant at) {
        return store().write(
                        tables -> tables.containers().settle(id, generation, status, message, at));
    }

    @Test
    void countsFollowEveryChange() {
        Namespace namespace = newNamespace();
        Random random = new Random(11);
        List<Container> there = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            if (there.isEmpty() || random.nextInt(3) == 0) {
                there.add(newContainer(namespace));
                continue;
            }
            int at = random.nextInt(there.size());
            Container one = there.get(at);
            Status status = List.of(Status.values()).get(random.nextInt(Status.values().length));
            if (random.nextInt(4) == 0) {
                there.remove(at);
                change(tables -> tables.containers().delete(one.id()));
            } else {
                Container changed = one.withProgress(one.generation(), status, one.updatedAt());
                there.set(at, changed);
                change(tables -> tables.containers().update(changed));
            }
        }
        Map<Status, Long> expected =
                there.stream()
                        .collect(Collectors.groupingBy(Container::status, Collectors.counting()));

        Map<Status, Long> counts =
                store().read(tables -> tables.containers().counts(namespace.projectId()));

        assertThat(counts).isEqualTo(expected);
    }
}
