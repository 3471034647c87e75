-- When the JWK Set was last fetched from the network address a client calls from. Inferred: it is fetched without credentials.
-- migrations/postgres holds the same in PostgreSQL's words; change both together.
CREATE TABLE jwks_sightings (
    client_id  TEXT    NOT NULL PRIMARY KEY REFERENCES clients (client_id) ON DELETE CASCADE,
    fetched_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
