-- Makes a PostgreSQL database of Signet large. Wants a table `size (users, clients, sessions)` with one row, a person and a
-- client that uses codes; everybody new is like that person, password included, and every new client like that client. Their
-- names may have words in common with what they are called by, which is to be one word.
-- fill.sqlite.sql says the same in SQLite's words; change both together.

CREATE TEMP TABLE moment AS SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now;
CREATE TEMP TABLE person AS
    SELECT * FROM users WHERE password_hash IS NOT NULL ORDER BY created_at, id LIMIT 1;
CREATE TEMP TABLE app AS
    SELECT * FROM clients WHERE metadata LIKE '%"authorization_code"%' ORDER BY created_at DESC, client_id LIMIT 1;

-- A number and three random ids for each person and each session: user, browser, sid.
CREATE TEMP TABLE numbers AS
SELECT n::bigint, gen_random_uuid()::text AS a, gen_random_uuid()::text AS b, gen_random_uuid()::text AS c
FROM size, generate_series(1, greatest(users, sessions)) AS n;
CREATE UNIQUE INDEX numbers_by_n ON numbers (n);
ANALYZE numbers;

-- People: two names to sign in with, the words they are found by; one in a thousand is locked. Every second one is in a group:
-- a tenth in the first, the others in nineteen more.
INSERT INTO users (
    id, username, email, email_verified, profile, roles, attributes, state, password_hash, created_at, updated_at, name_key
)
SELECT
    a, 'user' || n, 'user' || n || '@load.example', TRUE, person.profile, person.roles, person.attributes,
    CASE n % 1000 WHEN 999 THEN 'locked' ELSE 'active' END, person.password_hash, now - n % 1000 * 86400000,
    now - n % 1000 * 86400000, 'user' || n
FROM numbers, person, moment, size
WHERE n <= users;
INSERT INTO logins (login_key, user_id) SELECT 'user' || n, a FROM numbers, size WHERE n <= users;
INSERT INTO logins (login_key, user_id) SELECT 'user' || n || '@load.example', a FROM numbers, size WHERE n <= users;
INSERT INTO user_terms (user_id, term) SELECT a, 'user' || n FROM numbers, size WHERE n <= users;
INSERT INTO user_terms (user_id, term) SELECT a, 'user' || n || '@load.example' FROM numbers, size WHERE n <= users;
INSERT INTO user_terms (user_id, term)
SELECT a, term
FROM numbers, person, user_terms, size
WHERE n <= users AND user_id = person.id AND term NOT LIKE '%@%'
    AND (term <> person.name_key OR lower(person.profile) LIKE '%' || term || '%');
INSERT INTO groups (name, description, roles, created_at)
SELECT 'load-' || n, 'A group', '[]', now FROM generate_series(1, 20) AS n, moment;
INSERT INTO memberships (group_name, user_id, name_key)
SELECT 'load-' || CASE n % 10 WHEN 0 THEN 1 ELSE 2 + n / 2 % 19 END, a, 'user' || n
FROM numbers, size
WHERE n <= users AND n % 2 = 0;

-- Clients: one in twenty is disabled, one in ten public.
INSERT INTO clients (
    client_id, metadata, policy, enabled, created_at, updated_at, name_key, public, first_party, id_token_alg,
    access_token_alg
)
SELECT
    'load-' || n,
    CASE n % 10
        WHEN 3 THEN (app.metadata::jsonb || '{"token_endpoint_auth_method": "none"}')::text
        ELSE app.metadata
    END,
    app.policy, n % 20 <> 19, now, now, CASE app.name_key WHEN app.client_id THEN 'load-' || n ELSE app.name_key END,
    n % 10 = 3 OR app.public, app.first_party,
    app.id_token_alg, app.access_token_alg
