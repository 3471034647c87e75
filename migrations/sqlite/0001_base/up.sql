-- The first tables, for SQLite. migrations/postgres holds the same tables in PostgreSQL's words; change both together.
-- Times are milliseconds since the epoch, lists and documents are JSON text, secrets are SHA-256 digests.

-- Values of the installation, such as the master key's check.
CREATE TABLE meta (
    name  TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE users (
    id             TEXT    NOT NULL PRIMARY KEY,
    username       TEXT    NOT NULL,
    email          TEXT,
    email_verified INTEGER NOT NULL CHECK (email_verified IN (0, 1)),
    profile        TEXT    NOT NULL,
    roles          TEXT    NOT NULL,
    attributes     TEXT    NOT NULL,
    state          TEXT    NOT NULL CHECK (state IN ('active', 'locked')),
    password_hash  TEXT,
    created_at     INTEGER NOT NULL,
    updated_at     INTEGER NOT NULL
) STRICT;

-- The normal forms of user names and e-mail addresses, one name space: nobody can take another's address as name.
CREATE TABLE logins (
    login_key TEXT NOT NULL PRIMARY KEY,
    user_id   TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX logins_by_user ON logins (user_id);

CREATE TABLE groups (
    name        TEXT    NOT NULL PRIMARY KEY,
    description TEXT,
    roles       TEXT    NOT NULL,
    created_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE memberships (
    group_name TEXT NOT NULL REFERENCES groups (name) ON DELETE CASCADE,
    user_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    PRIMARY KEY (group_name, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX memberships_by_user ON memberships (user_id);

CREATE TABLE browsers (
    id            TEXT    NOT NULL PRIMARY KEY,
    secret_digest BLOB    NOT NULL UNIQUE,
    created_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX browsers_by_age ON browsers (created_at);

CREATE TABLE sessions (
    sid          TEXT    NOT NULL PRIMARY KEY,
    browser_id   TEXT    NOT NULL REFERENCES browsers (id) ON DELETE CASCADE,
    user_id      TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    auth_at      INTEGER NOT NULL,
    amr          TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    ended_at     INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_browser ON sessions (browser_id);
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_age ON sessions (created_at);

CREATE TABLE clients (
    client_id     TEXT    NOT NULL PRIMARY KEY,
    secret_digest BLOB,
    metadata      TEXT    NOT NULL,
    policy        TEXT    NOT NULL,
    enabled       INTEGER NOT NULL CHECK (enabled IN (0, 1)),
    created_at    INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL
) STRICT;

-- The sid names a session but does not depend on it: a grant with offline_access outlives the sign-in it came from.
CREATE TABLE grants (
    id               TEXT    NOT NULL PRIMARY KEY,
    client_id        TEXT    NOT NULL REFERENCES clients (client_id) ON DELETE CASCADE,
    user_id          TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    sid              TEXT    NOT NULL,
    scope            TEXT    NOT NULL,
    resources        TEXT    NOT NULL,
    auth_at          INTEGER NOT NULL,
    amr              TEXT    NOT NULL,
    nonce            TEXT,
    redirect_uri     TEXT    NOT NULL,
    pkce             TEXT,
    code_digest      BLOB    NOT NULL UNIQUE,
    code_expires_at  INTEGER NOT NULL,
    code_redeemed_at INTEGER,
    revoked_at       INTEGER,
    created_at       INTEGER NOT NULL
) STRICT;
CREATE INDEX grants_by_client ON grants (client_id);
CREATE INDEX grants_by_user ON grants (user_id);
CREATE INDEX grants_by_session ON grants (sid);

CREATE TABLE refresh_tokens (
    digest           BLOB    NOT NULL PRIMARY KEY,
    grant_id         TEXT    NOT NULL REFERENCES grants (id) ON DELETE CASCADE,
    generation       INTEGER NOT NULL,
    issued_at        INTEGER NOT NULL,
    spent_at         INTEGER,
    sealed_successor BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX refresh_tokens_by_grant ON refresh_tokens (grant_id, generation);
CREATE INDEX refresh_tokens_in_grace ON refresh_tokens (spent_at) WHERE sealed_successor IS NOT NULL;

CREATE TABLE consents (
    user_id   TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    client_id TEXT    NOT NULL REFERENCES clients (client_id) ON DELETE CASCADE,
    scope     TEXT    NOT NULL,
    resources TEXT    NOT NULL,
    at        INTEGER NOT NULL,
    PRIMARY KEY (user_id, client_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX consents_by_client ON consents (client_id);

CREATE TABLE interactions (
    id         TEXT    NOT NULL PRIMARY KEY,
    body       TEXT    NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX interactions_by_expiry ON interactions (expires_at);

CREATE TABLE throttles (
    key   TEXT    NOT NULL PRIMARY KEY,
    count INTEGER NOT NULL,
    until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX throttles_by_expiry ON throttles (until);

CREATE TABLE keys (
    kid            TEXT    NOT NULL PRIMARY KEY,
    alg            TEXT    NOT NULL,
    state          TEXT    NOT NULL CHECK (state IN ('next', 'active', 'retiring', 'retired', 'revoked')),
    public_jwk     TEXT    NOT NULL,
    sealed_private BLOB,
    published_at   INTEGER NOT NULL,
    activated_at   INTEGER,
    leaves_jwks_at INTEGER
) STRICT;
-- Never two keys that sign with one algorithm, never two spares.
CREATE UNIQUE INDEX keys_one_active ON keys (alg) WHERE state = 'active';
CREATE UNIQUE INDEX keys_one_next ON keys (alg) WHERE state = 'next';

-- What happened. Refers to nothing: it outlives what it tells about.
CREATE TABLE audit (
    seq       INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    at        INTEGER NOT NULL,
    event     TEXT    NOT NULL,
    actor     TEXT,
    subject   TEXT,
    client_id TEXT,
    detail    TEXT
) STRICT;
CREATE INDEX audit_by_time ON audit (at);

-- News for caches in other processes. The newest row is never trimmed, so that a gap in seq shows what was missed.
CREATE TABLE changes (
    seq  INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    kind TEXT    NOT NULL CHECK (kind IN ('client', 'user', 'keys')),
    id   TEXT    NOT NULL
) STRICT;
