//! The log beside the database file, torn by a crash of the machine: cut off anywhere, its end scrambled, its index gone.
//!
//! SQLite appends every commit to `signet.db-wal` and answers when that is on the disk. So the ledger here is simple: how long
//! the log was when a write was acknowledged. Whatever happens to it beyond that length, the write has to be there.

use std::fs;
use std::path::Path;

use kernel::{Entropy as _, SeededEntropy};
use store::{Database, OpenMode};
use tempfile::TempDir;

use super::caller::Caller;
use super::remains;
use crate::audit::count;
use crate::cast::PASSWORD;
use crate::cli::alice;
use crate::cli::installation::Installation;

const FILE: &str = "signet.db";
/// A page in the log and what stands before it.
const FRAME: u64 = 4096 + 24;

/// Something that was acknowledged when the log was so long, as a count of one row.
struct Entry {
    length: u64,
    row: String,
}

/// A database as its dead server left it, and what it had acknowledged.
struct Wreck {
    dir: TempDir,
    entries: Vec<Entry>,
    installation: Installation,
    caller: Caller,
}

/// What somebody finds after the crash.
#[derive(Debug, Clone, Copy)]
enum Damage {
    /// Nothing but the kill.
    None,
    /// The log ends there.
    Cut(u64),
    /// The log is scrambled from there on, in as many bytes.
    Scrambled(u64, u64),
    /// The log is as long as it was, but holds nothing from there on.
    Empty(u64),
}

impl Damage {
    /// How much of the log is as it was written.
    fn intact(self, length: u64) -> u64 {
        match self {
            Damage::None => length,
            Damage::Cut(at) | Damage::Scrambled(at, _) | Damage::Empty(at) => at,
        }
    }

    fn strike(self, log: &Path) {
        let mut bytes = fs::read(log).unwrap();
        let place = |at: u64| usize::try_from(at).unwrap();
        match self {
            Damage::None => {}
            Damage::Cut(at) => bytes.truncate(place(at)),
            Damage::Scrambled(at, many) => {
                let end = bytes.len().min(place(at + many));
                bytes[place(at)..end].iter_mut().for_each(|byte| *byte ^= 0x55);
            }
            Damage::Empty(at) => bytes[place(at)..].fill(0),
        }
        fs::write(log, bytes).unwrap();
    }
}

impl Wreck {
    /// People are made and tokens refreshed, one after another, until the server is killed.
    fn new() -> Self {
        let installation = Installation::new();
        let caller = Caller::new(&installation);
        alice(&installation);
        let serving = installation.serve();
        let cookies = caller.cookies("alice");
        let token = caller.robot().unwrap();
        let log = installation.path("data/signet.db-wal");
        let mut entries = Vec::new();
        let mut note = |row: String| {
            let length = fs::metadata(&log).unwrap().len();
            entries.push(Entry { length, row });
        };
        for number in 0..12 {
            let name = format!("person{number}");
            assert_eq!(caller.create(&token, &name).unwrap().status, 201);
            note(format!("users WHERE username = '{name}'"));
            let code = caller.code(&cookies).unwrap();
            let answer = caller.redeem(&code).unwrap();
            answer.granted();
            let redeemed = number + 1;
            note(format!(
                "(SELECT 1 FROM grants WHERE code_redeemed_at > 0 LIMIT 1 OFFSET {number})"
            ));
            let refreshed = caller.refresh(answer.text("refresh_token")).unwrap();
            refreshed.granted();
            note(format!(
                "(SELECT 1 FROM refresh_tokens LIMIT 1 OFFSET {})",
                2 * redeemed - 1
            ));
        }
        drop(serving);
        let dir = tempfile::tempdir().unwrap();
        for name in [FILE, "signet.db-wal", "signet.db-shm"] {
            fs::copy(installation.path("data").join(name), dir.path().join(name)).unwrap();
        }
        Self {
            dir,
            entries,
            installation,
            caller,
        }
    }

    fn log(&self) -> u64 {
        fs::metadata(self.dir.path().join("signet.db-wal")).unwrap().len()
    }

