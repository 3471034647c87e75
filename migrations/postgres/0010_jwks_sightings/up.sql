-- When the JWK Set was last fetched from the network address a client calls from. Inferred: it is fetched without credentials.
-- migrations/sqlite holds the same in SQLite's words; change both together.
CREATE TABLE jwks_sightings (
    client_id  TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES clients (client_id) ON DELETE CASCADE,
    fetched_at BIGINT NOT NULL
);
