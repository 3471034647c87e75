-- How many tokens each key signed for each client, by the minute in which they expire. Tokens themselves are not stored.
-- migrations/sqlite holds the same in SQLite's words; change both together.
CREATE TABLE signed_tokens (
    kid       TEXT COLLATE "C" NOT NULL,
    client_id TEXT COLLATE "C" NOT NULL,
    until     BIGINT NOT NULL,
    signed    BIGINT NOT NULL,
    PRIMARY KEY (until, kid, client_id)
);
