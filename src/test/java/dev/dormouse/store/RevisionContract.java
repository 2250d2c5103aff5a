package dev.dormouse.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.dormouse.model.Container;
import dev.dormouse.model.Namespace;
import dev.dormouse.model.Revision;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** Every database behind the store keeps revisions so. */
abstract class RevisionContract extends StoreFixture {
    @RepeatedTest(20)
    void givesBackEveryFieldOfARevision() {
        Container container = newContainer(newNamespace());
        Revision revision = samples().revision(container, 1, Revision.State.FAILED);
        change(tables -> tables.revisions().insert(revision));

        reopen();

        assertThat(revisions(container)).containsExactly(revision);
    }

    @Test
    void deletesAContainerWithItsRevisions() {
        Namespace namespace = newNamespace();
        Container container = newContainer(namespace);
        change(tables ->
                tables.revisions().insert(samples().revision(container, 1, Revision.State.LIVE)));

        change(tables -> tables.containers().delete(container.id()));
        change(tables -> tables.namespaces().delete(namespace.id()));

        assertThat(revisions(container)).isEmpty();
        assertThat(containers()).isEmpty();
        assertThat(namespace("fr-par", namespace.id())).isEmpty();
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
    void tellsWhatIsInForceApartFromWhatIsHistory() {
        Container served = newContainer(newNamespace());
        addRevisions(served, 5, 2);
        add(ofGeneration(served, 6, Revision.State.RETIRED, served.generation()));
        Container failed = newContainer(newNamespace());
        add(ofGeneration(failed, 1, Revision.State.FAILED, failed.generation() - 1));
        add(ofGeneration(failed, 2, Revision.State.FAILED, failed.generation()));
        Container untried = newContainer(newNamespace());

        Map<UUID, List<Revision>> all = store().read(tables -> tables.revisions().allInForce());

        assertThat(numbers(all, served)).containsExactly(6, 2);
        assertThat(numbers(all, failed)).containsExactly(2);
        assertThat(all).doesNotContainKey(untried.id());
        for (Container container : List.of(served, failed, untried)) {
            List<Revision> alone =
                    store().read(tables -> tables.revisions().inForce(container.id()));
            assertThat(alone).isEqualTo(all.getOrDefault(container.id(), List.of()));
        }
    }

    private static List<Integer> numbers(Map<UUID, List<Revision>> all, Container container) {
        return all.getOrDefault(container.id(), List.of()).stream().map(Revision::number).toList();
    }

    private void add(Revision revision) {
        change(tables -> tables.revisions().insert(revision));
    }

    private Revision ofGeneration(
            Container container, int number, Revision.State state, long generation) {
        Revision one = samples().revision(container, number, state);
        return new Revision(
                one.containerId(),
                one.number(),
                generation,
                one.image(),
                one.workload(),
                one.environment(),
                one.because(),
                one.state(),
                one.message(),
                one.createdAt());
    }

    @Test
    void marksARevision() {
        Container container = newContainer(newNamespace());
        addRevisions(container, 2, 2);

        change(tables -> tables.revisions().mark(container.id(), 1, Revision.State.LIVE, "m"));
        change(tables -> tables.revisions().mark(samples().id(), 1, Revision.State.LIVE, "gone"));

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

    private List<Revision> revisions(Container container) {
        return store().read(tables -> tables.revisions().of(container.id()));
    }

    private int nextNumber(Container container) {
        return store().read(tables -> tables.revisions().nextNumber(container.id()));
    }

    private void addRevisions(Container container, int count, int live) {
        change(tables ->
                IntStream.rangeClosed(1, count)
                        .mapToObj(number ->
                                samples()
                                        .revision(
                                                container,
                                                number,
                                                number == live
                                                        ? Revision.State.LIVE
                                                        : Revision.State.FAILED))
                        .forEach(tables.revisions()::insert));
    }
}
