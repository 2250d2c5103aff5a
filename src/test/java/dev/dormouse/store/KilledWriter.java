package dev.dormouse.store;

import dev.dormouse.model.Container;
import dev.dormouse.model.Namespace;
import dev.dormouse.model.Revision;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;

/**
 * The program that {@link KillTest} kills: writes for ever, and prints the id of each container
 * once its transaction has been acknowledged.
 */
final class KilledWriter {
    private KilledWriter() {}

    public static void main(String[] args) {
        Samples samples = new Samples(new Random(Long.parseLong(args[1])));
        try (Store store = Store.open(settings(Path.of(args[0])))) {
            while (true) {
                Namespace namespace = samples.namespace();
                Container container = samples.container(namespace);
                store.write(tables -> {
                    tables.namespaces().insert(namespace);
                    tables.containers().insert(container);
                    tables.revisions().insert(samples.revision(container, 1, Revision.State.LIVE));
                    return true;
                });
                System.out.println("written " + container.id());
            }
        }
    }

    static StoreSettings settings(Path folder) {
        return new StoreSettings(folder, 16, Duration.ofSeconds(30), 2);
    }
}
