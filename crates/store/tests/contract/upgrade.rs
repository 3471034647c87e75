//! A database of the first version, with rows in it, brought up to date.

use std::sync::Arc;

use kernel::id::{GrantId, Sid, UserId};
use kernel::{Access, Digest, SeededEntropy, work};
use session::Device;
use store::{Database, OpenMode, schema};
use token::SigningAlg;
use token::authorize::ClaimsRequest;
use token::client::Recipient;

use crate::support::{Fresh, NOW, Ports, everywhere, execute};

const FIRST: [&str; 2] = [
    include_str!("../../../../migrations/sqlite/0001_base/up.sql"),
    include_str!("../../../../migrations/postgres/0001_base/up.sql"),
];
/// SQLite's and PostgreSQL's, the newest step first.
const DOWN: [[&str; 2]; 9] = [
    [
        include_str!("../../../../migrations/sqlite/0012_client_algorithms/down.sql"),
        include_str!("../../../../migrations/postgres/0012_client_algorithms/down.sql"),
    ],
    [
        include_str!("../../../../migrations/sqlite/0010_jwks_sightings/down.sql"),
        include_str!("../../../../migrations/postgres/0010_jwks_sightings/down.sql"),
    ],
    [
        include_str!("../../../../migrations/sqlite/0008_kept_answers/down.sql"),
        include_str!("../../../../migrations/postgres/0008_kept_answers/down.sql"),
    ],
    [
        include_str!("../../../../migrations/sqlite/0007_directory/down.sql"),
        include_str!("../../../../migrations/postgres/0007_directory/down.sql"),
    ],
    [
        include_str!("../../../../migrations/sqlite/0006_flows_and_statistics/down.sql"),
        include_str!("../../../../migrations/postgres/0006_flows_and_statistics/down.sql"),
    ],
    [
        include_str!("../../../../migrations/sqlite/0005_audit_chain/down.sql"),
        include_str!("../../../../migrations/postgres/0005_audit_chain/down.sql"),
    ],
    [
        include_str!("../../../../migrations/sqlite/0004_administration/down.sql"),
        include_str!("../../../../migrations/postgres/0004_administration/down.sql"),
    ],
    [
        include_str!("../../../../migrations/sqlite/0003_signed_tokens/down.sql"),
        include_str!("../../../../migrations/postgres/0003_signed_tokens/down.sql"),
    ],
    [
        include_str!("../../../../migrations/sqlite/0002_revocation_and_resources/down.sql"),
        include_str!("../../../../migrations/postgres/0002_revocation_and_resources/down.sql"),
    ],
];

/// Of SQLite and PostgreSQL, what is meant for this database.
fn of<'a>(db: &Fresh, [sqlite, postgres]: [&'a str; 2]) -> &'a str {
    if db.url.starts_with("sqlite") {
        sqlite
    } else {
        postgres
    }
}

/// Back to the first version, as a newly made database of it would be.
fn downgrade(db: &Fresh) {
    for step in DOWN {
        execute(&db.url, of(db, step));
    }
    execute(
        &db.url,
        "DELETE FROM __diesel_schema_migrations WHERE version > '0001'",
    );
}

/// Rows as the first version wrote them.
fn furnish(db: &Fresh, sid: Sid, user: UserId, grant: GrantId) {
    let (no, digest) = (of(db, ["0", "FALSE"]), of(db, ["x'00'", "'\\x00'"]));
    let enabled = of(db, ["1", "TRUE"]);
    let code = of(db, ["zeroblob(32)", "decode(repeat('00', 32), 'hex')"]);
    let uris = r#"["https://RP.example:443/cb?x=https://no.example", "https://rp.example/other", "http://127.0.0.1:8080",
        "com.example.app:/cb", "http://u@[::1]:80/cb"]"#;
    // Members that meant nothing to the first version, which took what came.
    let odd = r#""backchannel_logout_uri": 7, "default_acr_values": ["1", 2], "allowed_cors_origins": "https://x.example",
        "backchannel_logout_session_required": "yes", "id_token_claims": ["profile"]"#;
    let metadata = format!(
        r#"{{"redirect_uris": {uris}, {odd}, "software_id": "x", "id_token_signed_response_alg": "ES384"}}"#
    );
    execute(
        &db.url,
        &format!(
            "INSERT INTO users VALUES ('{user}', 'alice', NULL, {no}, '{{}}', '[]', '{{}}', 'active', NULL, 1, 1);
             INSERT INTO browsers VALUES ('{sid}', {digest}, 1);
             INSERT INTO sessions VALUES ('{sid}', '{sid}', '{user}', 1, '[\"pwd\"]', 1, 1, NULL);
             INSERT INTO clients (client_id, secret_digest, metadata, policy, enabled, created_at, updated_at)
               VALUES ('web', {code}, '{metadata}', '{{}}', {enabled}, 1, 1),
               ('bare', NULL, '{{}}', '{{\"access_token_alg\": \"PS256\"}}', {enabled}, 1, 1);
             INSERT INTO grants VALUES ('{grant}', 'web', '{user}', '{sid}', 'openid', '[]', 1, '[\"pwd\"]', NULL,
               'https://rp.example/cb', NULL, {code}, 1, NULL, NULL, 1);
             INSERT INTO changes (kind, id) VALUES ('user', 'a'), ('user', 'b'), ('client', 'c');
             DELETE FROM changes WHERE id = 'a';"
        ),
    );
}

