package dev.dormouse.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.dormouse.model.ApiKey;
import dev.dormouse.model.Container;
import dev.dormouse.model.Namespace;
import dev.dormouse.model.Revision;
import dev.dormouse.model.Status;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** What every database behind the store must do; a subclass names the database. */
abstract class StoreContract {
    private Store store;
    private Samples samples;

    /** Opens the store of this test; a second time, the same one again. */
    abstract Store open();

    @BeforeEach
    final void openStore(TestInfo test) {
        long seed = Long.getLong("seed", RandomGenerator.getDefault().nextLong());
        System.out.printf("%s: -Dseed=%d%n", test.getDisplayName(), seed);
        samples = new Samples(new Random(seed));
        store = open();
    }

    @AfterEach
    final void closeStore() {
        store.close();
    }

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
    void givesBackEveryFieldOfARevision() {
        Container container = newContainer(newNamespace());
        Revision revision = samples.revision(container, 1, Revision.State.FAILED);
        change(tables -> tables.revisions().insert(revision));

        reopen();

        assertThat(revisions(container)).containsExactly(revision);
    }

    @RepeatedTest(20)
    void givesBackEveryFieldOfAKey() {
        ApiKey key = samples.apiKey();
        change(tables -> tables.keys().insert(key));

        reopen();

        assertThat(key(key.accessKey())).contains(key);
        assertThat(keys()).containsExactly(key);
    }

