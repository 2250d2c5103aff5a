package dev.dormouse.store;

import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;

/**
 * What SQLite reports, told as what stands in the way. Only SQLite's own sentence is passed on; it
 * names tables and columns and never a value.
 */
final class Failures {
    /**
     * SQLite's primary result codes, <a href="https://sqlite.org/rescode.html">as documented</a>.
     */
    private static final int BUSY = 5;

    private static final int LOCKED = 6;
    private static final int READ_ONLY = 8;
    private static final int FULL = 13;
    private static final int CONSTRAINT = 19;

    private final Path database;

    Failures(Path database) {
        this.database = database;
    }

    /** The exception to throw for one that has a failure of the database at its root, or none. */
    RuntimeException of(Exception thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof StoreException known) {
                return known;
            }
            if (cause instanceof SQLException failure) {
                return of(failure);
            }
        }
        return new IllegalStateException(
                "A statement of the store is wrong: " + thrown.getMessage(), thrown);
    }

    /** Whether the database itself is at the root of it. */
    static boolean isOfDatabase(Exception thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException) {
                return true;
            }
        }
        return false;
    }

    private RuntimeException of(SQLException failure) {
        if (failure instanceof SQLTransientConnectionException) {
            return told(StoreException.Kind.BUSY, "has too many readers", failure);
        }
        return switch (failure.getErrorCode()) {
            case BUSY, LOCKED ->
                    told(StoreException.Kind.BUSY, "is being written by another process", failure);
            case FULL ->
                    told(StoreException.Kind.FULL, "cannot grow, for its disk is full", failure);
            case READ_ONLY -> told(StoreException.Kind.READ_ONLY, "may not be written", failure);
            case CONSTRAINT ->
                    new IllegalStateException(
                            "A write would break a rule of the database: " + failure.getMessage(),
                            failure);
            default -> told(StoreException.Kind.BROKEN, "cannot be used", failure);
        };
    }

    private StoreException told(StoreException.Kind kind, String what, SQLException failure) {
        return new StoreException(
                kind,
                "The database %s %s: %s".formatted(database, what, failure.getMessage()),
                failure);
    }
}
