-- The CPU time that a container's newest boot took, where that is long: a server that comes back does not begin with all of
-- these at once.

CREATE TABLE slow_boot (
    container_id TEXT   NOT NULL PRIMARY KEY REFERENCES container (id) ON DELETE CASCADE,
    millis       BIGINT NOT NULL
);
