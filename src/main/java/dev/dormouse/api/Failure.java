package dev.dormouse.api;

import dev.dormouse.store.StoreException;
import java.util.Objects;

/** What a caller is told of a failure that is this server's own. */
final class Failure {
    private Failure() {}

    static Problem toProblem(RuntimeException failure) {
        return failure instanceof StoreException store
                ? Problem.plain(
                        Problem.Code.UNAVAILABLE,
                        Objects.requireNonNullElse(store.getMessage(), "the store failed"))
                : Problem.plain(
                        Problem.Code.INTERNAL_ERROR, "an internal error occurred; see the log");
    }
}