    @RepeatedTest(5)
    void updatesEveryMutableFieldOfANamespace() {
        Namespace before = newNamespace();
        Namespace other = samples.namespace();
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
        Container other = samples.container(namespace);
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
                                        .insert(Variations.withId(container, samples.id()))))
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
    void deletesAContainerWithItsRevisions() {
        Namespace namespace = newNamespace();
        Container container = newContainer(namespace);
        change(tables ->
                tables.revisions().insert(samples.revision(container, 1, Revision.State.LIVE)));

        change(tables -> tables.containers().delete(container.id()));
        change(tables -> tables.namespaces().delete(namespace.id()));

        assertThat(revisions(container)).isEmpty();
        assertThat(containers()).isEmpty();
        assertThat(namespace("fr-par", namespace.id())).isEmpty();
    }

    @Test
    void refusesToUpdateWhatIsNotThere() {
        Namespace namespace = samples.namespace();

        assertThatThrownBy(() -> change(tables -> tables.namespaces().update(namespace)))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() ->
                        change(tables -> tables.containers().update(samples.container(namespace))))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void listsTheContainersOfANamespaceOldestFirst() {
        Namespace namespace = newNamespace();
        newContainer(newNamespace());
        Container younger =
                inserted(
                        Variations.createdAt(
                                samples.container(namespace), Instant.ofEpochSecond(2)));
        Container older =
                inserted(
                        Variations.createdAt(
                                samples.container(namespace), Instant.ofEpochSecond(-2)));

        assertThat(containersIn(namespace.id())).containsExactly(older, younger);
    }

    @Test
    void settlesAContainerWhoseGenerationIsStillThatOne() {
        Container container =
                inserted(Variations.inStatus(samples.container(newNamespace()), Status.UPDATING));
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
                inserted(Variations.inStatus(samples.container(namespace), Status.UPDATING));
        Container deleting =
                inserted(Variations.inStatus(samples.container(namespace), Status.DELETING));
        Instant at = Instant.EPOCH;

        assertThat(settle(newer.id(), newer.generation() - 1, Status.READY, "", at)).isFalse();
        assertThat(settle(deleting.id(), deleting.generation(), Status.READY, "", at)).isFalse();
        assertThat(settle(samples.id(), 1, Status.READY, "", at)).isFalse();
        assertThat(container(newer.id())).contains(newer);
        assertThat(container(deleting.id())).contains(deleting);
    }

    @Test
    void numbersRevisionsAndListsTheNewestFirst() {
        Container container = newContainer(newNamespace());
        assertThat(nextNumber(container)).isEqualTo(1);

        addRevisions(container, 60, 3);

        assertThat(nextNumber(container)).isEqualTo(61);
        assertThat(revisions(container))
                .as("the newest 50, and the one that serves")
                .extracting(Revision::number)
                .containsExactlyElementsOf(
                        IntStream.concat(
                                        IntStream.rangeClosed(0, 49).map(i -> 60 - i),
                                        IntStream.of(3))
                                .boxed()
                                .toList());
    }

    @Test
    void marksARevision() {
        Container container = newContainer(newNamespace());
        addRevisions(container, 2, 2);

        change(tables -> tables.revisions().mark(container.id(), 1, Revision.State.LIVE, "m"));
        change(tables -> tables.revisions().mark(samples.id(), 1, Revision.State.LIVE, "gone"));

        assertThat(revisions(container))
                .extracting(Revision::number, Revision::state)
                .containsExactly(tuple(2, Revision.State.LIVE), tuple(1, Revision.State.LIVE));
        assertThat(revisions(container).getLast().message()).isEqualTo("m");
    }

    @Test
    void prunesOldRevisionsButNeverTheOneThatServes() {
        Container container = newContainer(newNamespace());
        Container other = newContainer(newNamespace());
        addRevisions(container, 10, 3);
        addRevisions(other, 10, 3);

        change(tables -> tables.revisions().prune(container.id(), 2));

        assertThat(revisions(container)).extracting(Revision::number).containsExactly(10, 9, 3);
        assertThat(revisions(other)).hasSize(10);
        assertThat(nextNumber(container)).isEqualTo(11);
    }

    @Test
    void deletesAKeyOnce() {
        ApiKey key = samples.apiKey();
        change(tables -> tables.keys().insert(key));

        assertThat(deleteKey(key.accessKey())).isTrue();
        assertThat(deleteKey(key.accessKey())).isFalse();
        assertThat(keys()).isEmpty();
    }

    @Test
    void takesEverythingBackWhenTheWorkThrows() {
        Namespace namespace = samples.namespace();
        RuntimeException thrown = new UnsupportedOperationException("as it is");

        assertThatThrownBy(() ->
                        store.write(tables -> {
                            tables.namespaces().insert(namespace);
                            tables.containers().insert(samples.container(namespace));
                            throw thrown;
                        }))
                .isSameAs(thrown);

        assertThat(namespace("fr-par", namespace.id())).isEmpty();
        assertThat(containers()).isEmpty();
        assertThat(newNamespace()).as("the writer goes on").isNotNull();
    }

    @Test
    void seesItsOwnWritesWithinATransaction() {
        Namespace namespace = samples.namespace();

        UUID found =
                store.write(tables -> {
                    tables.namespaces().insert(namespace);
                    return tables.namespaces().find("fr-par", namespace.id()).orElseThrow().id();
                });

        assertThat(found).isEqualTo(namespace.id());
    }

    @Test
    void readsFromOneInstantHoweverMuchIsWrittenMeanwhile() {
        newContainer(newNamespace());

        List<Integer> sizes =
                store.read(tables -> {
                    int before = tables.containers().all().size();
                    newContainer(newNamespace());
                    return List.of(before, tables.containers().all().size());
                });

        assertThat(sizes).containsExactly(1, 1);
        assertThat(containers()).hasSize(2);
    }

    @Test
    void refusesAWriteWithinAWrite() {
        assertThatThrownBy(() -> store.write(_ -> store.write(_ -> 1)))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void servesFiftyThreadsThatWriteAndRead() throws Exception {
        Namespace namespace = newNamespace();
        int each = 10;
        List<Future<List<Container>>> all;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            all =
                    IntStream.range(0, 50)
                            .mapToObj(i -> new Samples(new Random(i + 1_000L)))
                            .map(own -> threads.submit(() -> writeAndRead(own, namespace, each)))
                            .toList();
        }

        List<Container> written = new ArrayList<>();
        for (Future<List<Container>> one : all) {
            written.addAll(one.get());
        }
        assertThat(containers()).hasSize(50 * each).containsExactlyInAnyOrderElementsOf(written);
    }

    private List<Container> writeAndRead(Samples own, Namespace namespace, int count) {
        return IntStream.range(0, count)
                .mapToObj(_ -> inserted(own.container(namespace)))
                .peek(one -> assertThat(container(one.id())).contains(one))
                .toList();
    }

    final Store store() {
        return store;
    }

    final Samples samples() {
        return samples;
    }

    final void reopen() {
        store.close();
        store = open();
    }

    final void change(Consumer<Tables> work) {
        store.write(tables -> {
            work.accept(tables);
            return true;
        });
    }

    final Namespace newNamespace() {
        Namespace namespace = samples.namespace();
        change(tables -> tables.namespaces().insert(namespace));
        return namespace;
    }

    final Container newContainer(Namespace namespace) {
        return inserted(samples.container(namespace));
    }

    final Container inserted(Container container) {
        change(tables -> tables.containers().insert(container));
        return container;
    }

    private Optional<Namespace> namespace(String region, UUID id) {
        return store.read(tables -> tables.namespaces().find(region, id));
    }

    private Optional<Container> container(String region, UUID id) {
        return store.read(tables -> tables.containers().find(region, id));
    }

    private Optional<Container> container(UUID id) {
        return store.read(tables -> tables.containers().find(id));
    }

    private Optional<UUID> namespaceNamed(String region, UUID projectId, String name) {
        return store.read(tables -> tables.namespaces().idByName(region, projectId, name));
    }

    private Optional<UUID> containerNamed(UUID namespaceId, String name) {
        return store.read(tables -> tables.containers().idByName(namespaceId, name));
    }

    private List<Container> containers() {
        return store.read(tables -> tables.containers().all());
    }

    private List<Container> containersIn(UUID namespaceId) {
        return store.read(tables -> tables.containers().inNamespace(namespaceId));
    }

    private Optional<ApiKey> key(String accessKey) {
        return store.read(tables -> tables.keys().find(accessKey));
    }

    private List<ApiKey> keys() {
        return store.read(tables -> tables.keys().all());
    }

    private boolean deleteKey(String accessKey) {
        return store.write(tables -> tables.keys().delete(accessKey));
    }

    private boolean settle(UUID id, long generation, Status status, String message, Instant at) {
        return store.write(
                tables -> tables.containers().settle(id, generation, status, message, at));
    }

    private List<Revision> revisions(Container container) {
        return store.read(tables -> tables.revisions().of(container.id()));
    }

    private int nextNumber(Container container) {
        return store.read(tables -> tables.revisions().nextNumber(container.id()));
    }

    private void addRevisions(Container container, int count, int live) {
        change(tables ->
                IntStream.rangeClosed(1, count)
                        .mapToObj(number ->
                                samples.revision(
                                        container,
                                        number,
                                        number == live
                                                ? Revision.State.LIVE
                                                : Revision.State.FAILED))
                        .forEach(tables.revisions()::insert));
    }
}
