-- The audit trail says from where, how it ended and what changed; each record is chained to the one before it, and
-- checkpoints are signed. migrations/sqlite holds the same in SQLite's words; change both together.
-- Records of earlier versions keep no hash: they count in the chain all the same (docs/operate/audit.md).
-- Texts are compared by their bytes here, so that the beginning of a name is a range.
ALTER TABLE audit ALTER COLUMN event TYPE TEXT COLLATE "C";
ALTER TABLE audit ALTER COLUMN actor TYPE TEXT COLLATE "C";
ALTER TABLE audit ALTER COLUMN subject TYPE TEXT COLLATE "C";
ALTER TABLE audit ALTER COLUMN client_id TYPE TEXT COLLATE "C";
ALTER TABLE audit ADD COLUMN way TEXT COLLATE "C";
ALTER TABLE audit ADD COLUMN address TEXT COLLATE "C";
-- The address as 16 bytes, IPv4 mapped into IPv6, so that a network is a range. For lookups alone.
ALTER TABLE audit ADD COLUMN address_key BYTEA;
ALTER TABLE audit ADD COLUMN outcome TEXT COLLATE "C";
ALTER TABLE audit ADD COLUMN session TEXT COLLATE "C";
ALTER TABLE audit ADD COLUMN correlation_id TEXT COLLATE "C";
ALTER TABLE audit ADD COLUMN "before" TEXT COLLATE "C";
ALTER TABLE audit ADD COLUMN "after" TEXT COLLATE "C";
ALTER TABLE audit ADD COLUMN hash BYTEA;
-- Writers take turns, so each gives the number itself: no gaps, and the number is part of what is hashed.
ALTER TABLE audit ALTER COLUMN seq DROP IDENTITY;

-- Every filter finds its newest records in order, without sorting.
DROP INDEX audit_by_time;
CREATE INDEX audit_by_time ON audit (at, seq);
CREATE INDEX audit_by_actor ON audit (actor, at, seq) WHERE actor IS NOT NULL;
CREATE INDEX audit_by_subject ON audit (subject, at, seq) WHERE subject IS NOT NULL;
CREATE INDEX audit_by_client ON audit (client_id, at, seq) WHERE client_id IS NOT NULL;
CREATE INDEX audit_by_event ON audit (event, at, seq);
CREATE INDEX audit_by_session ON audit (session, at, seq) WHERE session IS NOT NULL;
CREATE INDEX audit_by_correlation ON audit (correlation_id, at, seq) WHERE correlation_id IS NOT NULL;
CREATE INDEX audit_by_address ON audit (address_key, at, seq) WHERE address_key IS NOT NULL;
CREATE INDEX audit_refused ON audit (at, seq) WHERE outcome = 'refused';

-- Where the chain stood, signed: a compact JWS. seq is that of the newest record it vouches for.
CREATE TABLE audit_checkpoints (
    seq BIGINT NOT NULL PRIMARY KEY,
    at  BIGINT NOT NULL,
    kid TEXT COLLATE "C" NOT NULL,
    jws TEXT COLLATE "C" NOT NULL
);