FROM app, moment, size, generate_series(1, clients) AS n;
INSERT INTO client_secrets (client_id, id, digest, created_at)
SELECT 'load-' || n, id, digest, now
FROM moment, size, generate_series(1, clients) AS n, app, client_secrets
WHERE n % 10 <> 3 AND client_secrets.client_id = app.client_id;
INSERT INTO client_origins (origin, client_id)
SELECT client_origins.origin, 'load-' || n
FROM size, generate_series(1, clients) AS n, app, client_origins
WHERE client_origins.client_id = app.client_id;
INSERT INTO client_terms (client_id, term) SELECT 'load-' || n, 'load-' || n FROM size, generate_series(1, clients) AS n;
INSERT INTO client_terms (client_id, term)
SELECT 'load-' || n, term
FROM size, generate_series(1, clients) AS n, app, client_terms
WHERE client_terms.client_id = app.client_id
    AND (term <> lower(app.client_id) OR (app.name_key <> term AND app.name_key LIKE '%' || term || '%'));
INSERT INTO jwks_sightings (client_id, fetched_at)
SELECT 'load-' || n, now - n % 100 * 3600000
FROM moment, size, generate_series(1, clients) AS n
WHERE n % 10 <> 3;

-- Sessions of the last twelve hours, each at a browser of its own; one in ten was ended, and those of locked people. One in
-- twenty comes from one address, an office's, the others from two million of 10.0.0.0/8.
CREATE TEMP TABLE places AS
SELECT
    n, n % 20 = 7 AS office, (n * 40503) % 2097152 / 16384 AS x, (n * 40503) % 16384 / 128 AS y, (n * 40503) % 128 AS z
FROM numbers, size
WHERE n <= sessions;
CREATE UNIQUE INDEX places_by_n ON places (n);
ANALYZE places;
CREATE TEMP TABLE visits AS
SELECT
    numbers.n, numbers.b AS browser, numbers.c AS sid, who.a AS user_id,
    now - numbers.n * 7919 % 43200000 AS at, numbers.n % 10 = 0 OR who.n % 1000 = 999 AS ended,
    CASE WHEN office THEN '192.0.2.7' ELSE '10.' || x || '.' || y || '.' || z END AS address,
    '00000000000000000000ffff'
    || CASE WHEN office THEN 'c0000207' ELSE '0a' || lpad(to_hex(x * 65536 + y * 256 + z), 6, '0') END AS address_key,
    upper(substr(numbers.b, 1, 4) || '-' || substr(numbers.b, 5, 4)) AS correlation_id
FROM numbers, moment, size, numbers AS who, places
WHERE numbers.n <= sessions AND who.n = 1 + numbers.n * 48271 % users AND places.n = numbers.n;
INSERT INTO browsers (id, secret_digest, created_at) SELECT browser, sha256(uuid_send(gen_random_uuid())), at FROM visits;
INSERT INTO sessions (
    sid, browser_id, user_id, auth_at, amr, created_at, last_seen_at, ended_at, user_agent, address, address_key
)
SELECT
    sid, browser, user_id, at, '["pwd"]', at, at, CASE WHEN ended THEN at + 1 END,
    'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', address, address_key
FROM visits;

-- What the trail tells of them: one in fifty first mistook the password. Their hashes are made up: the chain holds for what is
-- recorded afterwards.
CREATE TEMP TABLE told AS
SELECT at - 1 AS moment, 'user.login.failed' AS event, NULL AS actor, 'refused' AS outcome, NULL AS session, visits.*
FROM visits
WHERE n % 50 = 1
UNION ALL
SELECT at, 'user.login', user_id, 'done', sid, visits.* FROM visits
UNION ALL
SELECT at + 1, 'session.end', user_id, 'done', sid, visits.* FROM visits WHERE ended;
INSERT INTO audit (
    seq, at, event, actor, subject, way, address, address_key, outcome, session, correlation_id, detail, hash
)
SELECT
    newest + row_number() OVER (ORDER BY moment), moment, event, actor, user_id, 'browser', address,
    decode(address_key, 'hex'), outcome, session, correlation_id, CASE outcome WHEN 'refused' THEN 'password' END,
    sha256(uuid_send(gen_random_uuid()))
