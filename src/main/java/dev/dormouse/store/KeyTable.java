package dev.dormouse.store;

import dev.dormouse.model.ApiKey;
import dev.dormouse.model.PermissionSet;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/** The callers' keys, without their secrets, within one transaction and on its thread. */
public final class KeyTable {
    private static final String SELECT =
            """
            SELECT k.access_key, k.secret_hash, k.description, k.organization_id, k.project_id,
                k.permission_sets, k.created_at, k.expires_at
            FROM api_key k
            """;

    private final Handle handle;

    KeyTable(Handle handle) {
        this.handle = handle;
    }

    /** Adds one; its access key and its secret are new. */
    public void insert(ApiKey key) {
        handle.createUpdate(
                        """
                        INSERT INTO api_key (access_key, secret_hash, description, organization_id,
                            project_id, permission_sets, created_at, expires_at)
                        VALUES (:access_key, :secret_hash, :description, :organization_id,
                            :project_id, :permission_sets, :created_at, :expires_at)
                        """)
                .bind("access_key", key.accessKey())
                .bind("secret_hash", key.secretHash())
                .bind("description", key.description())
                .bind("organization_id", key.organizationId().toString())
                .bind("project_id", key.projectId().toString())
                .bind("permission_sets", names(key.permissionSets()))
                .bind("created_at", Rows.micros(key.createdAt()))
                .bind("expires_at", key.expiresAt().map(Rows::micros))
                .execute();
    }

    public Optional<ApiKey> find(String accessKey) {
        return handle.createQuery(SELECT + "WHERE k.access_key = :access_key")
                .bind("access_key", accessKey)
                .map((row, _) -> read(row))
                .findOne();
    }

    /** Every key, oldest first, expired ones included. */
    public List<ApiKey> all() {
        return handle.createQuery(SELECT + "ORDER BY k.created_at, k.access_key")
                .map((row, _) -> read(row))
                .list();
    }

    /** Whether there was one to delete. */
    public boolean delete(String accessKey) {
        return handle.createUpdate("DELETE FROM api_key WHERE access_key = :access_key")
                        .bind("access_key", accessKey)
                        .execute()
                > 0;
    }

    private static String names(Set<PermissionSet> sets) {
        return Json.text(
                Json.array(sets.stream().map(StoredNames.PERMISSION_SET::write).sorted().toList()));
    }

    private static ApiKey read(ResultSet row) throws SQLException {
        String accessKey = row.getString("access_key");
        return new ApiKey(
                accessKey,
                row.getString("secret_hash"),
                row.getString("description"),
                Rows.uuid(row, "organization_id"),
                Rows.uuid(row, "project_id"),
                Json.read(
                                row.getString("permission_sets"),
                                new Place("api_key", accessKey, "permission_sets").toString(),
                                Json::list)
                        .stream()
                        .map(StoredNames.PERMISSION_SET::read)
                        .collect(Collectors.toSet()),
                Rows.instant(row, "created_at"),
                Rows.optionalInstant(row, "expires_at"));
    }
}
