package dev.dormouse.store;

import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.List;
import java.util.function.Function;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/**
 * Desired state, kept in one SQLite file. Safe on any thread, virtual ones included; every call
 * ends within the settings' deadline, give or take a commit that has begun.
 *
 * <p>Instants are kept to the microsecond: what is finer is cut off.
 */
public final class Store implements AutoCloseable {
    private final Vault vault;
    private final Failures failures;
    private final Writer writer;
    private final HikariDataSource pool;
    private final Jdbi readers;

    private Store(Vault vault, Failures failures, Writer writer, HikariDataSource pool) {
        this.vault = vault;
        this.failures = failures;
        this.writer = writer;
        this.pool = pool;
        this.readers = Connections.jdbi(pool::getConnection);
    }

    /**
     * Opens the database and brings it to this version; makes it, and the key to its secrets, where
     * there is none.
     *
     * @throws StoreException if it cannot be used, or not with this key
     */
    public static Store open(StoreSettings settings) {
        SecureRandom random = new SecureRandom();
        Failures failures = new Failures(settings.database());
        Connections connections = new Connections(settings);
        Vault vault;
        try {
            makeFolder(settings.dataDir());
            vault = new Vault(KeyFile.readOrMake(settings, random), random);
            makeDatabase(settings);
        } catch (IOException e) {
            throw new StoreException(
                    StoreException.Kind.BROKEN,
                    "The data folder %s cannot be used: %s".formatted(settings.dataDir(), e),
                    e);
        }
        requireWritable(settings);
        new Migrations(connections.migrating(), settings, failures).run();
        Writer writer = new Writer(connections.writing(), failures, settings);
        writer.start();
        try {
            writer.write(handle -> new Proof(handle, vault).holds(settings));
            return new Store(vault, failures, writer, connections.reading());
        } catch (RuntimeException e) {
            writer.close();
            throw e;
        }
    }

    /** Runs the work on this thread; all that it reads is from one instant. */
    public <T> T read(Function<Tables, T> work) {
        try {
            return readers.inTransaction(handle -> work.apply(new Tables(handle, vault)));
        } catch (JdbiException e) {
            throw failures.of(e);
        }
    }

    /**
     * Runs the work on the writer's thread as one transaction, which is on the disk when this
     * returns. An exception of the work takes everything back and is thrown on as it is. The work
     * does not write again through the store and waits for nothing.
     *
     * @throws StoreException if its turn did not come in time or the database cannot be written
     */
    public <T> T write(Function<Tables, T> work) {
        return writer.write(handle -> work.apply(new Tables(handle, vault)));
    }

    /** Ends once the writes that wait have been carried out. */
    @Override
    public void close() {
        pool.close();
        writer.close();
    }

    private static void makeFolder(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(
                    folder,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
        }
    }

    /** Before SQLite does, for the files that it adds take over the permissions of this one. */
    private static void makeDatabase(StoreSettings settings) throws IOException {
        try {
            Files.createFile(
                    settings.database(),
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
            KeyFile.flush(settings.dataDir());
        } catch (FileAlreadyExistsException e) {
            return;
        }
    }

    /** Asked for here because SQLite itself only says that it cannot open the file. */
    private static void requireWritable(StoreSettings settings) {
        for (Path path : List.of(settings.dataDir(), settings.database())) {
            if (!Files.isWritable(path)) {
                throw new StoreException(
                        StoreException.Kind.READ_ONLY,
                        "The database cannot be used, for %s may not be written".formatted(path));
            }
        }
    }
}
