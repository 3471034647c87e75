-- Why requests were refused, kept for a day, and numbers by the hour, kept for two weeks.
-- migrations/postgres holds the same in PostgreSQL's words; change both together.

CREATE TABLE flows (
    id          TEXT    NOT NULL PRIMARY KEY,
    at          INTEGER NOT NULL,
    endpoint    TEXT    NOT NULL,
    status      INTEGER NOT NULL,
    client_id   TEXT,
    user_id     TEXT,
    error       TEXT    NOT NULL,
    foreign_uri TEXT,
    body        TEXT    NOT NULL
) STRICT;
CREATE INDEX flows_by_time ON flows (at);
CREATE INDEX flows_by_client ON flows (client_id, at);

CREATE TABLE statistics (
    hour  INTEGER NOT NULL,
    name  TEXT    NOT NULL,
    label TEXT    NOT NULL,
    value INTEGER NOT NULL,
    PRIMARY KEY (hour, name, label)
) STRICT, WITHOUT ROWID;

-- Counting those that live reads this alone.
CREATE INDEX sessions_that_live ON sessions (last_seen_at, created_at) WHERE ended_at IS NULL;
