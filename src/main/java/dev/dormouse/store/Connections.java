package dev.dormouse.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import javax.sql.DataSource;
import org.jdbi.v3.core.ConnectionFactory;
import org.jdbi.v3.core.Handles;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.StatementExceptions;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/** How SQLite is opened: WAL, so that readers and the writer do not wait for one another. */
final class Connections {
    /** The log is cut back to this after a checkpoint. */
    private static final int LOG_BYTES_MAX = 64 << 20;

    private final StoreSettings settings;

    Connections(StoreSettings settings) {
        this.settings = settings;
    }

    /** For the migrations, which hold two connections and take the write lock only when needed. */
    DataSource migrating() {
        return source(writable());
    }

    /**
     * For the writer. A transaction takes the write lock when it begins: one that read first and
     * then found another process writing could only fail.
     */
    DataSource writing() {
        SQLiteConfig config = writable();
        config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
        return source(config);
    }

    /** For readers, whose connections cannot write. */
    HikariDataSource reading() {
        SQLiteConfig config = new SQLiteConfig();
        config.setReadOnly(true);
        config.setBusyTimeout(busyMillis());
        HikariConfig pool = new HikariConfig();
        pool.setPoolName("store-readers");
        pool.setDataSource(source(config));
        pool.setReadOnly(true);
        pool.setMaximumPoolSize(settings.readers());
        pool.setConnectionTimeout(settings.deadline().toMillis());
        return new HikariDataSource(pool);
    }

    /** Jdbi whose exceptions tell no bound value. */
    static Jdbi jdbi(ConnectionFactory connections) {
        Jdbi jdbi = Jdbi.create(connections);
        jdbi.getConfig(StatementExceptions.class)
                .setMessageRendering(StatementExceptions.MessageRendering.NONE);
        jdbi.getConfig(Handles.class).setForceEndTransactions(false);
        return jdbi;
    }

    private SQLiteConfig writable() {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.setJournalSizeLimit(LOG_BYTES_MAX);
        config.enforceForeignKeys(true);
        config.setBusyTimeout(busyMillis());
        return config;
    }

    private DataSource source(SQLiteConfig config) {
        SQLiteDataSource source = new SQLiteDataSource(config);
        source.setUrl("jdbc:sqlite:" + settings.database());
        return source;
    }

    /** Half the callers' deadline, so that they hear from SQLite why they waited. */
    private int busyMillis() {
        return (int) Math.min(Integer.MAX_VALUE, settings.deadline().toMillis() / 2);
    }
}
