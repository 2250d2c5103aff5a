package dev.dormouse.store;

import dev.dormouse.model.Container;
import dev.dormouse.model.Secret;
import dev.dormouse.model.Status;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Update;

/** The containers, within one transaction and on its thread. */
public final class ContainerTable {
    /**
     * The namespace is not joined, so that a page's predecessors are skipped in the index alone.
     */
    static final String SELECT =
            """
            SELECT c.id, c.region, c.organization_id, c.project_id, c.namespace_id,
                (SELECT n.name FROM namespace n WHERE n.id = c.namespace_id) AS namespace_name,
                c.name, c.description, c.tags, c.workload,
                c.secret_environment, c.service, c.generation, c.status, c.error_message,
                c.created_at, c.updated_at
            FROM container c
            """;

    private static final String COUNT = "SELECT count(*) FROM container c";
    static final String COUNTED = "SELECT coalesce(sum(k.containers), 0) FROM container_count k";

    private final Handle handle;
    private final Vault vault;

    ContainerTable(Handle handle, Vault vault) {
        this.handle = handle;
        this.vault = vault;
    }

    /** Adds one; its namespace is there, its id and, within its namespace, its name are new. */
    public void insert(Container container) {
        Update insert =
                handle.createUpdate(
                        """
                        INSERT INTO container (id, region, organization_id, project_id,
                            namespace_id, name, description, tags, workload, secret_environment,
                            service, generation, status, error_message, created_at, updated_at)
                        VALUES (:id, :region, :organization_id, :project_id,
                            :namespace_id, :name, :description, :tags, :workload, :secret_environment,
                            :service, :generation, :status, :error_message, :created_at, :updated_at)
                        """);
        mutable(insert, container)
                .bind("region", container.region())
                .bind("organization_id", container.organizationId().toString())
                .bind("project_id", container.projectId().toString())
                .bind("namespace_id", container.namespaceId().toString())
                .bind("name", container.name())
                .bind("created_at", Rows.micros(container.createdAt()))
                .execute();
    }

    public Optional<Container> find(String region, UUID id) {
        return handle.createQuery(SELECT + "WHERE c.region = :region AND c.id = :id")
                .bind("region", region)
                .bind("id", id.toString())
                .map((row, _) -> read(row))
                .findOne();
    }

    /** The one with this id, in whatever region. */
    public Optional<Container> find(UUID id) {
        return handle.createQuery(SELECT + "WHERE c.id = :id")
                .bind("id", id.toString())
                .map((row, _) -> read(row))
                .findOne();
    }

    /** The id of the one with this name, if there is one. */
    public Optional<UUID> idByName(UUID namespaceId, String name) {
        return handle.createQuery(
                        """
                        SELECT c.id FROM container c
                        WHERE c.namespace_id = :namespace_id AND c.name = :name
                        """)
                .bind("namespace_id", namespaceId.toString())
                .bind("name", name)
                .map((row, _) -> Rows.uuid(row, "id"))
                .findOne();
    }

    /** One page of those that meet the filter, and how many do. */
    public Page<Container> list(ContainerFilter filter, Paging paging) {
        Set<UUID> projects = Projects.seen(filter.projectId(), filter.readableProjects());
        if (projects.isEmpty()) {
            return new Page<>(List.of(), 0);
        }
        Listing listing = listing(filter, projects);
        long total =
                filter.name().isPresent()
                        ? listing.count(handle, COUNT)
                        : counted(filter, projects).count(handle, COUNTED);
        return listing.page(handle, SELECT, total, paging, (row, _) -> read(row));
    }

    /** How many of the project there are in each status, in every region. */
    public Map<Status, Long> counts(UUID projectId) {
        Map<Status, Long> counts = new EnumMap<>(Status.class);
        handle.createQuery(
                        """
                        SELECT k.status, sum(k.containers) AS containers FROM container_count k
                        WHERE k.project_id = :project_id GROUP BY k.status
                        """)
                .bind("project_id", projectId.toString())
                .map((row, _) ->
                        Map.entry(
                                StoredNames.STATUS.read(row.getString("status")),
                                row.getLong("containers")))
                .forEach(entry -> counts.put(entry.getKey(), entry.getValue()));
        return counts;
    }