#[test]
fn rows_of_the_first_version_keep_their_meaning() {
    everywhere(|db| {
        let entropy = SeededEntropy::new(1);
        let (sid, user) = (Sid::generate(&entropy), UserId::generate(&entropy));
        let grant = GrantId::generate(&entropy, NOW);
        downgrade(db);
        furnish(db, sid, user, grant);
        assert_eq!(
            schema::up(&db.url).unwrap(),
            [
                "0002_revocation_and_resources",
                "0003_signed_tokens",
                "0004_administration",
                "0005_audit_chain",
                "0006_flows_and_statistics",
                "0007_directory",
                "0008_kept_answers",
                "0010_jwks_sightings",
                "0012_client_algorithms"
            ]
        );
        let session = db.read(move |ports| ports.session(sid)).unwrap();
        assert_eq!(session.device, Device::default());
        let claims = db.read(move |ports| ports.grant(grant)).unwrap().claims;
        assert_eq!(claims, ClaimsRequest::default());
        assert_eq!(db.read(move |ports| ports.clients_of_session(sid)), ["web"]);
        let origins = [
            "https://rp.example",
            "http://127.0.0.1:8080",
            "http://[::1]",
            "https://no.example",
            "com.example.app://",
        ];
        let known = origins.map(|origin| db.read(move |ports| ports.origin_is_known(origin)));
        assert_eq!(known, [true, true, true, false, false]);
        // What SQL found out is what the program would have written.
        let web = db.read(|ports| ports.client("web")).unwrap();
        let bare = db.read(|ports| ports.client("bare")).unwrap();
        assert_eq!(
            (web.id_token_alg(), bare.access_token_alg()),
            (SigningAlg::ES384, SigningAlg::PS256)
        );
        assert_eq!(
            db.read(|ports| ports.recipients()),
            [&bare, &web].map(Recipient::from)
        );
        assert_eq!(
            web.origins(),
            ["http://127.0.0.1:8080", "http://[::1]", "https://rp.example"]
        );
        let secrets: Vec<_> = web.secrets.iter().collect();
        let [secret] = &secrets[..] else {
            panic!("{secrets:?}");
        };
        assert_eq!(secret.digest, Digest::from_bytes([0; 32]));
        assert_eq!((secret.expires_at, secret.last_used_at), (None, None));
        assert_eq!(secret.id.as_str().len(), 10);
        let metadata = &web.metadata;
        assert_eq!(metadata.backchannel_logout_uri, None);
        assert_eq!(metadata.backchannel_logout_session_required, None);
        assert!(metadata.default_acr_values.is_empty() && metadata.allowed_cors_origins.is_empty());
        assert_eq!(metadata.id_token_claims, ["profile"]);
        assert_eq!(metadata.other["software_id"], "x");
    });
}

#[test]
fn the_feed_of_changes_goes_on_with_its_numbers() {
    let db = Fresh::sqlite();
    downgrade(&db);
    execute(
        &db.url,
        "INSERT INTO changes (seq, kind, id) VALUES (41, 'user', 'a'); DELETE FROM changes;",
    );
    schema::up(&db.url).unwrap();
    db.write(|ports| ports.insert_client(&crate::support::client("web")));
    execute(
        &db.url,
        "CREATE TABLE judge (ok INTEGER NOT NULL) STRICT;
         INSERT INTO judge SELECT CASE max(seq) WHEN 42 THEN 1 END FROM changes;",
    );
}

#[test]
fn the_way_down_leads_to_the_first_version_and_up_again() {
    everywhere(|db| {
        downgrade(db);
        assert_eq!(schema::status(&db.url).unwrap().applied, ["0001_base"]);
        assert_eq!(schema::plan(&db.url).unwrap().len(), DOWN.len());
        schema::up(&db.url).unwrap();
        let store = Arc::new(Database::open(&db.url, OpenMode::MustExist).unwrap());
        let answer = work::run(&*store, Access::Read, |ports: &mut Ports| ports.catalogue());
        assert!(answer.is_ok());
    });
    // Nothing of the step is left.
    let (down, fresh) = (Fresh::sqlite(), tempfile::TempDir::new().unwrap());
    downgrade(&down);
    let path = fresh.path().join("first.db");
    let first = format!("sqlite://{}", path.display());
    std::fs::write(&path, "").unwrap();
    execute(&first, FIRST[0]);
    assert_eq!(columns(&down.url), columns(&first));
}

/// Every table of an SQLite file with its columns and indexes.
fn columns(url: &str) -> Vec<String> {
    use diesel::prelude::*;
    #[derive(QueryableByName)]
    struct Line {
        #[diesel(sql_type = diesel::sql_types::Text)]
        line: String,
    }
    let mut conn = diesel::SqliteConnection::establish(url.trim_start_matches("sqlite://")).unwrap();
    let lines: Vec<Line> = diesel::sql_query(
        "SELECT m.type || ' ' || m.name || ' ' || c.name AS line FROM sqlite_master AS m
         JOIN pragma_table_info(m.name) AS c WHERE m.type = 'table' AND m.name NOT LIKE '%schema_migrations'
         UNION ALL SELECT type || ' ' || name FROM sqlite_master
           WHERE type = 'index' AND tbl_name NOT LIKE '%schema_migrations'
         ORDER BY line",
    )
    .load(&mut conn)
    .unwrap();
    lines.into_iter().map(|line| line.line).collect()
}
