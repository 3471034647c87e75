-- The first tables, for PostgreSQL. migrations/sqlite holds the same tables in SQLite's words; change both together.
-- Names that are paged through compare byte by byte (COLLATE "C"), as they do in SQLite.
-- Times are milliseconds since the epoch, lists and documents are JSON text, secrets are SHA-256 digests.

-- Values of the installation, such as the master key's check.
CREATE TABLE meta (
    name  TEXT NOT NULL PRIMARY KEY,
    value BYTEA NOT NULL
);

CREATE TABLE users (
    id             TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    username       TEXT NOT NULL,
    email          TEXT,
    email_verified BOOLEAN NOT NULL,
    profile        TEXT NOT NULL,
    roles          TEXT NOT NULL,
    attributes     TEXT NOT NULL,
    state          TEXT NOT NULL CHECK (state IN ('active', 'locked')),
    password_hash  TEXT,
    created_at     BIGINT NOT NULL,
    updated_at     BIGINT NOT NULL
);

-- The normal forms of user names and e-mail addresses, one name space: nobody can take another's address as name.
CREATE TABLE logins (
    login_key TEXT NOT NULL PRIMARY KEY,
    user_id   TEXT COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE
);
CREATE INDEX logins_by_user ON logins (user_id);

CREATE TABLE groups (
    name        TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    description TEXT,
    roles       TEXT NOT NULL,
    created_at  BIGINT NOT NULL
);

CREATE TABLE memberships (
    group_name TEXT COLLATE "C" NOT NULL REFERENCES groups (name) ON DELETE CASCADE,
    user_id    TEXT COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    PRIMARY KEY (group_name, user_id)
);
CREATE INDEX memberships_by_user ON memberships (user_id);

CREATE TABLE browsers (
    id            TEXT NOT NULL PRIMARY KEY,
    secret_digest BYTEA NOT NULL UNIQUE,
    created_at    BIGINT NOT NULL
);
CREATE INDEX browsers_by_age ON browsers (created_at);

CREATE TABLE sessions (
    sid          TEXT NOT NULL PRIMARY KEY,
    browser_id   TEXT NOT NULL REFERENCES browsers (id) ON DELETE CASCADE,
    user_id      TEXT COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    auth_at      BIGINT NOT NULL,
    amr          TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    ended_at     BIGINT
);
CREATE INDEX sessions_by_browser ON sessions (browser_id);
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_age ON sessions (created_at);

CREATE TABLE clients (
    client_id     TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    secret_digest BYTEA,
    metadata      TEXT NOT NULL,
    policy        TEXT NOT NULL,
    enabled       BOOLEAN NOT NULL,
    created_at    BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL
);

-- The sid names a session but does not depend on it: a grant with offline_access outlives the sign-in it came from.
CREATE TABLE grants (
    id               TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    client_id        TEXT COLLATE "C" NOT NULL REFERENCES clients (client_id) ON DELETE CASCADE,
    user_id          TEXT COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    sid              TEXT NOT NULL,
    scope            TEXT NOT NULL,
    resources        TEXT NOT NULL,
    auth_at          BIGINT NOT NULL,
    amr              TEXT NOT NULL,
    nonce            TEXT,
    redirect_uri     TEXT NOT NULL,
    pkce             TEXT,
    code_digest      BYTEA NOT NULL UNIQUE,
    code_expires_at  BIGINT NOT NULL,
    code_redeemed_at BIGINT,
    revoked_at       BIGINT,
    created_at       BIGINT NOT NULL
);
CREATE INDEX grants_by_client ON grants (client_id);
CREATE INDEX grants_by_user ON grants (user_id);
CREATE INDEX grants_by_session ON grants (sid);

CREATE TABLE refresh_tokens (
    digest           BYTEA NOT NULL PRIMARY KEY,
    grant_id         TEXT COLLATE "C" NOT NULL REFERENCES grants (id) ON DELETE CASCADE,
    generation       BIGINT NOT NULL,
    issued_at        BIGINT NOT NULL,
    spent_at         BIGINT,
    sealed_successor BYTEA
);
CREATE INDEX refresh_tokens_by_grant ON refresh_tokens (grant_id, generation);
CREATE INDEX refresh_tokens_in_grace ON refresh_tokens (spent_at) WHERE sealed_successor IS NOT NULL;

CREATE TABLE consents (
    user_id   TEXT COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    client_id TEXT COLLATE "C" NOT NULL REFERENCES clients (client_id) ON DELETE CASCADE,
    scope     TEXT NOT NULL,
    resources TEXT NOT NULL,
    at        BIGINT NOT NULL,
    PRIMARY KEY (user_id, client_id)
);
CREATE INDEX consents_by_client ON consents (client_id);

CREATE TABLE interactions (
    id         TEXT NOT NULL PRIMARY KEY,
    body       TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX interactions_by_expiry ON interactions (expires_at);

CREATE TABLE throttles (
    key   TEXT NOT NULL PRIMARY KEY,
    count BIGINT NOT NULL,
    until BIGINT NOT NULL
);
CREATE INDEX throttles_by_expiry ON throttles (until);

CREATE TABLE keys (
    kid            TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    alg            TEXT NOT NULL,
    state          TEXT NOT NULL CHECK (state IN ('next', 'active', 'retiring', 'retired', 'revoked')),
    public_jwk     TEXT NOT NULL,
    sealed_private BYTEA,
    published_at   BIGINT NOT NULL,
    activated_at   BIGINT,
    leaves_jwks_at BIGINT
);
-- Never two keys that sign with one algorithm, never two spares.
CREATE UNIQUE INDEX keys_one_active ON keys (alg) WHERE state = 'active';
CREATE UNIQUE INDEX keys_one_next ON keys (alg) WHERE state = 'next';

-- What happened. Refers to nothing: it outlives what it tells about.
CREATE TABLE audit (
    seq       BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at        BIGINT NOT NULL,
    event     TEXT NOT NULL,
    actor     TEXT,
    subject   TEXT,
    client_id TEXT,
    detail    TEXT
);
CREATE INDEX audit_by_time ON audit (at);

-- News for caches in other processes. The newest row is never trimmed, so that a gap in seq shows what was missed.
CREATE TABLE changes (
    seq  BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('client', 'user', 'keys')),
    id   TEXT NOT NULL
);
