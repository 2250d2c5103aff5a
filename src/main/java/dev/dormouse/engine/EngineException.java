package dev.dormouse.engine;

import java.util.Objects;

/**
 * The engine did not do what it was asked; the message is in words that the container's owner can
 * act on.
 */
public final class EngineException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What went wrong, as far as callers act on it. */
    public enum Kind {
        /** The image cannot be had; trying again soon will not help. */
        IMAGE,
        /** The image does not have the command, or it cannot be executed. */
        COMMAND,
        /** The engine refuses what it was asked for. */
        REFUSED,
        /** The engine did not answer in time, or at all; trying again may help. */
        UNREACHABLE
    }

    private final Kind kind;

    public EngineException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public EngineException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /** Never null. */
    @Override
    public String getMessage() {
        return Objects.requireNonNullElse(super.getMessage(), "");
    }

    public Kind kind() {
        return kind;
    }
}
