-- The audit trail says from where, how it ended and what changed; each record is chained to the one before it, and
-- checkpoints are signed. migrations/postgres holds the same in PostgreSQL's words; change both together.
-- Records of earlier versions keep no hash: they count in the chain all the same (docs/operate/audit.md).
ALTER TABLE audit ADD COLUMN way TEXT;
ALTER TABLE audit ADD COLUMN address TEXT;
-- The address as 16 bytes, IPv4 mapped into IPv6, so that a network is a range. For lookups alone.
ALTER TABLE audit ADD COLUMN address_key BLOB;
ALTER TABLE audit ADD COLUMN outcome TEXT;
ALTER TABLE audit ADD COLUMN session TEXT;
ALTER TABLE audit ADD COLUMN correlation_id TEXT;
ALTER TABLE audit ADD COLUMN "before" TEXT;
ALTER TABLE audit ADD COLUMN "after" TEXT;
ALTER TABLE audit ADD COLUMN hash BLOB;

-- Every filter finds its newest records in order, without sorting. An index of SQLite ends with seq by itself.
CREATE INDEX audit_by_actor ON audit (actor, at) WHERE actor IS NOT NULL;
CREATE INDEX audit_by_subject ON audit (subject, at) WHERE subject IS NOT NULL;
CREATE INDEX audit_by_client ON audit (client_id, at) WHERE client_id IS NOT NULL;
CREATE INDEX audit_by_event ON audit (event, at);
CREATE INDEX audit_by_session ON audit (session, at) WHERE session IS NOT NULL;
CREATE INDEX audit_by_correlation ON audit (correlation_id, at) WHERE correlation_id IS NOT NULL;
CREATE INDEX audit_by_address ON audit (address_key, at) WHERE address_key IS NOT NULL;
CREATE INDEX audit_refused ON audit (at) WHERE outcome = 'refused';

-- Where the chain stood, signed: a compact JWS. seq is that of the newest record it vouches for.
CREATE TABLE audit_checkpoints (
    seq INTEGER NOT NULL PRIMARY KEY,
    at  INTEGER NOT NULL,
    kid TEXT    NOT NULL,
    jws TEXT    NOT NULL
) STRICT;
