-- Revocation, logout notices, resources, recovery. migrations/sqlite holds the same in SQLite's words; change both
-- together.

-- What people recognise a session by. Sessions are paged through now: byte by byte, as everything that is.
ALTER TABLE sessions ADD COLUMN user_agent TEXT;
ALTER TABLE sessions ADD COLUMN address TEXT;
ALTER TABLE sessions ALTER COLUMN sid TYPE TEXT COLLATE "C";

-- Claims asked for by name.
ALTER TABLE grants ADD COLUMN claims TEXT NOT NULL DEFAULT '{}';

-- Members of client metadata that meant nothing before were kept as they came. Of the wrong kind they would make no sense
-- now, so they go.
UPDATE clients SET metadata = (metadata::jsonb - 'backchannel_logout_uri')::text
WHERE jsonb_typeof(metadata::jsonb -> 'backchannel_logout_uri') <> 'string';
UPDATE clients SET metadata = (metadata::jsonb - 'backchannel_logout_session_required')::text
WHERE jsonb_typeof(metadata::jsonb -> 'backchannel_logout_session_required') <> 'boolean';
UPDATE clients SET metadata = (metadata::jsonb - 'default_acr_values')::text
WHERE jsonb_typeof(metadata::jsonb -> 'default_acr_values') <> 'array'
    OR jsonb_path_exists(metadata::jsonb, 'strict $.default_acr_values[*] ? (@.type() <> "string")', silent => TRUE);
UPDATE clients SET metadata = (metadata::jsonb - 'allowed_cors_origins')::text
WHERE jsonb_typeof(metadata::jsonb -> 'allowed_cors_origins') <> 'array'
    OR jsonb_path_exists(metadata::jsonb, 'strict $.allowed_cors_origins[*] ? (@.type() <> "string")', silent => TRUE);
UPDATE clients SET metadata = (metadata::jsonb - 'id_token_claims')::text
WHERE jsonb_typeof(metadata::jsonb -> 'id_token_claims') <> 'array'
    OR jsonb_path_exists(metadata::jsonb, 'strict $.id_token_claims[*] ? (@.type() <> "string")', silent => TRUE);

-- Which clients were given a code in a session: they are told when it ends.
CREATE TABLE session_clients (
    sid       TEXT COLLATE "C" NOT NULL REFERENCES sessions (sid) ON DELETE CASCADE,
    client_id TEXT COLLATE "C" NOT NULL REFERENCES clients (client_id) ON DELETE CASCADE,
    used_at   BIGINT NOT NULL,
    PRIMARY KEY (sid, client_id)
);
CREATE INDEX session_clients_by_client ON session_clients (client_id);
INSERT INTO session_clients (sid, client_id, used_at)
SELECT sid, client_id, max(created_at) FROM grants WHERE sid IN (SELECT sid FROM sessions) GROUP BY sid, client_id;

-- The web origins clients call from, taken out of their metadata so that one can be looked up.
CREATE TABLE client_origins (
    origin    TEXT NOT NULL,
    client_id TEXT COLLATE "C" NOT NULL REFERENCES clients (client_id) ON DELETE CASCADE,
    PRIMARY KEY (origin, client_id)
);
CREATE INDEX client_origins_by_client ON client_origins (client_id);

-- Of the redirect URIs there are: scheme and authority in lower case, without userinfo and the scheme's own port.
WITH parts (client_id, part) AS (
    SELECT client_id, regexp_match(lower(uri), '^(https?)://(?:[^/?#@]*@)?([^/?#]+)')
    FROM clients, jsonb_array_elements_text(coalesce(clients.metadata::jsonb -> 'redirect_uris', '[]')) AS uri
)
INSERT INTO client_origins (origin, client_id)
SELECT DISTINCT
    part[1] || '://' || regexp_replace(part[2], CASE part[1] WHEN 'https' THEN ':443$' ELSE ':80$' END, ''),
    client_id
FROM parts
WHERE part IS NOT NULL;

-- APIs that accept access tokens from here (RFC 8707).
CREATE TABLE resources (
    identifier       TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name             TEXT,
    scopes           TEXT NOT NULL,
    access_token_alg TEXT,
    access_ttl       BIGINT,
    created_at       BIGINT NOT NULL,
    updated_at       BIGINT NOT NULL
);

-- Scopes that give claims about a person.
CREATE TABLE claim_scopes (
    name        TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    description TEXT,
    claims      TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL
);

-- What is refused although signature and dates are good. Here `seq` is the transaction that wrote the entry last:
-- transactions are committed in any order, but all below the oldest that is running are over, so whoever reads on from
-- there misses none.
CREATE TABLE revocations (
    seq        BIGINT NOT NULL DEFAULT txid_current(),
    kind       TEXT NOT NULL CHECK (kind IN ('token', 'grant', 'session', 'user', 'client', 'key')),
    id         TEXT NOT NULL,
    until      BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (id, kind)
);
CREATE INDEX revocations_by_seq ON revocations (seq);
CREATE INDEX revocations_by_expiry ON revocations (expires_at);

-- Logout tokens to be delivered. The session may be gone by then.
CREATE TABLE logout_notices (
    id         TEXT NOT NULL PRIMARY KEY,
    client_id  TEXT COLLATE "C" NOT NULL REFERENCES clients (client_id) ON DELETE CASCADE,
    uri        TEXT NOT NULL,
    user_id    TEXT NOT NULL,
    sid        TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    attempts   BIGINT NOT NULL,
    due_at     BIGINT NOT NULL
);
CREATE INDEX logout_notices_by_due ON logout_notices (due_at);
CREATE INDEX logout_notices_by_age ON logout_notices (created_at);
CREATE INDEX logout_notices_by_client ON logout_notices (client_id);

-- Links that let somebody set a new password.
CREATE TABLE password_resets (
    token_digest BYTEA NOT NULL PRIMARY KEY,
    user_id      TEXT COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at   BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    spent_at     BIGINT
);
CREATE INDEX password_resets_by_user ON password_resets (user_id);
CREATE INDEX password_resets_by_expiry ON password_resets (expires_at);

-- Resources and scopes are news too.
ALTER TABLE changes
    DROP CONSTRAINT changes_kind_check,
    ADD CONSTRAINT changes_kind_check CHECK (kind IN ('client', 'user', 'keys', 'catalogue'));
