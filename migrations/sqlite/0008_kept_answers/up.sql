-- Answers of the management API that a retry gets again, sealed, kept for a day.
-- migrations/postgres holds the same in PostgreSQL's words; change both together.
CREATE TABLE kept_answers (
    key_digest   BLOB    NOT NULL PRIMARY KEY,
    asked_digest BLOB    NOT NULL,
    sealed       BLOB    NOT NULL,
    at           INTEGER NOT NULL
) STRICT;
CREATE INDEX kept_answers_by_time ON kept_answers (at);
