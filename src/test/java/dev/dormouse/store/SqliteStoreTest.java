package dev.dormouse.store;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;

/** SQLite does what every database behind the store must do. */
final class SqliteStoreTest extends StoreContract {
    @TempDir Path folder;

    @Override
    Store open() {
        return Store.open(new StoreSettings(folder, 256, Duration.ofSeconds(20), 4));
    }
}
