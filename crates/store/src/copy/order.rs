//! Which tables there are, in the order in which they can be filled: what refers comes after what it refers to.
//!
//! Columns are not listed: both databases are asked for theirs.

/// A table to copy.
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// The columns it is read by, page after page; no two rows have the same.
    pub key: &'static [&'static str],
}

/// All tables but the history of migrations, which the target writes for itself.
pub const TABLES: &[Table] = &[
    table("meta", &["name"]),
    table("keys", &["kid"]),
    table("users", &["id"]),
    table("user_terms", &["user_id", "term"]),
    table("logins", &["login_key"]),
    table("groups", &["name"]),
    table("memberships", &["group_name", "user_id"]),
    table("administrators", &["kind", "id", "role"]),
    table("clients", &["client_id"]),
    table("client_secrets", &["client_id", "id"]),
    table("client_terms", &["client_id", "term"]),
    table("client_origins", &["origin", "client_id"]),
    table("jwks_sightings", &["client_id"]),
    table("resources", &["identifier"]),
    table("claim_scopes", &["name"]),
    table("browsers", &["id"]),
    table("sessions", &["sid"]),
    table("session_clients", &["sid", "client_id"]),
    table("console_sessions", &["secret_digest"]),
    table("consents", &["user_id", "client_id"]),
    table("grants", &["id"]),
    table("refresh_tokens", &["digest"]),
    table("revocations", &["seq", "id", "kind"]),
    table("signed_tokens", &["until", "kid", "client_id"]),
    table("interactions", &["id"]),
    table("throttles", &["key"]),
    table("password_resets", &["token_digest"]),
    table("setup_links", &["token_digest"]),
    table("logout_notices", &["id"]),
    table("kept_answers", &["key_digest"]),
    table("flows", &["id"]),
    table("statistics", &["hour", "name", "label"]),
    table("audit", &["seq"]),
    table("audit_checkpoints", &["seq"]),
    table("changes", &["seq"]),
];

const fn table(name: &'static str, key: &'static [&'static str]) -> Table {
    Table { name, key }
}

impl Table {
    /// Whether the target numbers this column by itself. An entry's place in the revocation list is a count on SQLite and a
    /// transaction on PostgreSQL: the one of another database would mean nothing, or hide entries from who reads on.
    pub fn numbers_anew(&self, column: &str) -> bool {
        self.name == "revocations" && column == "seq"
    }
}
