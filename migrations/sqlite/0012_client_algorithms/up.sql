-- With what tokens of a client are signed, beside the documents that say so: which algorithms are in use is asked at every start,
-- and is not to cost more where there are more clients. migrations/postgres holds the same in PostgreSQL's words; change both together.
ALTER TABLE clients ADD COLUMN id_token_alg TEXT NOT NULL DEFAULT 'RS256';
ALTER TABLE clients ADD COLUMN access_token_alg TEXT NOT NULL DEFAULT 'ES256';
UPDATE clients SET
    id_token_alg = coalesce(json_extract(metadata, '$.id_token_signed_response_alg'), 'RS256'),
    access_token_alg = coalesce(json_extract(policy, '$.access_token_alg'), 'ES256');
-- The algorithm comes first: an index that began with `enabled` would be taken for lists of enabled clients, and sorted.
CREATE INDEX clients_by_id_token_alg ON clients (id_token_alg, enabled, access_token_alg, public, client_id);
CREATE INDEX clients_by_access_token_alg ON clients (access_token_alg, enabled);
