-- A start reads what matters of every container's revisions, and none of the retired ones.

CREATE INDEX revision_in_force ON revision (container_id, number) WHERE state IN ('live', 'deploying');
CREATE INDEX revision_of_generation ON revision (container_id, generation);
