package dev.dormouse.store;

import dev.dormouse.model.ExactImage;
import dev.dormouse.model.Revision;
import dev.dormouse.model.Secret;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;

/** The revisions of the containers, within one transaction and on its thread. */
public final class RevisionTable {
    private static final int NEWEST = 50;
    private static final String COLUMNS =
            """
            SELECT r.container_id, r.number, r.generation, r.image_digest, r.repository_digest,
                r.workload, r.secret_environment, r.environment, r.because, r.state, r.message,
                r.created_at
            """;
    private static final String SELECT = COLUMNS + "FROM revision r\n";

    /** Values, not parameters: only so does the database use its index of these. */
    private static final String SERVING_OR_COMING =
            "('%s', '%s')"
                    .formatted(
                            StoredNames.REVISION_STATE.write(Revision.State.LIVE),
                            StoredNames.REVISION_STATE.write(Revision.State.DEPLOYING));

    /** Joined in this order, or the database reads the retired ones too. */
    static final String ALL_IN_FORCE =
            COLUMNS
                    + """
                    FROM (
                        SELECT s.container_id, s.number FROM revision s WHERE s.state IN %s
                        UNION
                        SELECT g.container_id, g.number FROM container c CROSS JOIN revision g
                        WHERE g.container_id = c.id AND g.generation = c.generation
                    ) k CROSS JOIN revision r
                    WHERE r.container_id = k.container_id AND r.number = k.number
                    ORDER BY r.container_id, r.number DESC
                    """
                            .formatted(SERVING_OR_COMING);

    private final Handle handle;
    private final Vault vault;

    RevisionTable(Handle handle, Vault vault) {
        this.handle = handle;
        this.vault = vault;
    }

    /** Adds one; its container is there, its number is new. */
    public void insert(Revision revision) {
        Place row = place(revision.containerId(), revision.number());
        String environment = Json.text(Json.object(revision.environment()));
        handle.createUpdate(
                        """
                        INSERT INTO revision (container_id, number, generation, image_digest,
                            repository_digest, workload, secret_environment, environment, because,
                            state, message, created_at)
                        VALUES (:container_id, :number, :generation, :image_digest,
                            :repository_digest, :workload, :secret_environment, :environment, :because,
                            :state, :message, :created_at)
                        """)
                .bind("container_id", revision.containerId().toString())
                .bind("number", revision.number())
                .bind("generation", revision.generation())
                .bind("image_digest", revision.image().id())
                .bind("repository_digest", revision.image().repositoryDigest())
                .bind("workload", WorkloadDocument.write(revision.workload()))
                .bind(
                        "secret_environment",
                        SecretColumn.write(revision.workload().secretEnvironment(), vault, row))
                .bind("environment", vault.seal(environment, environmentPlace(row)))
                .bind("because", revision.because())
                .bind("state", StoredNames.REVISION_STATE.write(revision.state()))
                .bind("message", revision.message())
                .bind("created_at", Rows.micros(revision.createdAt()))
                .execute();
    }

    /**
     * A container's revisions, newest first: the newest 50, and any older one that serves or is
     * being deployed.
     */
    public List<Revision> of(UUID containerId) {
        return handle.createQuery(
                        SELECT
                                + """
                                WHERE r.container_id = :container_id
                                    AND (r.state IN %s
                                        OR r.number IN (SELECT newest.number FROM revision newest
                                            WHERE newest.container_id = :container_id
                                            ORDER BY newest.number DESC LIMIT :keep))
                                ORDER BY r.number DESC
                                """
                                        .formatted(SERVING_OR_COMING))
                .bind("container_id", containerId.toString())
                .bind("keep", NEWEST)
                .map((row, _) -> read(row))
                .list();
    }

    /**
     * What matters of a container's revisions now, newest first: the one that serves, the one that
     * is being deployed, and what came of the container's present generation.
     */
    public List<Revision> inForce(UUID containerId) {
        return handle.createQuery(
                        SELECT
                                + """
                                WHERE r.container_id = :container_id
                                    AND (r.state IN %s
                                        OR r.generation = (SELECT c.generation FROM container c
                                            WHERE c.id = :container_id))
                                ORDER BY r.number DESC
                                """
                                        .formatted(SERVING_OR_COMING))
                .bind("container_id", containerId.toString())
                .map((row, _) -> read(row))
                .list();
    }

    /** The same of every container that has any. */
    public Map<UUID, List<Revision>> allInForce() {
        try (Stream<Revision> all =
                handle.createQuery(ALL_IN_FORCE).map((row, _) -> read(row)).stream()) {
            return all.collect(Collectors.groupingBy(Revision::containerId));
        }
    }

    /** One more than the highest there is; 1 for the first. */
    public int nextNumber(UUID containerId) {
        return handle.createQuery(
                        """
                        SELECT coalesce(max(r.number), 0) + 1 AS next FROM revision r
                        WHERE r.container_id = :container_id
                        """)
                .bind("container_id", containerId.toString())
                .mapTo(Integer.class)
                .one();
    }

    /** Records how far one has come; one that went with its container is passed over. */
    public void mark(UUID containerId, int number, Revision.State state, String message) {
        handle.createUpdate(
                        """
                        UPDATE revision SET state = :state, message = :message
                        WHERE container_id = :container_id AND number = :number
                        """)
                .bind("container_id", containerId.toString())
                .bind("number", number)
                .bind("state", StoredNames.REVISION_STATE.write(state))
                .bind("message", message)
                .execute();
    }

    /**
     * Removes all but the newest, and never one that serves or is being deployed.
     *
     * @param keep how many of the newest stay; at least 1, so that no number is given twice
     */
    public void prune(UUID containerId, int keep) {
        if (keep < 1) {
            throw new IllegalArgumentException("keep is at least 1");
        }
        handle.createUpdate(
                        """
                        DELETE FROM revision
                        WHERE container_id = :container_id AND state NOT IN %s
                            AND number NOT IN (SELECT newest.number FROM revision newest
                                WHERE newest.container_id = :container_id
                                ORDER BY newest.number DESC LIMIT :keep)
                        """
                                .formatted(SERVING_OR_COMING))
                .bind("container_id", containerId.toString())
                .bind("keep", keep)
                .execute();
    }

    private Revision read(ResultSet row) throws SQLException {
        UUID containerId = Rows.uuid(row, "container_id");
        int number = row.getInt("number");
        Place place = place(containerId, number);
        Map<String, Secret> secrets =
                SecretColumn.read(row.getString("secret_environment"), vault, place);
        String environment = environmentPlace(place);
        return new Revision(
                containerId,
                number,
                row.getLong("generation"),
                new ExactImage(row.getString("image_digest"), row.getString("repository_digest")),
                WorkloadDocument.read(row.getString("workload"), secrets, place),
                Json.read(
                        vault.open(row.getString("environment"), environment),
                        environment,
                        Json::map),
                row.getString("because"),
                StoredNames.REVISION_STATE.read(row.getString("state")),
                row.getString("message"),
                Rows.instant(row, "created_at"));
    }

    private static Place place(UUID containerId, int number) {
        return new Place("revision", containerId + "#" + number, "number");
    }

    private static String environmentPlace(Place row) {
        return row.column("environment").toString();
    }
}
