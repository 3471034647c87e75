//! What the revocation list costs: nanoseconds per check and bytes per entry.
//!
//! `cargo run --release -p session --example revocation_check [ENTRIES]`; docs/performance.md has figures.

#![allow(clippy::print_stdout, reason = "its output is its purpose")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use kernel::id::{GrantId, Sid, TokenId, UserId};
use kernel::{Clock as _, SystemClock, SystemEntropy, Timestamp};
use session::revocation::LONGEST_ACCESS_TTL;
use session::{Issued, Revocation, RevocationList, Revoked};

/// Tokens looked at per measurement: far more than a processor's cache remembers of a million entries.
const LOOKS: usize = 200_000;

fn main() {
    let entries = std::env::args().nth(1).and_then(|arg| arg.parse().ok());
    let entries: usize = entries.unwrap_or(1_000_000);
    let now = SystemClock.now();
    let list = RevocationList::default();
    let before = resident();
    // As a busy installation has them: mostly single tokens and grants, some sessions, a few people.
    let mut revoked = Vec::new();
    for n in 0..entries {
        let what = match n % 10 {
            0..5 => Revoked::Token(TokenId::generate(&SystemEntropy, now)),
            5..8 => Revoked::Grant(GrantId::generate(&SystemEntropy, now)),
            8 => Revoked::Session(Sid::generate(&SystemEntropy)),
            _ => Revoked::User(UserId::generate(&SystemEntropy)),
        };
        if let (Revoked::Token(id), true) = (&what, revoked.len() < LOOKS) {
            revoked.push(*id);
        }
        // Expiring evenly over a day.
        let age = LONGEST_ACCESS_TTL.mul_f64(n as f64 / entries as f64);
        list.add([Revocation::at(now.minus(age), what)]);
    }
    let bytes = resident()
        .saturating_sub(before)
        .saturating_sub(revoked.len() * 16);
    println!(
        "{entries} entries: {} MB, {} bytes each",
        bytes / 1_000_000,
        bytes / entries.max(1)
    );

    let good: Vec<_> = (0..LOOKS)
        .map(|_| token(TokenId::generate(&SystemEntropy, now), now))
        .collect();
    let bad: Vec<_> = revoked.into_iter().map(|id| token(id, now)).collect();
    report("a good token, five kinds of entry looked at", &list, &good);
    report("a revoked token", &list, &bad);
    let (swept, took) = sweep(&list, now);
    println!("removing {swept} expired entries: {took:?} in all, in 64 parts per kind");
}

fn token(token: TokenId, now: Timestamp) -> Issued<'static> {
    Issued {
        token,
        grant: Some(GrantId::generate(&SystemEntropy, now)),
        session: Some(Sid::generate(&SystemEntropy)),
        user: Some(UserId::generate(&SystemEntropy)),
        client_id: "web",
        kid: "k1",
    }
}

fn report(what: &str, list: &RevocationList, tokens: &[Issued<'_>]) {
    let (refused, took) = timed(|| {
        tokens
            .iter()
            .filter(|token| black_box(list.refuses(token)))
            .count()
    });
    let each = took.as_nanos() / tokens.len().max(1) as u128;
    println!(
        "{what}: {each} ns per check ({refused} of {} refused)",
        tokens.len()
    );
}

/// Half a day later.
fn sweep(list: &RevocationList, now: Timestamp) -> (usize, Duration) {
    let before = list.len();
    let ((), took) = timed(|| list.forget_expired(now.plus(LONGEST_ACCESS_TTL / 2)));
    (before - list.len(), took)
}

#[expect(clippy::disallowed_methods, reason = "measuring is what this program is for")]
fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let begun = Instant::now();
    let answer = work();
    (answer, begun.elapsed())
}

/// Bytes of memory this process occupies, as Linux counts them; 0 elsewhere.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<usize>().ok());
    kilobytes.unwrap_or(0) * 1024
}
