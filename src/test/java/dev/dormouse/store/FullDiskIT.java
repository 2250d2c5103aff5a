package dev.dormouse.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.dormouse.model.Container;
import dev.dormouse.model.Namespace;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that is really full, and one that really may not be written; needs root for the mount. */
final class FullDiskIT {
    private static final int TRIES = 10_000;

    @TempDir Path disk;

    private final Samples samples = new Samples(new Random(5));
    private StoreSettings settings;
    private boolean mounted;

    @BeforeEach
    void mountSmallDisk() throws Exception {
        mounted = run("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk.toString());
        assumeTrue(mounted, "may not mount a file system");
        settings = new StoreSettings(disk.resolve("data"), 16, Duration.ofSeconds(10), 2);
    }

    @AfterEach
    void unmount() throws Exception {
        if (mounted) {
            assertThat(run("umount", disk.toString())).isTrue();
        }
    }

    @Test
    void tellsThatTheDiskIsFullLosesNothingAndGoesOnWhenThereIsRoom() throws Exception {
        Namespace namespace = samples.namespace();
        List<UUID> kept = new ArrayList<>();
        try (Store store = Store.open(settings)) {
            insert(store, namespace);

            StoreException thrown =
                    catchThrowableOfType(
                            StoreException.class,
                            () -> {
                                for (int i = 0; i < TRIES; i++) {
                                    kept.add(insert(store, samples.container(namespace)));
                                }
                            });

            assertThat(thrown.kind()).isEqualTo(StoreException.Kind.FULL);
            assertThat(ids(store)).as("reads go on").containsExactlyInAnyOrderElementsOf(kept);
            assertThat(run("mount", "-o", "remount,size=8m", disk.toString())).isTrue();
            kept.add(insert(store, samples.container(namespace)));
        }
        try (Store store = Store.open(settings)) {
            assertThat(ids(store)).containsExactlyInAnyOrderElementsOf(kept);
        }
    }

    @Test
    void tellsThatTheDiskMayNotBeWritten() throws Exception {
        try (Store store = Store.open(settings)) {
            insert(store, samples.namespace());
        }
        assertThat(run("mount", "-o", "remount,ro", disk.toString())).isTrue();

        StoreException thrown =
                catchThrowableOfType(StoreException.class, () -> Store.open(settings));

        assertThat(thrown.kind()).as(thrown.getMessage()).isEqualTo(StoreException.Kind.READ_ONLY);
    }

    private static void insert(Store store, Namespace namespace) {
        store.write(tables -> {
            tables.namespaces().insert(namespace);
            return true;
        });
    }

    private static UUID insert(Store store, Container container) {
        return store.write(tables -> {
            tables.containers().insert(container);
            return container.id();
        });
    }

    private static List<UUID> ids(Store store) {
        return store.read(tables -> tables.containers().all().stream().map(Container::id).toList());
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
    }
}
