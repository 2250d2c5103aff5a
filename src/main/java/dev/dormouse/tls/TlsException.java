package dev.dormouse.tls;

import org.jspecify.annotations.Nullable;

/** A certificate cannot be had; the message is for people, and names the file. */
public final class TlsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TlsException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
