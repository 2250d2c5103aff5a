package dev.dormouse.api;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Which handler carries out which operation; the document and the handlers know the same ones. */
final class Handlers {
    private final Map<String, Handler> byOperation;

    /**
     * @throws IllegalStateException if an operation has no handler, or a handler no operation
     */
    Handlers(List<Operation> operations, Map<String, Handler> byOperation) {
        Set<String> described =
                operations.stream()
                        .map(Operation::id)
                        .collect(Collectors.toCollection(TreeSet::new));
        if (!described.equals(new TreeSet<>(byOperation.keySet()))) {
            throw new IllegalStateException(
                    "the document has %s, the handlers have %s"
                            .formatted(described, byOperation.keySet()));
        }
        this.byOperation = Map.copyOf(byOperation);
    }

    Handler of(Operation operation) {
        Handler handler = byOperation.get(operation.id());
        if (handler == null) {
            throw new IllegalArgumentException(operation.id());
        }
        return handler;
    }
}
