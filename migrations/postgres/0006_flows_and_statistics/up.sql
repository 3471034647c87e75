-- Why requests were refused, kept for a day, and numbers by the hour, kept for two weeks.
-- migrations/sqlite holds the same in SQLite's words; change both together.

CREATE TABLE flows (
    id          TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    at          BIGINT NOT NULL,
    endpoint    TEXT NOT NULL,
    status      BIGINT NOT NULL,
    client_id   TEXT COLLATE "C",
    user_id     TEXT COLLATE "C",
    error       TEXT COLLATE "C" NOT NULL,
    foreign_uri TEXT COLLATE "C",
    body        TEXT NOT NULL
);
CREATE INDEX flows_by_time ON flows (at);
CREATE INDEX flows_by_client ON flows (client_id, at);

CREATE TABLE statistics (
    hour  BIGINT NOT NULL,
    name  TEXT COLLATE "C" NOT NULL,
    label TEXT COLLATE "C" NOT NULL,
    value BIGINT NOT NULL,
    PRIMARY KEY (hour, name, label)
);

-- Counting those that live reads this alone.
CREATE INDEX sessions_that_live ON sessions (last_seen_at, created_at) WHERE ended_at IS NULL;
