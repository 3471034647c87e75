-- Who may manage Signet, links that make the first of them, and who is at the console.
-- migrations/sqlite holds the same in SQLite's words; change both together.

-- A person or a client, one row for each role.
CREATE TABLE administrators (
    kind       TEXT COLLATE "C" NOT NULL CHECK (kind IN ('user', 'client')),
    id         TEXT COLLATE "C" NOT NULL,
    role       TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (kind, id, role)
);

CREATE TABLE setup_links (
    token_digest BYTEA    NOT NULL PRIMARY KEY,
    created_at   BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    spent_at     BIGINT
);
CREATE INDEX setup_links_by_expiry ON setup_links (expires_at);

CREATE TABLE console_sessions (
    secret_digest BYTEA    NOT NULL PRIMARY KEY,
    sid           TEXT COLLATE "C" NOT NULL REFERENCES sessions (sid) ON DELETE CASCADE,
    user_id       TEXT COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    auth_at       BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    expires_at    BIGINT NOT NULL
);
CREATE INDEX console_sessions_by_session ON console_sessions (sid);
CREATE INDEX console_sessions_by_user ON console_sessions (user_id);
CREATE INDEX console_sessions_by_expiry ON console_sessions (expires_at);
