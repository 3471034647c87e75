//! Private halves that are gone are gone from the database's files.

use std::path::Path;

use diesel::sql_types::Binary;
use diesel::{Connection as _, QueryableByName, RunQueryDsl as _, SqliteConnection, sql_query};

use super::{Installation, kid, strand};

#[derive(QueryableByName)]
struct Sealed {
    #[diesel(sql_type = Binary)]
    sealed_private: Vec<u8>,
}

/// Every private half as it is kept now.
fn sealed(database: &Path) -> Vec<Vec<u8>> {
    let mut conn = SqliteConnection::establish(database.to_str().unwrap()).unwrap();
    let halves = sql_query("SELECT sealed_private FROM keys WHERE sealed_private IS NOT NULL");
    let halves: Vec<Sealed> = halves.load(&mut conn).unwrap();
    halves.into_iter().map(|row| row.sealed_private).collect()
}

/// Whether a good part of it is in the file or in its log.
fn is_somewhere(database: &Path, half: &[u8]) -> bool {
    let piece = &half[half.len() - 32..];
    ["", "-wal"].iter().any(|suffix| {
        let file = format!("{}{suffix}", database.display());
        let bytes = std::fs::read(file).unwrap_or_default();
        bytes.windows(piece.len()).any(|window| window == piece)
    })
}

#[test]
fn erased_private_halves_are_in_no_file_beside_a_running_server() {
    let mut installation = Installation::new();
    let _serving = installation.serve();
    let database = installation.path("data/signet.db");
    let erases = |installation: &mut Installation, act: &dyn Fn(&mut Installation)| {
        let before = sealed(&database);
        act(installation);
        let after = sealed(&database);
        let (kept, gone): (Vec<_>, Vec<_>) = before.into_iter().partition(|half| after.contains(half));
        assert!(!gone.is_empty());
        assert!(kept.iter().all(|half| is_somewhere(&database, half)));
        for half in &gone {
            assert!(!is_somewhere(&database, half));
        }
        gone.len()
    };
    let rotate = |installation: &mut Installation| {
        installation.json(&["key", "rotate", "--force", "--reason", "drill"], "");
    };
    let revoke = |installation: &mut Installation| {
        let active = kid(installation, "RS256", "active");
        installation.json(&["key", "revoke", &active, "--yes"], "");
    };
    assert_eq!(erases(&mut installation, &rotate), 3);
    assert_eq!(erases(&mut installation, &revoke), 1);
    assert_eq!(erases(&mut installation, &strand), 6);
}
