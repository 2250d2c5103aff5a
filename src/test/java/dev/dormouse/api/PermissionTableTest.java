package dev.dormouse.api;

import static dev.dormouse.model.PermissionSet.AllProductsFullAccess;
import static dev.dormouse.model.PermissionSet.ContainersFullAccess;
import static dev.dormouse.model.PermissionSet.ContainersReadOnly;
import static dev.dormouse.model.PermissionSet.IAMManager;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.model.PermissionSet;
import dev.dormouse.testing.Reply;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Who may do what: the table, and that the server keeps to it on every route. */
class PermissionTableTest {
    private static final Set<PermissionSet> READERS =
            EnumSet.of(ContainersReadOnly, ContainersFullAccess, AllProductsFullAccess);
    private static final Set<PermissionSet> WRITERS =
            EnumSet.of(ContainersFullAccess, AllProductsFullAccess);
    private static final Set<PermissionSet> MANAGERS = EnumSet.of(IAMManager);

    /** Every operation that needs a key, and the permission sets that let one do it. */
    private static final Map<String, Set<PermissionSet>> MAY =
            Map.ofEntries(
                    entry("listNamespaces", READERS),
                    entry("getNamespace", READERS),
                    entry("createNamespace", WRITERS),
                    entry("updateNamespace", WRITERS),
                    entry("deleteNamespace", WRITERS),
                    entry("listContainers", READERS),
                    entry("getContainer", READERS),
                    entry("createContainer", WRITERS),
                    entry("updateContainer", WRITERS),
                    entry("deleteContainer", WRITERS),
                    entry("redeployContainer", WRITERS),
                    entry("getStatus", READERS),
                    entry("getLogs", READERS),
                    entry("listRevisions", READERS),
                    entry("listStarts", READERS),
                    entry("rollbackContainer", WRITERS),
                    entry("listKeys", MANAGERS),
                    entry("createKey", MANAGERS),
                    entry("deleteKey", MANAGERS));

    private static final Set<String> OPEN =
            Set.of("getHealth", "getMetrics", "getDocument", "getMetadata");

    @TempDir private Path folder;
    private ApiServer server;

    @BeforeEach
    void start() {
        server = new ApiServer(folder);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /** An operation as the served document has it. */
    private record Served(String id, String method, String path) {}

    private List<Served> served() {
        List<Served> found = new ArrayList<>();
        for (Map.Entry<String, JsonNode> path :
                server.client.document().path("paths").properties()) {
            for (Map.Entry<String, JsonNode> method : path.getValue().properties()) {
                if (method.getValue().has("operationId")) {
                    found.add(
                            new Served(
                                    method.getValue().path("operationId").asString(),
                                    method.getKey().toUpperCase(java.util.Locale.ROOT),
                                    path.getKey()
                                            .replace("{region}", "fr-par")
                                            .replace("{access_key}", "SCW" + "A".repeat(17))
                                            .replaceAll("\\{\\w+}", new UUID(1, 1).toString())));
                }
            }
        }
        return found;
    }

    @Test
    void everyServedOperationIsInTheTableAndEveryEntryIsServed() {
        assertThat(served())
                .extracting(Served::id)
                .doesNotHaveDuplicates()
                .filteredOn(id -> !OPEN.contains(id))
                .containsExactlyInAnyOrderElementsOf(MAY.keySet());
        assertThat(served()).extracting(Served::id).containsAll(OPEN);
    }

    @Test
    void everySetMayDoWhatTheTableSaysAndNothingElse() {
        for (PermissionSet set : PermissionSet.values()) {
            Optional<String> secret =
                    Optional.of(server.key(ApiServer.PROJECT, EnumSet.of(set)).secret());
            for (Served operation : served()) {
                if (OPEN.contains(operation.id())) {
                    continue;
                }
                Reply reply = server.call(secret, operation.method(), operation.path(), "");
                assertThat(reply.status() == 403)
                        .as("%s by %s: %s", operation, set, reply)
                        .isEqualTo(!MAY.getOrDefault(operation.id(), Set.of()).contains(set));
                assertThat(reply.status()).as("%s", operation).isIn(200, 400, 403, 404);
            }
        }
    }

    @Test
    void nobodyGetsInWithoutAKeyButWhereAnybodyMay() {
        for (Served operation : served()) {
            assertThat(
                            server.call(Optional.empty(), operation.method(), operation.path(), "")
                                    .status())
                    .as("%s", operation)
                    .isEqualTo(OPEN.contains(operation.id()) ? 200 : 401);
        }
    }
}