    /// A copy of the files, damaged. The index stays or goes: after a crash of the machine it may be anything.
    fn copy(&self, to: &Path, damage: Damage, index: Index) {
        for name in [FILE, "signet.db-wal", "signet.db-shm"] {
            fs::copy(self.dir.path().join(name), to.join(name)).unwrap();
        }
        damage.strike(&to.join("signet.db-wal"));
        if index == Index::Gone {
            fs::remove_file(to.join("signet.db-shm")).unwrap();
        }
    }

    /// Everything that was acknowledged within the intact part of the log is there.
    #[track_caller]
    fn is_there(&self, database: &Path, damage: Damage) {
        let intact = damage.intact(self.log());
        for entry in self.entries.iter().filter(|entry| entry.length <= intact) {
            assert_eq!(count(database, &entry.row), 1, "{damage:?}: {}", entry.row);
        }
    }

    /// Opens it as a server would, in this process.
    #[track_caller]
    fn opens(&self, damage: Damage, index: Index) {
        let dir = tempfile::tempdir().unwrap();
        self.copy(dir.path(), damage, index);
        let file = dir.path().join(FILE);
        let store = Database::open(&format!("sqlite://{}", file.display()), OpenMode::MustExist);
        let store = store.unwrap_or_else(|fault| panic!("{damage:?}: {fault}"));
        remains::are_whole(&file);
        self.is_there(&file, damage);
        drop(store);
    }
}

/// `signet.db-shm`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Index {
    Stays,
    Gone,
}

#[test]
fn a_torn_log_loses_nothing_that_was_acknowledged_before_the_tear() {
    let wreck = Wreck::new();
    let length = wreck.log();
    // Nothing went from the log into the file yet, so that all that was acknowledged depends on it.
    assert!((100 * 1024..1000 * FRAME).contains(&length), "{length}");
    let lengths: Vec<_> = wreck.entries.iter().map(|entry| entry.length).collect();
    assert!(
        lengths.is_sorted() && lengths.first() < lengths.last(),
        "{lengths:?}"
    );
    for index in [Index::Stays, Index::Gone] {
        wreck.opens(Damage::None, index);
        // At the edges of its parts, and where no edge is.
        for at in [
            0,
            1,
            31,
            32,
            33,
            32 + FRAME,
            33 + FRAME,
            length / 2,
            length - FRAME,
            length - 1,
        ] {
            wreck.opens(Damage::Cut(at), index);
        }
    }
    let entropy = SeededEntropy::new(22);
    for _ in 0..24 {
        let mut dice = [0; 9];
        entropy.fill(&mut dice);
        let place = u64::from_be_bytes(dice[..8].try_into().unwrap());
        let (anywhere, tail) = (place % length, length - 1 - place % (4 * FRAME));
        wreck.opens(Damage::Cut(anywhere), Index::Gone);
        wreck.opens(Damage::Scrambled(tail, u64::from(dice[8]) + 1), Index::Gone);
        wreck.opens(Damage::Empty(anywhere), Index::Gone);
    }
}

#[test]
fn a_server_starts_on_a_torn_log_and_goes_on_where_it_ends() {
    let wreck = Wreck::new();
    let length = wreck.log();
    let damages = [
        Damage::None,
        Damage::Cut(length * 3 / 4 + 100),
        Damage::Scrambled(length - FRAME, 60),
    ];
    for damage in damages {
        let data = wreck.installation.path("data");
        wreck.copy(&data, damage, Index::Gone);
        let _serving = wreck.installation.serve();
        let database = data.join(FILE);
        remains::are_whole(&database);
        wreck.is_there(&database, damage);
        let token = wreck.caller.robot().unwrap();
        assert_eq!(wreck.caller.create(&token, "newcomer").unwrap().status, 201);
        assert!(wreck.caller.signs_in("newcomer", PASSWORD).is_some());
        let verified = wreck.installation.signet(&["audit", "verify"]);
        assert!(verified.status.success(), "{damage:?}: {verified:?}");
    }
}
