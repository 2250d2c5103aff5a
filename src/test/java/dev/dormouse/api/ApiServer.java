package dev.dormouse.api;

import dev.dormouse.auth.KeyRing;
import dev.dormouse.auth.NewKey;
import dev.dormouse.config.Endpoints;
import dev.dormouse.config.Listen;
import dev.dormouse.config.ServerSettings;
import dev.dormouse.config.Source;
import dev.dormouse.engine.EngineHealth;
import dev.dormouse.engine.Usage;
import dev.dormouse.model.Activity;
import dev.dormouse.model.ApiKey;
import dev.dormouse.model.Container;
import dev.dormouse.model.PermissionSet;
import dev.dormouse.model.Start;
import dev.dormouse.model.Status;
import dev.dormouse.store.Store;
import dev.dormouse.store.StoreSettings;
import dev.dormouse.telemetry.AuditLog;
import dev.dormouse.telemetry.AuditSettings;
import dev.dormouse.telemetry.ContainerLogs;
import dev.dormouse.telemetry.Metrics;
import dev.dormouse.telemetry.TelemetrySettings;
import dev.dormouse.testing.ConformingClient;
import dev.dormouse.testing.Reply;
import dev.dormouse.testing.SettableClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A real API on a real store and a port of its own, with a clock to set. The control loop is this
 * class: it notes what it is told and settles containers when a test says so.
 */
final class ApiServer implements AutoCloseable {
    static final Instant START = Instant.parse("2026-11-24T12:00:00.123456Z");
    static final UUID PROJECT = UUID.fromString("aaaaaaaa-1111-4111-8111-111111111111");
    static final String BASE = "/containers/v1/regions/fr-par";

    final SettableClock clock = new SettableClock(START);
    final List<UUID> changed = new CopyOnWriteArrayList<>();
    final Map<UUID, Activity> activities = new ConcurrentHashMap<>();
    final Map<String, Usage> usages = new ConcurrentHashMap<>();
    final Map<UUID, List<Start>> starts = new ConcurrentHashMap<>();
    final Metrics metrics = new Metrics();
    final Store store;
    final KeyRing keys;
    final ContainerLogs logs;
    final AuditLog audit;
    final ConformingClient client;
    private final SecureRandom random = new SecureRandom();
    private final NewKey owner;
    private final Api api;

    ApiServer(Path folder) {
        this(folder, Map.of());
    }

    volatile boolean wakesAlone = true;
    volatile EngineHealth engine = new EngineHealth("an engine of the test", true, START, "");

    /** A server with these settings. */
    ApiServer(Path folder, Map<String, String> settings) {
        Source source = new Source(settings);
        ServerSettings server =
                new ServerSettings(
                        folder,
                        new Listen("127.0.0.1", 0),
                        new Listen("127.0.0.1", 8000),
                        Optional.empty(),
                        new Endpoints(
                                "functions.fnc.<region>.localhost", Endpoints.Scheme.HTTPS, 8443));
        ApiSettings apiSettings = ApiSettings.from(source);
        source.check();
        store = Store.open(StoreSettings.from(new Source(Map.of()), server));
        logs = new ContainerLogs(new TelemetrySettings(folder.resolve("logs"), 1_000_000));
        audit = new AuditLog(AuditSettings.from(new Source(Map.of()), server), metrics.registry());
        keys = new KeyRing(List.of());
        owner =
                key(
                        PROJECT,
                        EnumSet.of(PermissionSet.AllProductsFullAccess, PermissionSet.IAMManager));
        api =
                Api.start(
                        apiSettings,
                        server,
                        new Api.State(store, keys, logs, audit, metrics),
                        new Api.Loop(
                                changed::add,
                                id -> activities.getOrDefault(id, Activity.NONE),
                                id -> starts.getOrDefault(id, List.of()),
                                activities::keySet,
                                () -> engine,
                                instance -> Optional.ofNullable(usages.get(instance)),
                                () -> wakesAlone,
                                () -> List.of("the test warns")),
                        new Api.Chances(clock, random));
        client = new ConformingClient(URI.create("http://127.0.0.1:" + api.port()));
    }

    int port() {
        return api.port();
    }

    /** A key that is stored and let in. */
    NewKey key(UUID project, Set<PermissionSet> sets) {
        return key(project, sets, Optional.empty());
    }

    NewKey key(UUID project, Set<PermissionSet> sets, Optional<Instant> expiresAt) {
        NewKey made =
                NewKey.make(new NewKey.Order("", project, project, sets, expiresAt), START, random);
        store.write(tables -> {
            tables.keys().insert(made.key());
            return true;
        });
        keys.add(made.key());
        return made;
    }

    ApiKey ownerKey() {
        return owner.key();
    }

    /** A request of the owner's, with a JSON body unless it is empty. */
    Reply call(String method, String path, String body) {
        return call(Optional.of(owner.secret()), method, path, body);
    }

    Reply call(String method, String path) {
        return call(method, path, "");
    }

    Reply call(Optional<String> token, String method, String path, String body) {
        HttpRequest.Builder request =
                client.to(path)
                        .method(
                                method,
                                body.isEmpty()
                                        ? BodyPublishers.noBody()
                                        : BodyPublishers.ofString(body));
        token.ifPresent(secret -> request.header("X-Auth-Token", secret));
        if (!body.isEmpty()) {
            request.header("Content-Type", "application/json");
        }
        return client.send(request.build());
    }

    String ownerToken() {
        return owner.secret();
    }

    /** Makes a namespace and gives its id. */
    String namespace(String name) {
        return call("POST", BASE + "/namespaces", "{\"name\":\"%s\"}".formatted(name)).at("/id");
    }

    /**
     * Makes a container with these further fields, such as {@code ,"port":80}, and gives the
     * answer.
     */
    Reply container(String namespaceId, String name, String fields) {
        return call(
                "POST",
                BASE + "/containers",
                "{\"namespace_id\":\"%s\",\"name\":\"%s\",\"image\":\"nginx:1.29\"%s}"
                        .formatted(namespaceId, name, fields));
    }

    Reply patch(String id, String body) {
        return call("PATCH", BASE + "/containers/" + id, body);
    }

    Reply get(String id) {
        return call("GET", BASE + "/containers/" + id);
    }

    Container stored(String id) {
        return store.read(tables -> tables.containers().find(UUID.fromString(id))).orElseThrow();
    }

    /** Does what the control loop does when a rollout ends, five seconds later. */
    void settle(String id, Status status, String message) {
        clock.advance(Duration.ofSeconds(5));
        Container container = stored(id);
        store.write(tables ->
                tables.containers()
                        .settle(
                                container.id(),
                                container.generation(),
                                status,
                                message,
                                clock.instant()
                                        .truncatedTo(java.time.temporal.ChronoUnit.SECONDS)));
    }

    @Override
    public void close() {
        client.close();
        api.close();
        logs.close();
        closeAudit();
        store.close();
    }

    private void closeAudit() {
        try {
            audit.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
