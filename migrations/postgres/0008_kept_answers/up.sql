-- Answers of the management API that a retry gets again, sealed, kept for a day.
-- migrations/sqlite holds the same in SQLite's words; change both together.
CREATE TABLE kept_answers (
    key_digest   BYTEA  NOT NULL PRIMARY KEY,
    asked_digest BYTEA  NOT NULL,
    sealed       BYTEA  NOT NULL,
    at           BIGINT NOT NULL
);
CREATE INDEX kept_answers_by_time ON kept_answers (at);
