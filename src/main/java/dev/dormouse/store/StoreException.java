package dev.dormouse.store;

import org.jspecify.annotations.Nullable;

/**
 * The store could not do what was asked; the message is for people and holds no stored value.
 * Unless it says otherwise, nothing was changed.
 */
public final class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What stands in the way. */
    public enum Kind {
        /** Others are served first; trying again later may help. */
        BUSY,
        /** The disk, or the share of it that the database may use, is full. */
        FULL,
        /** The database may be read and not written. */
        READ_ONLY,
        /** The database, or the key to it, cannot be used before somebody mends it. */
        BROKEN
    }

    private final Kind kind;

    StoreException(Kind kind, String message) {
        this(kind, message, null);
    }

    StoreException(Kind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
