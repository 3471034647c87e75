DELETE FROM changes WHERE kind = 'catalogue';
ALTER TABLE changes
    DROP CONSTRAINT changes_kind_check,
    ADD CONSTRAINT changes_kind_check CHECK (kind IN ('client', 'user', 'keys'));
DROP TABLE password_resets;
DROP TABLE logout_notices;
DROP TABLE revocations;
DROP TABLE claim_scopes;
DROP TABLE resources;
DROP TABLE client_origins;
DROP TABLE session_clients;
ALTER TABLE grants DROP COLUMN claims;
ALTER TABLE sessions ALTER COLUMN sid TYPE TEXT COLLATE "default";
ALTER TABLE sessions DROP COLUMN address;
ALTER TABLE sessions DROP COLUMN user_agent;