    /** Those of the project in that status, in every region, the newest change first. */
    public List<Container> newest(UUID projectId, Status status, int most) {
        return handle.createQuery(
                        SELECT
                                + """
                                WHERE c.project_id = :project_id AND c.status = :status
                                ORDER BY c.updated_at DESC, c.id DESC LIMIT :most
                                """)
                .bind("project_id", projectId.toString())
                .bind("status", StoredNames.STATUS.write(status))
                .bind("most", most)
                .map((row, _) -> read(row))
                .list();
    }

    /** Those of the project with that name, in every namespace of one region, the oldest first. */
    public List<Container> named(String region, UUID projectId, String name, int most) {
        return handle.createQuery(
                        SELECT
                                + """
                                WHERE c.region = :region AND c.project_id = :project_id
                                    AND c.name = :name
                                ORDER BY c.created_at, c.id LIMIT :most
                                """)
                .bind("region", region)
                .bind("project_id", projectId.toString())
                .bind("name", name)
                .bind("most", most)
                .map((row, _) -> read(row))
                .list();
    }

    /** Every container of every region, by id. */
    public List<Container> all() {
        return handle.createQuery(SELECT + "ORDER BY c.id").map((row, _) -> read(row)).list();
    }

    /** Whether the namespace holds any. */
    public boolean isAnyIn(UUID namespaceId) {
        return handle.createQuery(
                        """
                        SELECT EXISTS (
                            SELECT 1 FROM container c WHERE c.namespace_id = :namespace_id)
                        """)
                .bind("namespace_id", namespaceId.toString())
                .mapTo(Boolean.class)
                .one();
    }

    /**
     * Marks all of one namespace for deletion, in one statement however many they are.
     *
     * @return all of them, those that were marked before too
     */
    public List<UUID> beginDeletion(UUID namespaceId, Instant at) {
        handle.createUpdate(
                        """
                        UPDATE container
                        SET status = :deleting, error_message = '', updated_at = :updated_at
                        WHERE namespace_id = :namespace_id AND status <> :deleting
                        """)
                .bind("namespace_id", namespaceId.toString())
                .bind("deleting", StoredNames.STATUS.write(Status.DELETING))
                .bind("updated_at", Rows.micros(at))
                .execute();
        return handle.createQuery(
                        "SELECT c.id FROM container c WHERE c.namespace_id = :namespace_id")
                .bind("namespace_id", namespaceId.toString())
                .map((row, _) -> Rows.uuid(row, "id"))
                .list();
    }

    /** Those of one namespace, oldest first. */
    public List<Container> inNamespace(UUID namespaceId) {
        return handle.createQuery(
                        SELECT
                                + """
                                WHERE c.namespace_id = :namespace_id
                                ORDER BY c.created_at, c.id
                                """)
                .bind("namespace_id", namespaceId.toString())
                .map((row, _) -> read(row))
                .list();
    }

    /** Changes everything that may change: all but id, region, owner, name and time of creation. */
    public void update(Container container) {
        Update update =
                handle.createUpdate(
                        """
                        UPDATE container
                        SET description = :description, tags = :tags, workload = :workload,
                            secret_environment = :secret_environment, service = :service,
                            generation = :generation, status = :status,
                            error_message = :error_message, updated_at = :updated_at
                        WHERE id = :id
                        """);
        if (mutable(update, container).execute() == 0) {
            throw new IllegalStateException("There is no container " + container.id());
        }
    }

