ALTER TABLE changes RENAME TO new_changes;
CREATE TABLE changes (
    seq  INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    kind TEXT    NOT NULL CHECK (kind IN ('client', 'user', 'keys')),
    id   TEXT    NOT NULL
) STRICT;
INSERT INTO changes (seq, kind, id) SELECT seq, kind, id FROM new_changes WHERE kind <> 'catalogue';
DELETE FROM sqlite_sequence WHERE name = 'changes';
UPDATE sqlite_sequence SET name = 'changes' WHERE name = 'new_changes';
DROP TABLE new_changes;
DROP TABLE password_resets;
DROP TABLE logout_notices;
DROP TABLE revocations;
DROP TABLE claim_scopes;
DROP TABLE resources;
DROP TABLE client_origins;
DROP TABLE session_clients;
ALTER TABLE grants DROP COLUMN claims;
ALTER TABLE sessions DROP COLUMN address;
ALTER TABLE sessions DROP COLUMN user_agent;
