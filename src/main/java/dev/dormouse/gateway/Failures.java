package dev.dormouse.gateway;

import io.vertx.core.http.HttpClosedException;
import java.net.ConnectException;
import java.util.Locale;

/** What went wrong with an instance, in words for the caller; addresses are not told. */
final class Failures {
    private Failures() {}

    static String words(Throwable failure) {
        if (failure instanceof HttpClosedException) {
            return "it closed the connection";
        }
        String said = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
        if (said.contains("refused")) {
            return "the connection was refused";
        }
        if (said.contains("timed out") || said.contains("timeout")) {
            return "connecting took too long";
        }
        if (said.contains("reset") || said.contains("broken pipe")) {
            return "it reset the connection";
        }
        if (failure instanceof ConnectException || said.contains("unreachable")) {
            return "it is not reachable";
        }
        return "its answer was not valid (" + failure.getClass().getSimpleName() + ")";
    }
}
