-- Desired state. Ids are UUIDs as TEXT, instants are BIGINT microseconds since 1970 (UTC), lists and
-- documents are JSON as TEXT. Columns named "secret_…" and revision.environment hold sealed values.

CREATE TABLE sealing (
    id    TEXT NOT NULL PRIMARY KEY,
    proof TEXT NOT NULL
);

CREATE TABLE namespace (
    id                 TEXT   NOT NULL PRIMARY KEY,
    region             TEXT   NOT NULL,
    organization_id    TEXT   NOT NULL,
    project_id         TEXT   NOT NULL,
    name               TEXT   NOT NULL,
    description        TEXT   NOT NULL,
    status             TEXT   NOT NULL,
    environment        TEXT   NOT NULL,
    secret_environment TEXT   NOT NULL,
    tags               TEXT   NOT NULL,
    created_at         BIGINT NOT NULL,
    updated_at         BIGINT NOT NULL,
    CONSTRAINT namespace_name_in_project UNIQUE (region, project_id, name)
);

CREATE INDEX namespace_of_project_by_age ON namespace (region, project_id, created_at, id);
CREATE INDEX namespace_by_age ON namespace (region, created_at, id);
CREATE INDEX namespace_by_name ON namespace (region, name, created_at, id);

CREATE TABLE container (
    id                 TEXT   NOT NULL PRIMARY KEY,
    region             TEXT   NOT NULL,
    organization_id    TEXT   NOT NULL,
    project_id         TEXT   NOT NULL,
    namespace_id       TEXT   NOT NULL REFERENCES namespace (id),
    name               TEXT   NOT NULL,
    description        TEXT   NOT NULL,
    tags               TEXT   NOT NULL,
    workload           TEXT   NOT NULL,
    secret_environment TEXT   NOT NULL,
    service            TEXT   NOT NULL,
    generation         BIGINT NOT NULL,
    status             TEXT   NOT NULL,
    error_message      TEXT   NOT NULL,
    created_at         BIGINT NOT NULL,
    updated_at         BIGINT NOT NULL,
    CONSTRAINT container_name_in_namespace UNIQUE (namespace_id, name)
);

CREATE INDEX container_of_namespace_by_age ON container (namespace_id, created_at, id);
CREATE INDEX container_of_project_by_age ON container (region, project_id, created_at, id);
CREATE INDEX container_of_project_by_name ON container (region, project_id, name, created_at, id);
CREATE INDEX container_by_age ON container (region, created_at, id);
CREATE INDEX container_by_name ON container (region, name, created_at, id);

CREATE TABLE revision (
    container_id       TEXT    NOT NULL REFERENCES container (id) ON DELETE CASCADE,
    number             INTEGER NOT NULL,
    generation         BIGINT  NOT NULL,
    image_digest       TEXT    NOT NULL,
    workload           TEXT    NOT NULL,
    secret_environment TEXT    NOT NULL,
    environment        TEXT    NOT NULL,
    because            TEXT    NOT NULL,
    state              TEXT    NOT NULL,
    message            TEXT    NOT NULL,
    created_at         BIGINT  NOT NULL,
    PRIMARY KEY (container_id, number)
);

CREATE TABLE api_key (
    access_key      TEXT   NOT NULL PRIMARY KEY,
    secret_hash     TEXT   NOT NULL UNIQUE,
    description     TEXT   NOT NULL,
    organization_id TEXT   NOT NULL,
    project_id      TEXT   NOT NULL,
    permission_sets TEXT   NOT NULL,
    created_at      BIGINT NOT NULL,
    expires_at      BIGINT
);
