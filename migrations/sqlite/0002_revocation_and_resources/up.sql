-- Revocation, logout notices, resources, recovery. migrations/postgres holds the same in PostgreSQL's words; change both
-- together.

-- What people recognise a session by.
ALTER TABLE sessions ADD COLUMN user_agent TEXT;
ALTER TABLE sessions ADD COLUMN address TEXT;

-- Claims asked for by name.
ALTER TABLE grants ADD COLUMN claims TEXT NOT NULL DEFAULT '{}';

-- Members of client metadata that meant nothing before were kept as they came. Of the wrong kind they would make no sense
-- now, so they go.
UPDATE clients SET metadata = json_remove(metadata, '$.backchannel_logout_uri')
WHERE json_type(metadata, '$.backchannel_logout_uri') <> 'text';
UPDATE clients SET metadata = json_remove(metadata, '$.backchannel_logout_session_required')
WHERE json_type(metadata, '$.backchannel_logout_session_required') NOT IN ('true', 'false');
UPDATE clients SET metadata = json_remove(metadata, '$.default_acr_values')
WHERE json_type(metadata, '$.default_acr_values') <> 'array'
    OR EXISTS (SELECT 1 FROM json_each(metadata, '$.default_acr_values') WHERE type <> 'text');
UPDATE clients SET metadata = json_remove(metadata, '$.allowed_cors_origins')
WHERE json_type(metadata, '$.allowed_cors_origins') <> 'array'
    OR EXISTS (SELECT 1 FROM json_each(metadata, '$.allowed_cors_origins') WHERE type <> 'text');
UPDATE clients SET metadata = json_remove(metadata, '$.id_token_claims')
WHERE json_type(metadata, '$.id_token_claims') <> 'array'
    OR EXISTS (SELECT 1 FROM json_each(metadata, '$.id_token_claims') WHERE type <> 'text');

-- Which clients were given a code in a session: they are told when it ends.
CREATE TABLE session_clients (
    sid       TEXT    NOT NULL REFERENCES sessions (sid) ON DELETE CASCADE,
    client_id TEXT    NOT NULL REFERENCES clients (client_id) ON DELETE CASCADE,
    used_at   INTEGER NOT NULL,
    PRIMARY KEY (sid, client_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX session_clients_by_client ON session_clients (client_id);
INSERT INTO session_clients (sid, client_id, used_at)
SELECT sid, client_id, max(created_at) FROM grants WHERE sid IN (SELECT sid FROM sessions) GROUP BY sid, client_id;

-- The web origins clients call from, taken out of their metadata so that one can be looked up.
CREATE TABLE client_origins (
    origin    TEXT NOT NULL,
    client_id TEXT NOT NULL REFERENCES clients (client_id) ON DELETE CASCADE,
    PRIMARY KEY (origin, client_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX client_origins_by_client ON client_origins (client_id);

-- Of the redirect URIs there are: scheme and authority in lower case, without userinfo and the scheme's own port.
WITH uris (client_id, uri) AS (
    SELECT client_id, value FROM clients, json_each(clients.metadata, '$.redirect_uris')
),
halves (client_id, scheme, rest) AS (
    SELECT client_id, lower(substr(uri, 1, instr(uri, '://') - 1)), substr(uri, instr(uri, '://') + 3)
    FROM uris
    WHERE instr(uri, '://') > 0
),
authorities (client_id, scheme, authority) AS (
    SELECT client_id, scheme, lower(substr(rest, 1, instr(translated, '/') - 1))
    FROM (SELECT *, replace(replace(rest, '?', '/'), '#', '/') || '/' AS translated FROM halves)
    WHERE scheme IN ('http', 'https')
),
hosts (client_id, scheme, host) AS (
    SELECT client_id, scheme, substr(authority, instr(authority, '@') + 1) FROM authorities
)
INSERT INTO client_origins (origin, client_id)
SELECT DISTINCT
    scheme || '://' || CASE
        WHEN scheme = 'https' AND host LIKE '%:443' THEN substr(host, 1, length(host) - 4)
        WHEN scheme = 'http' AND host LIKE '%:80' THEN substr(host, 1, length(host) - 3)
        ELSE host
    END,
    client_id
FROM hosts
WHERE host <> '';

-- APIs that accept access tokens from here (RFC 8707).
CREATE TABLE resources (
    identifier       TEXT    NOT NULL PRIMARY KEY,
    name             TEXT,
    scopes           TEXT    NOT NULL,
    access_token_alg TEXT,
    access_ttl       INTEGER,
    created_at       INTEGER NOT NULL,
    updated_at       INTEGER NOT NULL
) STRICT;

-- Scopes that give claims about a person.
CREATE TABLE claim_scopes (
    name        TEXT    NOT NULL PRIMARY KEY,
    description TEXT,
    claims      TEXT    NOT NULL,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL
) STRICT;

-- What is refused although signature and dates are good. An entry that is replaced gets a new number, so that every
-- process learns of it that reads on from the last number it saw.
CREATE TABLE revocations (
    seq        INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    kind       TEXT    NOT NULL CHECK (kind IN ('token', 'grant', 'session', 'user', 'client', 'key')),
    id         TEXT    NOT NULL,
    until      INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    UNIQUE (id, kind)
) STRICT;
CREATE INDEX revocations_by_expiry ON revocations (expires_at);

-- Logout tokens to be delivered. The session may be gone by then.
CREATE TABLE logout_notices (
    id         TEXT    NOT NULL PRIMARY KEY,
    client_id  TEXT    NOT NULL REFERENCES clients (client_id) ON DELETE CASCADE,
    uri        TEXT    NOT NULL,
    user_id    TEXT    NOT NULL,
    sid        TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    attempts   INTEGER NOT NULL,
    due_at     INTEGER NOT NULL
) STRICT;
CREATE INDEX logout_notices_by_due ON logout_notices (due_at);
CREATE INDEX logout_notices_by_age ON logout_notices (created_at);
CREATE INDEX logout_notices_by_client ON logout_notices (client_id);

-- Links that let somebody set a new password.
CREATE TABLE password_resets (
    token_digest BLOB    NOT NULL PRIMARY KEY,
    user_id      TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    spent_at     INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX password_resets_by_user ON password_resets (user_id);
CREATE INDEX password_resets_by_expiry ON password_resets (expires_at);

-- Resources and scopes are news too. SQLite cannot change a CHECK, so the table is made anew; its numbers go on where they
-- were, because running processes compare them.
ALTER TABLE changes RENAME TO old_changes;
CREATE TABLE changes (
    seq  INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    kind TEXT    NOT NULL CHECK (kind IN ('client', 'user', 'keys', 'catalogue')),
    id   TEXT    NOT NULL
) STRICT;
INSERT INTO changes (seq, kind, id) SELECT seq, kind, id FROM old_changes;
DELETE FROM sqlite_sequence WHERE name = 'changes';
UPDATE sqlite_sequence SET name = 'changes' WHERE name = 'old_changes';
DROP TABLE old_changes;
