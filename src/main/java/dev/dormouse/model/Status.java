package dev.dormouse.model;

import java.util.Locale;

/** Life-cycle status of a namespace or container; the wire's names are the lower-case constants. */
public enum Status {
    CREATING,
    UPDATING,
    READY,
    ERROR,
    DELETING;

    /** The name on the wire, such as {@code "creating"}. */
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether clients should go on waiting: creating, updating or deleting. */
    public boolean isTransient() {
        return this == CREATING || this == UPDATING || this == DELETING;
    }
}