    /**
     * Records how the rollout of a generation ended, unless a newer one has been asked for or the
     * container is being deleted.
     *
     * @return whether it was recorded
     */
    public boolean settle(
            UUID id, long generation, Status status, String errorMessage, Instant at) {
        return handle.createUpdate(
                                """
                                UPDATE container
                                SET status = :status, error_message = :error_message,
                                    updated_at = :updated_at
                                WHERE id = :id AND generation = :generation AND status <> :deleting
                                """)
                        .bind("id", id.toString())
                        .bind("generation", generation)
                        .bind("status", StoredNames.STATUS.write(status))
                        .bind("error_message", errorMessage)
                        .bind("updated_at", Rows.micros(at))
                        .bind("deleting", StoredNames.STATUS.write(Status.DELETING))
                        .execute()
                > 0;
    }

    /** Removes one and its revisions; there need not be one. */
    public void delete(UUID id) {
        handle.createUpdate("DELETE FROM container WHERE id = :id")
                .bind("id", id.toString())
                .execute();
    }

    /** The statement behind a page, for the test that asks how it is carried out. */
    static Listing listing(ContainerFilter filter, Set<UUID> projects) {
        Listing listing = new Listing("c");
        if (filter.namespaceId().isPresent()) {
            listing.seek("namespace_id", filter.namespaceId().get())
                    .where(
                            "EXISTS (SELECT 1 FROM namespace n WHERE n.id = :namespace_id AND %s)",
                            new Listing("n")
                                    .check("region", filter.region())
                                    .check("project_id", projects));
        } else if (projects.size() == 1) {
            listing.seek("region", filter.region()).seek("project_id", projects.iterator().next());
        } else {
            listing.seek("region", filter.region()).check("project_id", projects);
        }
        filter.name().ifPresent(name -> listing.seek("name", name));
        filter.organizationId().ifPresent(id -> listing.check("organization_id", id));
        return listing;
    }

    /** The same question to the table of counts, which does not know names. */
    static Listing counted(ContainerFilter filter, Set<UUID> projects) {
        Listing listing = new Listing("k");
        if (filter.namespaceId().isPresent()) {
            listing.seek("namespace_id", filter.namespaceId().get())
                    .check("region", filter.region())
                    .check("project_id", projects);
        } else {
            listing.seek("region", filter.region()).seek("project_id", projects);
        }
        filter.organizationId().ifPresent(id -> listing.check("organization_id", id));
        return listing;
    }

    private Update mutable(Update statement, Container container) {
        Place row = place(container.id());
        return statement
                .bind("id", container.id().toString())
                .bind("description", container.description())
                .bind("tags", Json.text(Json.array(container.tags())))
                .bind("workload", WorkloadDocument.write(container.workload()))
                .bind(
                        "secret_environment",
                        SecretColumn.write(container.workload().secretEnvironment(), vault, row))
                .bind("service", ServiceDocument.write(container.service()))
                .bind("generation", container.generation())
                .bind("status", StoredNames.STATUS.write(container.status()))
                .bind("error_message", container.errorMessage())
                .bind("updated_at", Rows.micros(container.updatedAt()));
    }

    private Container read(ResultSet row) throws SQLException {
        UUID id = Rows.uuid(row, "id");
        Place place = place(id);
        Map<String, Secret> secrets =
                SecretColumn.read(row.getString("secret_environment"), vault, place);
        return new Container(
                id,
                row.getString("region"),
                Rows.uuid(row, "organization_id"),
                Rows.uuid(row, "project_id"),
                Rows.uuid(row, "namespace_id"),
                row.getString("namespace_name"),
                row.getString("name"),
                row.getString("description"),
                Json.read(row.getString("tags"), place.column("tags").toString(), Json::list),
                WorkloadDocument.read(row.getString("workload"), secrets, place),
                ServiceDocument.read(row.getString("service"), place),
                row.getLong("generation"),
                StoredNames.STATUS.read(row.getString("status")),
                row.getString("error_message"),
                Rows.instant(row, "created_at"),
                Rows.instant(row, "updated_at"));
    }

    private static Place place(UUID id) {
        return Place.of("container", id, "id");
    }
}
