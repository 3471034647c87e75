//! Fifty write at once over HTTP, and beside them the command line with connections of its own: nobody hears of a lock, and
//! nothing is lost.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use super::caller::{Caller, Cookies};
use super::family::{Ends, Family, Fate};
use super::remains;
use crate::audit::count;
use crate::cast::PASSWORD;
use crate::cli::alice;
use crate::cli::installation::{Installation, talk};

const WRITERS: usize = 50;
/// Codes of each, with two refreshes, and a revocation of every other.
const CODES: usize = 4;
/// How many commands run at once, one after another.
const OPERATORS: usize = 3;

/// Codes and tokens until all of them are through; whatever is refused stops the story.
fn write(caller: &Caller, cookies: &Cookies) -> Vec<Family> {
    let ends = [Ends::Never, Ends::ByRevocation].into_iter().cycle();
    let families = ends
        .take(CODES)
        .map(|ends| Family::live(caller, cookies, ends).unwrap());
    families.collect()
}

/// Makes people and clients by the command line; how many of each.
fn operate(installation: &Installation, operator: usize, over: &AtomicBool) -> usize {
    for number in 0.. {
        if number > 0 && over.load(Ordering::SeqCst) {
            return number;
        }
        let name = format!("cli{operator}x{number}");
        let person = ["user", "create", "--username", &name, "--password-stdin"];
        let made = installation.fed(&person, PASSWORD);
        assert!(made.status.success(), "{}", talk(&made));
        let service = [
            "client",
            "create",
            "--client-id",
            &name,
            "--grant",
            "client_credentials",
        ];
        let made = installation.signet(&service);
        assert!(made.status.success(), "{}", talk(&made));
    }
    unreachable!("numbers do not end")
}

#[test]
fn fifty_writers_and_the_command_line_hear_of_no_lock_and_lose_nothing() {
    let installation = Installation::new();
    let caller = Caller::new(&installation);
    alice(&installation);
    let database = installation.path("data/signet.db");
    let _serving = installation.serve_aloud();
    let cookies = caller.cookies("alice");
    let over = AtomicBool::new(false);
    let (families, made) = thread::scope(|scope| {
        let operators: Vec<_> = (0..OPERATORS)
            .map(|operator| {
                scope.spawn({
                    let over = &over;
                    let installation = &installation;
                    move || operate(installation, operator, over)
                })
            })
            .collect();
        let writers: Vec<_> = (0..WRITERS)
            .map(|_| scope.spawn(|| write(&caller, &cookies)))
            .collect();
        let families: Vec<_> = writers
            .into_iter()
            .flat_map(|writer| writer.join().unwrap())
            .collect();
        over.store(true, Ordering::SeqCst);
        let made: Vec<_> = operators
            .into_iter()
            .map(|operator| operator.join().unwrap())
            .collect();
        (families, made)
    });
    println!("{} families, made beside them: {made:?}", families.len());
    remains::are_whole(&database);
    for (operator, made) in made.into_iter().enumerate() {
        for table in ["users WHERE username", "clients WHERE client_id"] {
            let rows = count(&database, &format!("{table} LIKE 'cli{operator}x%'"));
            assert_eq!(usize::try_from(rows).unwrap(), made);
        }
    }
    assert_eq!(families.len(), WRITERS * CODES);
    for family in families {
        assert_eq!(family.settle(&caller, &database), Fate::Known);
    }
    let said = std::fs::read_to_string(installation.path("said.err")).unwrap();
    assert!(!said.contains("locked"), "{said}");
}
