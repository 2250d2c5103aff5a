package dev.dormouse.api;

import dev.dormouse.model.Namespace;
import dev.dormouse.model.Workload;

/**
 * How many variables a container may have, its namespace's counted in: the document's limits, which
 * the schema alone can check only for each of the two.
 */
final class VariableLimits {
    private final long variablesMax;
    private final long secretsMax;

    VariableLimits(Document document) {
        this.variablesMax =
                document.at("/components/schemas/Environment/maxProperties").longValue();
        this.secretsMax =
                document.at("/components/schemas/SecretEnvironment/maxProperties").longValue();
    }

    /**
     * @throws Problem when there are too many
     */
    void check(Workload workload, Namespace namespace) {
        check(
                "environment_variables",
                workload.environment().size() + namespace.environment().size(),
                variablesMax);
        check(
                "secret_environment_variables",
                workload.secretEnvironment().size() + namespace.secretEnvironment().size(),
                secretsMax);
    }

    private static void check(String name, int count, long most) {
        if (count > most) {
            throw Problem.invalidArgument(
                    name,
                    Problem.Reason.CONSTRAINT,
                    "a container and its namespace together would have %d of them; allowed are %d"
                            .formatted(count, most));
        }
    }
}
