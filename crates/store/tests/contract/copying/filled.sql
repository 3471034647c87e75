-- At least one row for every table of an SQLite database, with what may get lost on the way: no value, no letters, no bytes,
-- quotes, control characters, letters of four bytes, the least and the greatest number, numbers that look like text.
INSERT INTO meta VALUES ('installation', x'00FF7F80'), ('nothing', x''), ('master key', zeroblob(32));
INSERT INTO keys VALUES
    ('k-1', 'RS256', 'active', '{"kty":"RSA"}', x'0102', -1, 9223372036854775807, NULL),
    ('k-2', 'RS256', 'revoked', '', NULL, -9223372036854775808, NULL, 0);
INSERT INTO users VALUES
    ('u-1', 'alice', 'alice@example.org', 1, '{"name":"Alice 😀 \"quoted\" \\ back"}', '["reader"]', '{"desk":7}', 'active',
        '$argon2id$v=19$', 1800000000000, 1800000000001, 'alice'),
    ('u-2', 'Ωmega' || char(1, 8, 9, 10, 12, 13, 127, 0x2028, 0xE9, 0x1F600), NULL, 0, '', '[]', 'null', 'locked', NULL, 0, 0, '');
INSERT INTO user_terms VALUES ('u-1', 'alice'), ('u-1', '007'), ('u-2', '');
INSERT INTO logins VALUES ('alice', 'u-1'), ('alice@example.org', 'u-1'), ('1e3', 'u-2');
INSERT INTO groups VALUES ('staff', NULL, '[]', 5), ('Größe', '', '["x"]', 6);
INSERT INTO memberships VALUES ('staff', 'u-1', 'alice'), ('Größe', 'u-2', '');
INSERT INTO administrators VALUES ('user', 'u-1', 'owner', 7);
INSERT INTO clients VALUES
    ('web', '{"client_name":"Web"}', '{}', 1, 1, 2, 'web', 0, 1, 'RS256', 'ES256'),
    ('app', '[1.50, 1e400]', '{}', 0, 1, 2, 'app', 1, 0, 'EdDSA', 'ES384');
INSERT INTO client_secrets VALUES ('web', 's1', x'AB', 1, NULL, NULL), ('web', 's2', x'AC', 1, 2, 3);
INSERT INTO client_terms VALUES ('web', 'web');
INSERT INTO client_origins VALUES ('https://rp.example', 'web');
INSERT INTO jwks_sightings VALUES ('web', 1);
INSERT INTO resources VALUES ('https://api.example', NULL, '[]', NULL, NULL, 1, 2), ('urn:x', 'X', '["a"]', 'ES256', 60, 1, 2);
INSERT INTO claim_scopes VALUES ('employee', NULL, '{}', 1, 2);
INSERT INTO browsers VALUES ('b-1', x'01', 1);
INSERT INTO sessions VALUES
    ('s-1', 'b-1', 'u-1', 1, '["pwd"]', 1, 2, NULL, 'Mozilla/5.0', '192.0.2.7', '00000000000000000000ffffc0000207'),
    ('s-2', 'b-1', 'u-1', 1, '["pwd"]', 1, 2, 3, NULL, NULL, NULL);
INSERT INTO session_clients VALUES ('s-1', 'web', 3);
INSERT INTO console_sessions VALUES (x'02', 's-1', 'u-1', 1, 2, 3);
INSERT INTO consents VALUES ('u-1', 'web', 'openid', '[]', 1);
INSERT INTO grants VALUES
    ('g-1', 'web', 'u-1', 's-1', 'openid', '[]', 1, '["pwd"]', NULL, 'https://rp.example/cb', NULL, x'03', 1, NULL, NULL, 1, '{}'),
    ('g-2', 'web', 'u-1', 'gone', '', '["a"]', 1, '[]', '', 'https://rp.example/cb', 'S', x'04', 1, 2, 3, 1, '{}');
INSERT INTO refresh_tokens VALUES (x'05', 'g-1', 0, 1, 2, x'0607'), (x'06', 'g-1', 1, 2, NULL, NULL);
INSERT INTO revocations VALUES (41, 'token', 'z', 1, 2), (42, 'user', 'u-2', 3, 4), (43, 'client', 'u-2', 5, 6);
INSERT INTO signed_tokens VALUES ('k-1', 'web', 1, 2), ('k-1', 'app', 1, 3);
INSERT INTO interactions VALUES ('i-1', '{"a":[1,{"b":null}]}', 1);
INSERT INTO throttles VALUES ('alice', 3, 4);
INSERT INTO password_resets VALUES (x'08', 'u-1', 1, 2, NULL);
INSERT INTO setup_links VALUES (x'09', 1, 2, 3);
INSERT INTO logout_notices VALUES ('n-1', 'web', 'https://rp.example/out', 'u-1', 's-1', 1, 0, 2);
INSERT INTO kept_answers VALUES (x'0A', x'0B', x'0C', 1);
INSERT INTO flows VALUES
    ('f-1', 1, '/authorize', 400, NULL, NULL, 'invalid_request', NULL, '{}'),
    ('f-2', 1, '/authorize', 400, 'web', 'u-1', 'x', 'https://evil.example/%F0%9F%98%80', '');
INSERT INTO statistics VALUES (1, 'sign-ins', '', 9007199254740993);
INSERT INTO audit (seq, at, event, "before", address_key, hash) VALUES (7, 1, 'user.created', NULL, NULL, NULL);
INSERT INTO audit VALUES
    (8, 2, 'user.updated', 'cli', 'u-1', 'web', '', 'cli', '::1', x'00000000000000000000000000000001', 'done', 's-1', 'F7K2-9QXM',
        '{"a":1}', '{"a":2}', zeroblob(32));
INSERT INTO audit_checkpoints VALUES (8, 3, 'k-1', 'e30.e30.AA');
INSERT INTO changes (seq, kind, id) VALUES (90, 'user', 'u-1'), (91, 'keys', '');

-- More than two pages, read by a key of two columns.
INSERT INTO user_terms
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1201)
SELECT CASE i % 3 WHEN 0 THEN 'u-1' ELSE 'u-2' END, printf('term-%d', i) FROM n;