FROM told, (SELECT coalesce(max(seq), 0) AS newest FROM audit) AS trail;
INSERT INTO revocations (kind, id, until, expires_at)
SELECT 'session', sid, at + 1, now + 86400000 FROM visits, moment WHERE n % 100 = 0;

-- What apps were given: one grant a session, in every second session another. Ids begin with their milliseconds (UUIDv7).
CREATE TEMP TABLE given AS
SELECT
    visits.*, turn,
    left(lpad(to_hex(at), 12, '0'), 8) || '-' || right(lpad(to_hex(at), 12, '0'), 4) || '-7' || lpad(to_hex(turn), 3, '0')
    || '-8' || substr(sid, 21, 3) || '-' || lpad(to_hex(n), 12, '0') AS grant_id,
    'load-' || (1 + (n * 31 + turn * 17) % clients) AS client_id
FROM visits, size, generate_series(0, 1) AS turn
WHERE n % 2 >= turn;
INSERT INTO grants (
    id, client_id, user_id, sid, scope, resources, auth_at, amr, nonce, redirect_uri, pkce, code_digest, code_expires_at,
    code_redeemed_at, revoked_at, created_at
)
SELECT
    grant_id, client_id, user_id, sid, CASE turn WHEN 0 THEN 'openid profile offline_access' ELSE 'openid profile' END, '[]', at,
    '["pwd"]', gen_random_uuid()::text, 'https://app.load.example/cb', NULL, sha256(uuid_send(gen_random_uuid())), at + 60000,
    at + 1000, NULL, at
FROM given;
-- Records of refusals, as many as are kept.
INSERT INTO flows (id, at, endpoint, status, client_id, user_id, error, foreign_uri, body)
SELECT
    correlation_id, at, '/authorize', 400, client_id, user_id, 'access_denied', NULL,
    json_build_object(
        'client_id', client_id, 'user', user_id, 'error', 'access_denied', 'reason', 'They may not use it.', 'told', NULL,
        'parameters', '[]'::json, 'checks', '[]'::json, 'foreign_uri', NULL, 'compared', '[]'::json
    )::text
FROM given
WHERE turn = 0 AND n % 2 = 1
ORDER BY n
LIMIT 20000
ON CONFLICT DO NOTHING;

INSERT INTO session_clients (sid, client_id, used_at) SELECT sid, client_id, at FROM given;

-- The first grant of a session goes on without it: two spent refresh tokens and a living one.
INSERT INTO refresh_tokens (digest, grant_id, generation, issued_at, spent_at, sealed_successor)
SELECT
    sha256(uuid_send(gen_random_uuid())), grant_id, generation, at + generation * 1000,
    CASE WHEN generation < 2 THEN at + generation * 1000 + 1000 END, NULL
FROM given, generate_series(0, 2) AS generation
WHERE turn = 0;

-- Everybody allowed one app once.
INSERT INTO consents (user_id, client_id, scope, resources, at)
SELECT a, 'load-' || (1 + n % clients), 'openid profile', '[]', now - n % 1000 * 86400000
FROM numbers, moment, size
WHERE n <= users;

-- Tokens of the next ten minutes that keys must outlive.
INSERT INTO signed_tokens (kid, client_id, until, signed)
SELECT kid, 'load-' || (1 + n * 7 % clients), (now / 60000 + n % 10) * 60000, 1 + n % 50
FROM numbers, moment, size, (SELECT kid FROM keys WHERE state = 'active' ORDER BY alg LIMIT 1) AS key
WHERE n <= least(clients, 5000)
ON CONFLICT DO NOTHING;

DROP TABLE given;
DROP TABLE told;
DROP TABLE visits;
DROP TABLE places;
DROP TABLE numbers;
DROP TABLE app;
DROP TABLE person;
DROP TABLE moment;
