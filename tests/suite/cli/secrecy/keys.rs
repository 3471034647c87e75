//! The private halves of the signing keys, as only the master key opens them.

use std::path::Path;

use diesel::sql_types::{Binary, Text};
use diesel::{Connection as _, QueryableByName, RunQueryDsl as _, SqliteConnection, sql_query};
use token::keys::MasterKey;

use super::ledger::{AtRest, Ledger};

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    kid: String,
    #[diesel(sql_type = Text)]
    alg: String,
    #[diesel(sql_type = Binary)]
    sealed_private: Vec<u8>,
}

/// Notes a piece of each key that no public half has.
pub fn note(ledger: &mut Ledger, database: &Path, master: &str) {
    let master = MasterKey::from_text(master).unwrap();
    let mut conn = SqliteConnection::establish(&database.display().to_string()).unwrap();
    let rows: Vec<Row> =
        sql_query("SELECT kid, alg, sealed_private FROM keys WHERE sealed_private IS NOT NULL")
            .load(&mut conn)
            .unwrap();
    assert!(rows.len() >= 6);
    for row in rows {
        let der = master.open(&row.kid, &row.sealed_private).unwrap();
        // PKCS#8 (RFC 5958): beyond the headers, and for RSA beyond the modulus, which everybody knows. A multiple of
        // three, so that base64 of the whole contains base64 of the piece.
        let from = match row.alg.as_str() {
            "EdDSA" => 18,
            "ES256" => 36,
            _ => der.len() * 2 / 3 / 3 * 3,
        };
        ledger.note("private key", AtRest::Hidden, &der[from..from + 24]);
    }
}
