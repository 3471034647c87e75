-- Lists and searches: what rows are sorted and found by, in a normal form SQL does not know, so that the program fills it in
-- for the rows there are. migrations/sqlite holds the same in SQLite's words; change both together.

-- People by user name, all of them, those of a group, those who are locked.
ALTER TABLE users ADD COLUMN name_key TEXT COLLATE "C" NOT NULL DEFAULT '';
CREATE INDEX users_by_name ON users (name_key, id);
CREATE INDEX users_locked ON users (name_key, id) WHERE state = 'locked';
ALTER TABLE memberships ADD COLUMN name_key TEXT COLLATE "C" NOT NULL DEFAULT '';
CREATE INDEX memberships_by_name ON memberships (group_name, name_key, user_id);

-- The words people are found by.
CREATE TABLE user_terms (
    user_id TEXT COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    term    TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (user_id, term)
);
CREATE INDEX user_terms_by_term ON user_terms (term, user_id);

-- Clients by name; what lists choose by stands in the index, so that a page reads no client it does not show.
ALTER TABLE clients ADD COLUMN name_key TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE clients ADD COLUMN public BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE clients ADD COLUMN first_party BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX clients_by_name ON clients (name_key, client_id, enabled, public, first_party);
CREATE TABLE client_terms (
    client_id TEXT COLLATE "C" NOT NULL REFERENCES clients (client_id) ON DELETE CASCADE,
    term      TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (client_id, term)
);
CREATE INDEX client_terms_by_term ON client_terms (term, client_id);

-- Sessions by person, by begin, by last use, by address (32 hexadecimal digits, IPv4 among IPv6) and by client.
ALTER TABLE sessions ADD COLUMN address_key TEXT COLLATE "C";
DROP INDEX sessions_by_user;
CREATE INDEX sessions_by_user ON sessions (user_id, created_at, sid);
DROP INDEX sessions_by_age;
CREATE INDEX sessions_by_age ON sessions (created_at, sid);
CREATE INDEX sessions_by_use ON sessions (last_seen_at, sid);
CREATE INDEX sessions_by_address ON sessions (address_key, created_at, sid) WHERE address_key IS NOT NULL;
DROP INDEX session_clients_by_client;
CREATE INDEX session_clients_by_client ON session_clients (client_id, used_at, sid);

-- Grants by person and by client, in the order of their ids, which begin with their time.
DROP INDEX grants_by_user;
CREATE INDEX grants_by_user ON grants (user_id, id);
DROP INDEX grants_by_client;
CREATE INDEX grants_by_client ON grants (client_id, id);

-- Entries of the revocation list, all and by kind. Those of one transaction share their number.
DROP INDEX revocations_by_seq;
CREATE INDEX revocations_by_seq ON revocations (seq, id, kind);
CREATE INDEX revocations_by_kind ON revocations (kind, seq, id);

-- A client's secrets: one, and for a while the one before it. What is known of those there are is when their client was made.
CREATE TABLE client_secrets (
    client_id    TEXT COLLATE "C" NOT NULL REFERENCES clients (client_id) ON DELETE CASCADE,
    id           TEXT COLLATE "C" NOT NULL,
    digest       BYTEA NOT NULL,
    created_at   BIGINT NOT NULL,
    expires_at   BIGINT,
    last_used_at BIGINT,
    PRIMARY KEY (client_id, id)
);
CREATE INDEX client_secrets_by_expiry ON client_secrets (expires_at) WHERE expires_at IS NOT NULL;
INSERT INTO client_secrets (client_id, id, digest, created_at)
SELECT client_id, substr(md5(random()::text || client_id), 1, 10), secret_digest, created_at FROM clients WHERE secret_digest IS NOT NULL;
ALTER TABLE clients DROP COLUMN secret_digest;
