package dev.dormouse.store;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;

/** SQLite gives back what was put into it as every database must. */
final class SqliteStoreTest extends StoreContract {
    @TempDir Path folder;

    @Override
    Store open() {
        return Store.open(new StoreSettings(folder, 256, Duration.ofSeconds(20), 4));
    }
}
