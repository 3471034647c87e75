-- How many tokens each key signed for each client, by the minute in which they expire. Tokens themselves are not stored.
-- migrations/postgres holds the same in PostgreSQL's words; change both together.
CREATE TABLE signed_tokens (
    kid       TEXT    NOT NULL,
    client_id TEXT    NOT NULL,
    until     INTEGER NOT NULL,
    signed    INTEGER NOT NULL,
    PRIMARY KEY (until, kid, client_id)
) STRICT, WITHOUT ROWID;
