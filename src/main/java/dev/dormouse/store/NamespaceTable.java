package dev.dormouse.store;

import dev.dormouse.model.Namespace;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Update;

/** The namespaces, within one transaction and on its thread. */
public final class NamespaceTable {
    static final String SELECT =
            """
            SELECT n.id, n.region, n.organization_id, n.project_id, n.name, n.description, n.status,
                n.environment, n.secret_environment, n.tags, n.created_at, n.updated_at
            FROM namespace n
            """;
    private static final String COUNT = "SELECT count(*) FROM namespace n";

    private final Handle handle;
    private final Vault vault;

    NamespaceTable(Handle handle, Vault vault) {
        this.handle = handle;
        this.vault = vault;
    }

    /** Adds one; its id and, within its project and region, its name are new. */
    public void insert(Namespace namespace) {
        Update insert =
                handle.createUpdate(
                        """
                        INSERT INTO namespace (id, region, organization_id, project_id, name,
                            description, status, environment, secret_environment, tags,
                            created_at, updated_at)
                        VALUES (:id, :region, :organization_id, :project_id, :name,
                            :description, :status, :environment, :secret_environment, :tags,
                            :created_at, :updated_at)
                        """);
        mutable(insert, namespace)
                .bind("region", namespace.region())
                .bind("organization_id", namespace.organizationId().toString())
                .bind("project_id", namespace.projectId().toString())
                .bind("name", namespace.name())
                .bind("created_at", Rows.micros(namespace.createdAt()))
                .execute();
    }

    public Optional<Namespace> find(String region, UUID id) {
        return handle.createQuery(SELECT + "WHERE n.region = :region AND n.id = :id")
                .bind("region", region)
                .bind("id", id.toString())
                .map((row, _) -> read(row))
                .findOne();
    }

    /** The id of the one with this name, if there is one. */
    public Optional<UUID> idByName(String region, UUID projectId, String name) {
        return handle.createQuery(
                        """
                        SELECT n.id FROM namespace n
                        WHERE n.region = :region AND n.project_id = :project_id AND n.name = :name
                        """)
                .bind("region", region)
                .bind("project_id", projectId.toString())
                .bind("name", name)
                .map((row, _) -> Rows.uuid(row, "id"))
                .findOne();
    }

    /** One page of those that meet the filter, and how many do. */
    public Page<Namespace> list(NamespaceFilter filter, Paging paging) {
        Set<UUID> projects = Projects.seen(filter.projectId(), filter.readableProjects());
        if (projects.isEmpty()) {
            return new Page<>(java.util.List.of(), 0);
        }
        Listing listing = listing(filter, projects);
        return listing.page(
                handle, SELECT, listing.count(handle, COUNT), paging, (row, _) -> read(row));
    }

    /** Changes everything that may change: all but id, region, owner, name and time of creation. */
    public void update(Namespace namespace) {
        Update update =
                handle.createUpdate(
                        """
                        UPDATE namespace
                        SET description = :description, status = :status,
                            environment = :environment, secret_environment = :secret_environment,
                            tags = :tags, updated_at = :updated_at
                        WHERE id = :id
                        """);
        if (mutable(update, namespace).execute() == 0) {
            throw new IllegalStateException("There is no namespace " + namespace.id());
        }
    }

    /** Removes one that holds no container any more; there need not be one. */
    public void delete(UUID id) {
        handle.createUpdate("DELETE FROM namespace WHERE id = :id")
                .bind("id", id.toString())
                .execute();
    }

    /** The statement behind a page, for the test that asks how it is carried out. */
    static Listing listing(NamespaceFilter filter, Set<UUID> projects) {
        Listing listing = new Listing("n").seek("region", filter.region());
        if (projects.size() == 1) {
            listing.seek("project_id", projects.iterator().next());
        } else {
            listing.check("project_id", projects);
        }
        filter.name().ifPresent(name -> listing.seek("name", name));
        filter.organizationId().ifPresent(id -> listing.check("organization_id", id));
        return listing;
    }

    private Update mutable(Update statement, Namespace namespace) {
        Place row = place(namespace.id());
        return statement
                .bind("id", namespace.id().toString())
                .bind("description", namespace.description())
                .bind("status", StoredNames.STATUS.write(namespace.status()))
                .bind("environment", Json.text(Json.object(namespace.environment())))
                .bind(
                        "secret_environment",
                        SecretColumn.write(namespace.secretEnvironment(), vault, row))
                .bind("tags", Json.text(Json.array(namespace.tags())))
                .bind("updated_at", Rows.micros(namespace.updatedAt()));
    }

    private Namespace read(ResultSet row) throws SQLException {
        UUID id = Rows.uuid(row, "id");
        Place place = place(id);
        return new Namespace(
                id,
                row.getString("region"),
                Rows.uuid(row, "organization_id"),
                Rows.uuid(row, "project_id"),
                row.getString("name"),
                row.getString("description"),
                StoredNames.STATUS.read(row.getString("status")),
                Json.read(
                        row.getString("environment"),
                        place.column("environment").toString(),
                        Json::map),
                SecretColumn.read(row.getString("secret_environment"), vault, place),
                Json.read(row.getString("tags"), place.column("tags").toString(), Json::list),
                Rows.instant(row, "created_at"),
                Rows.instant(row, "updated_at"));
    }

    private static Place place(UUID id) {
        return Place.of("namespace", id, "id");
    }
}
