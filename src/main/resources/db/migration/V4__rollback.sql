-- A revision can be brought back though the engine lost its image; one that never served is told apart from
-- one that did. Only those that were given up had a message.

ALTER TABLE revision ADD COLUMN repository_digest TEXT NOT NULL DEFAULT '';

UPDATE revision SET repository_digest = image_digest;
UPDATE revision SET state = 'superseded' WHERE state = 'retired' AND message <> '';
