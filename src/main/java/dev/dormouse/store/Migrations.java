package dev.dormouse.store;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/** Brings a database to this version's schema. */
final class Migrations {
    /** The version of the last file in {@code db/migration}. */
    static final String NEWEST = "5";

    private final DataSource source;
    private final StoreSettings settings;
    private final Failures failures;

    Migrations(DataSource source, StoreSettings settings, Failures failures) {
        this.source = source;
        this.settings = settings;
        this.failures = failures;
    }

    /**
     * Runs what is missing. Flyway is not even asked where nothing is, for every start would pay
     * it.
     *
     * @throws StoreException if the database cannot be brought to this version
     */
    void run() {
        if (isDone()) {
            return;
        }
        try {
            Flyway.configure()
                    .dataSource(source)
                    .locations("classpath:db/migration")
                    .ignoreMigrationPatterns(new String[0])
                    .load()
                    .migrate();
        } catch (FlywayException e) {
            throw Failures.isOfDatabase(e)
                    ? failures.of(e)
                    : new StoreException(
                            StoreException.Kind.BROKEN,
                            "The database %s does not fit this version: %s"
                                    .formatted(settings.database(), e.getMessage()),
                            e);
        }
    }

    /** What cannot be read is for Flyway to name. */
    private boolean isDone() {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet last =
                        statement.executeQuery(
                                "SELECT version, success FROM flyway_schema_history"
                                        + " ORDER BY installed_rank DESC LIMIT 1")) {
            return last.next() && NEWEST.equals(last.getString(1)) && last.getBoolean(2);
        } catch (SQLException e) {
            return false;
        }
    }
}
