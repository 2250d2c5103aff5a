package dev.dormouse.store;

import dev.dormouse.model.Container;
import dev.dormouse.model.Namespace;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;

/**
 * A store of its own for each test, random nouns to put into it, and short ways to look into it.
 */
abstract class StoreFixture {
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

    final Optional<Namespace> namespace(String region, UUID id) {
        return store.read(tables -> tables.namespaces().find(region, id));
    }

    final Optional<Container> container(String region, UUID id) {
        return store.read(tables -> tables.containers().find(region, id));
    }

    final Optional<Container> container(UUID id) {
        return store.read(tables -> tables.containers().find(id));
    }

    final List<Container> containers() {
        return store.read(tables -> tables.containers().all());
    }
}
