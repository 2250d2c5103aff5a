package dev.dormouse.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dormouse.model.ApiKey;
import dev.dormouse.model.Container;
import dev.dormouse.model.Namespace;
import dev.dormouse.model.Revision;
import dev.dormouse.model.Status;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import javax.crypto.spec.SecretKeySpec;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.StatementContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * No statement of a request or a pass reads a whole table: how SQLite would carry out each that the
 * tables ever say, found out by saying all of them.
 */
class QueryPlanTest {
    /** For the start of the server, and for the few keys that there are. */
    private static final Set<String> MAY_READ_ALL =
            Set.of("ContainerTable.all", "RevisionTable.allInForce", "KeyTable.all");

    private static final List<Class<?>> TABLES =
            List.of(
                    NamespaceTable.class,
                    ContainerTable.class,
                    RevisionTable.class,
                    KeyTable.class);

    @TempDir private Path folder;
    private final Samples samples = new Samples(new Random(7));
    private final Namespace namespace = samples.namespace();
    private final Container container = samples.container(namespace);
    private final Revision revision = samples.revision(container, 1, Revision.State.LIVE);
    private final ApiKey key = samples.apiKey();

    /** What a parameter is given; any value of the type does, for plans do not depend on it. */
    private Object argument(Class<?> type) {
        Map<Class<?>, Object> values =
                Map.ofEntries(
                        Map.entry(Namespace.class, namespace),
                        Map.entry(Container.class, container),
                        Map.entry(Revision.class, revision),
                        Map.entry(ApiKey.class, key),
                        Map.entry(UUID.class, container.id()),
                        Map.entry(String.class, container.region()),
                        Map.entry(Status.class, Status.ERROR),
                        Map.entry(Revision.State.class, Revision.State.LIVE),
                        Map.entry(Instant.class, container.updatedAt()),
                        Map.entry(int.class, 1),
                        Map.entry(long.class, 1L),
                        Map.entry(Paging.class, new Paging(Paging.Order.NAME_ASC, 1, 10)),
                        Map.entry(
                                NamespaceFilter.class,
                                new NamespaceFilter(
                                        namespace.region(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Set.of(namespace.projectId()))),
                        Map.entry(
                                ContainerFilter.class,
                                new ContainerFilter(
                                        container.region(),
                                        Optional.of(container.organizationId()),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Set.of(container.projectId()))));
        return Optional.ofNullable(values.get(type))
                .orElseThrow(() -> new IllegalStateException("give this test a value of " + type));
    }

    @Test
    void nothingReadsAWholeTable() {
        StoreSettings settings = new StoreSettings(folder, 256, Duration.ofSeconds(20), 4);
        Store.open(settings).close();
        Jdbi jdbi = Jdbi.create("jdbc:sqlite:" + settings.database());
        List<String> said = new ArrayList<>();
        jdbi.setSqlLogger(
                new SqlLogger() {
                    @Override
                    public void logBeforeExecution(StatementContext context) {
                        said.add(context.getParsedSql().getSql());
                    }
                });
        try (Handle handle = jdbi.open()) {
            Vault vault = new Vault(new SecretKeySpec(new byte[32], "AES"), new SecureRandom());
            Tables tables = new Tables(handle, vault);
            tables.namespaces().insert(namespace);
            tables.containers().insert(container);
            for (Object table :
                    List.of(
                            tables.namespaces(),
                            tables.containers(),
                            tables.revisions(),
                            tables.keys())) {
                for (Method method : statements(table.getClass())) {
                    said.clear();
                    say(table, method);
                    assertThat(said).as("%s", method).isNotEmpty();
                    List.copyOf(said).forEach(sql -> assertNoScan(handle, sql, method));
                }
            }
        }
    }

    @Test
    void aWholeTableThatIsReadIsSeen() throws Exception {
        StoreSettings settings = new StoreSettings(folder, 256, Duration.ofSeconds(20), 4);
        Store.open(settings).close();
        Method all = ContainerTable.class.getMethod("all");

        try (Handle handle = Jdbi.create("jdbc:sqlite:" + settings.database()).open()) {
            assertThatThrownBy(() -> assertNoScan(handle, ContainerTable.SELECT, all))
                    .isInstanceOf(AssertionError.class);
        }
    }

    /** What deletes comes last. */
    private static List<Method> statements(Class<?> table) {
        assertThat(TABLES).contains(table);
        return Arrays.stream(table.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()) && !method.isSynthetic())
                .filter(method ->
                        !MAY_READ_ALL.contains(table.getSimpleName() + "." + method.getName()))
                .sorted(
                        java.util.Comparator.comparing(
                                        (Method method) -> method.getName().startsWith("delete"))
                                .thenComparing(Method::toString))
                .collect(Collectors.toList());
    }

    /** That a row is there already, or is not, is no matter. */
    private void say(Object table, Method method) {
        try {
            method.invoke(
                    table, Arrays.stream(method.getParameterTypes()).map(this::argument).toArray());
        } catch (java.lang.reflect.InvocationTargetException e) {
            assertThat(e.getCause()).as("%s", method).hasMessageContaining("UNIQUE");
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void assertNoScan(Handle handle, String sql, Method method) {
        List<String> plan = new ArrayList<>();
        // Not through Jdbi: what is not bound is no matter to a plan.
        try (Statement statement = handle.getConnection().createStatement();
                ResultSet steps = statement.executeQuery("EXPLAIN QUERY PLAN " + sql)) {
            while (steps.next()) {
                plan.add(steps.getString("detail"));
            }
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
        assertThat(plan)
                .as("%s: %s", method, sql)
                .noneMatch(step -> step.matches("SCAN (?!CONSTANT ROW).*"));
    }
}
