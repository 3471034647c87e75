DROP INDEX clients_by_access_token_alg;
DROP INDEX clients_by_id_token_alg;
ALTER TABLE clients DROP COLUMN access_token_alg;
ALTER TABLE clients DROP COLUMN id_token_alg;
