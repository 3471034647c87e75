-- Who may manage Signet, links that make the first of them, and who is at the console.
-- migrations/postgres holds the same in PostgreSQL's words; change both together.

-- A person or a client, one row for each role.
CREATE TABLE administrators (
    kind       TEXT    NOT NULL CHECK (kind IN ('user', 'client')),
    id         TEXT    NOT NULL,
    role       TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (kind, id, role)
) STRICT, WITHOUT ROWID;

CREATE TABLE setup_links (
    token_digest BLOB    NOT NULL PRIMARY KEY,
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    spent_at     INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX setup_links_by_expiry ON setup_links (expires_at);

CREATE TABLE console_sessions (
    secret_digest BLOB    NOT NULL PRIMARY KEY,
    sid           TEXT    NOT NULL REFERENCES sessions (sid) ON DELETE CASCADE,
    user_id       TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    auth_at       INTEGER NOT NULL,
    created_at    INTEGER NOT NULL,
    expires_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX console_sessions_by_session ON console_sessions (sid);
CREATE INDEX console_sessions_by_user ON console_sessions (user_id);
CREATE INDEX console_sessions_by_expiry ON console_sessions (expires_at);
