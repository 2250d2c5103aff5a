package dev.dormouse.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dormouse.model.Container;
import dev.dormouse.model.Namespace;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Every database behind the store carries out transactions so. */
abstract class TransactionContract extends StoreFixture {
    @Test
    void takesEverythingBackWhenTheWorkThrows() {
        Namespace namespace = samples().namespace();
        RuntimeException thrown = new UnsupportedOperationException("as it is");

        assertThatThrownBy(() ->
                        store().write(tables -> {
                            tables.namespaces().insert(namespace);
                            tables.containers().insert(samples().container(namespace));
                            throw thrown;
                        }))
                .isSameAs(thrown);

        assertThat(namespace("fr-par", namespace.id())).isEmpty();
        assertThat(containers()).isEmpty();
        assertThat(newNamespace()).as("the writer goes on").isNotNull();
    }

    @Test
    void seesItsOwnWritesWithinATransaction() {
        Namespace namespace = samples().namespace();

        UUID found =
                store().write(tables -> {
                    tables.namespaces().insert(namespace);
                    return tables.namespaces().find("fr-par", namespace.id()).orElseThrow().id();
                });

        assertThat(found).isEqualTo(namespace.id());
    }

    @Test
    void readsFromOneInstantHoweverMuchIsWrittenMeanwhile() {
        newContainer(newNamespace());

        List<Integer> sizes =
                store().read(tables -> {
                    int before = tables.containers().all().size();
                    newContainer(newNamespace());
                    return List.of(before, tables.containers().all().size());
                });

        assertThat(sizes).containsExactly(1, 1);
        assertThat(containers()).hasSize(2);
    }

    @Test
    void refusesAWriteWithinAWrite() {
        assertThatThrownBy(() -> store().write(_ -> store().write(_ -> 1)))
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
}
