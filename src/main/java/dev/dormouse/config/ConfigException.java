package dev.dormouse.config;

import java.util.List;

/** The settings cannot be used; the message tells every mistake, a line each. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ConfigException(List<String> mistakes) {
        super("The settings have mistakes:\n  " + String.join("\n  ", mistakes));
    }
}
