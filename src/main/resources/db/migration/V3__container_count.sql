-- How many containers there are, kept by the database itself, so that nobody who asks counts them.

CREATE TABLE container_count (
    project_id      TEXT   NOT NULL,
    region          TEXT   NOT NULL,
    namespace_id    TEXT   NOT NULL,
    organization_id TEXT   NOT NULL,
    status          TEXT   NOT NULL,
    containers      BIGINT NOT NULL,
    PRIMARY KEY (project_id, region, namespace_id, organization_id, status)
);

CREATE INDEX container_count_of_namespace ON container_count (namespace_id);

INSERT INTO container_count (project_id, region, namespace_id, organization_id, status, containers)
SELECT project_id, region, namespace_id, organization_id, status, count(*) FROM container
GROUP BY project_id, region, namespace_id, organization_id, status;

CREATE TRIGGER container_counted AFTER INSERT ON container
BEGIN
    INSERT INTO container_count
        (project_id, region, namespace_id, organization_id, status, containers)
    VALUES (NEW.project_id, NEW.region, NEW.namespace_id, NEW.organization_id, NEW.status, 1)
    ON CONFLICT DO UPDATE SET containers = containers + 1;
END;

CREATE TRIGGER container_uncounted AFTER DELETE ON container
BEGIN
    UPDATE container_count SET containers = containers - 1
    WHERE project_id = OLD.project_id AND region = OLD.region AND namespace_id = OLD.namespace_id
        AND organization_id = OLD.organization_id AND status = OLD.status;
    DELETE FROM container_count
    WHERE project_id = OLD.project_id AND region = OLD.region AND namespace_id = OLD.namespace_id
        AND organization_id = OLD.organization_id AND status = OLD.status AND containers = 0;
END;

CREATE TRIGGER container_recounted AFTER UPDATE OF status ON container
WHEN OLD.status <> NEW.status
BEGIN
    UPDATE container_count SET containers = containers - 1
    WHERE project_id = OLD.project_id AND region = OLD.region AND namespace_id = OLD.namespace_id
        AND organization_id = OLD.organization_id AND status = OLD.status;
    DELETE FROM container_count
    WHERE project_id = OLD.project_id AND region = OLD.region AND namespace_id = OLD.namespace_id
        AND organization_id = OLD.organization_id AND status = OLD.status AND containers = 0;
    INSERT INTO container_count
        (project_id, region, namespace_id, organization_id, status, containers)
    VALUES (NEW.project_id, NEW.region, NEW.namespace_id, NEW.organization_id, NEW.status, 1)
    ON CONFLICT DO UPDATE SET containers = containers + 1;
END;

CREATE INDEX container_by_status ON container (project_id, status, updated_at, id);
