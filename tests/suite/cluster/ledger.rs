//! What was acknowledged to whom, what was answered by whom and how fast, and everything that should not have been. Judges
//! what it can as it is written down; the rest is for [`super::reckoning`].

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use kernel::{Clock as _, SystemClock, Timestamp};

/// Tokens that came from one code.
#[derive(Debug, Clone, Default)]
pub struct Family {
    /// What they began with.
    pub code: String,
    /// Refresh tokens, each the successor of the one before.
    pub refresh: Vec<String>,
    /// The last access token.
    pub access: String,
    /// It was acknowledged that all this ended.
    pub ended: bool,
}

/// A token that was acknowledged to be taken back.
#[derive(Debug, Clone)]
pub struct TakenBack {
    /// The token.
    pub token: String,
    /// When that was said.
    pub at: Timestamp,
}

/// What a node needs neither to write nor to ask anybody for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Warm {
    /// The discovery document.
    Discovery,
    /// The JWK Set.
    Keys,
    /// Introspection of a good access token.
    Introspection,
    /// Userinfo with it.
    Userinfo,
    /// A client's own token.
    ClientCredentials,
}

/// One answer to that.
#[derive(Debug, Clone, Copy)]
pub struct Probe {
    /// Who was asked.
    pub node: usize,
    /// For what.
    pub what: Warm,
    /// The status, 0 where nothing came.
    pub status: u16,
    /// How long it took.
    pub took: Duration,
}

#[derive(Default)]
struct Book {
    redeemed: HashMap<String, u32>,
    successors: HashMap<String, String>,
    families: Vec<Family>,
    taken_back: Vec<TakenBack>,
    probes: Vec<Probe>,
    refusals: Vec<(Timestamp, Duration)>,
    rounds: Vec<usize>,
    wrongs: Vec<String>,
}

/// A place in the ledger, from which on something is looked at.
#[derive(Debug, Clone, Copy)]
pub struct Mark {
    at: Timestamp,
    probes: usize,
}

/// The ledger.
#[derive(Default)]
pub struct Ledger(Mutex<Book>);

impl Ledger {
    fn book(&self) -> MutexGuard<'_, Book> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Something happened that may never happen.
    pub fn wrong(&self, what: String) {
        let mut book = self.book();
        if book.wrongs.len() < 30 {
            book.wrongs.push(what);
        }
    }

    /// A request that was made then was not served, and was told so after this long.
    pub fn refused(&self, at: Timestamp, took: Duration) {
        self.book().refusals.push((at, took));
    }

    /// A code was redeemed, once more.
    pub fn redeemed(&self, code: &str) {
        let times = {
            let mut book = self.book();
            let times = book.redeemed.entry(code.to_owned()).or_default();
            *times += 1;
            *times
        };
        if times > 1 {
            self.wrong(format!("a code was redeemed {times} times"));
        }
    }

    /// For this refresh token that one was given.
    pub fn succeeded(&self, presented: &str, given: &str) {
        let known = {
            let mut book = self.book();
            let known = book.successors.entry(presented.to_owned());
            known.or_insert_with(|| given.to_owned()).clone()
        };
        if known != given {
            self.wrong("a refresh token got two successors".to_owned());
        }
    }

    /// A customer has done with these tokens.
    pub fn family(&self, family: Family) {
        self.book().families.push(family);
    }

    /// It was acknowledged that this token is taken back.
    pub fn taken_back(&self, token: &str) {
        self.book().taken_back.push(TakenBack {
            token: token.to_owned(),
            at: SystemClock.now(),
        });
    }

    /// A customer, by number, went the whole way once more.
    pub fn went_round(&self, customer: usize) {
        let mut book = self.book();
        if book.rounds.len() <= customer {
            book.rounds.resize(customer + 1, 0);
        }
        book.rounds[customer] += 1;
    }

    /// How often each customer went the whole way.
    pub fn rounds(&self) -> Vec<usize> {
        self.book().rounds.clone()
    }

    /// A node was asked for what it has.
    pub fn probed(&self, probe: Probe) {
        self.book().probes.push(probe);
    }

    /// All families.
    pub fn families(&self) -> Vec<Family> {
        self.book().families.clone()
    }

    /// All tokens that were taken back.
    pub fn all_taken_back(&self) -> Vec<TakenBack> {
        self.book().taken_back.clone()
    }

    /// Two of the tokens that were taken back: the last, and one by turns.
    pub fn some_taken_back(&self, turn: usize) -> Vec<TakenBack> {
        let book = self.book();
        let Some(last) = book.taken_back.last() else {
            return Vec::new();
        };
        let other = &book.taken_back[turn % book.taken_back.len()];
        vec![last.clone(), other.clone()]
    }

    /// From here on.
    pub fn mark(&self) -> Mark {
        Mark {
            at: SystemClock.now(),
            probes: self.book().probes.len(),
        }
    }

    /// How often that node was asked for each of the five since then, at least.
    pub fn probes_of(&self, node: usize, since: Mark) -> usize {
        let book = self.book();
        book.probes[since.probes..]
            .iter()
            .filter(|probe| probe.node == node && probe.what == Warm::ClientCredentials)
            .count()
    }

    /// What these had to serve since then was served, and 99 of 100 within a second.
    #[track_caller]
    pub fn assert_served(&self, since: Mark, must: impl Fn(&Probe) -> bool) {
        let book = self.book();
        let asked: Vec<_> = book.probes[since.probes..]
            .iter()
            .filter(|probe| must(probe))
            .collect();
        assert!(asked.len() >= 100, "{} are too few to tell", asked.len());
        let failed: Vec<_> = asked.iter().filter(|probe| probe.status != 200).collect();
        assert!(
            failed.is_empty(),
            "{} failed: {:?}",
            failed.len(),
            &failed[..failed.len().min(5)]
        );
        let p99 = p99(asked.iter().map(|probe| probe.took).collect());
        assert!(p99 < Duration::from_secs(1), "{p99:?} of {}", asked.len());
    }

    /// Nobody was asked to come back since then.
    #[track_caller]
    pub fn assert_nobody_refused(&self, since: Mark) {
        assert_eq!(self.refusals(since), 0);
    }

    /// How many were asked to come back since then.
    pub fn refusals(&self, since: Mark) -> usize {
        let book = self.book();
        book.refusals.iter().filter(|(at, _)| *at >= since.at).count()
    }

    /// What it cost since then, for whoever reads the test's output.
    pub fn tell(&self, what: &str, since: Mark) {
        let book = self.book();
        let refusals: Vec<_> = book.refusals.iter().filter(|(at, _)| *at >= since.at).collect();
        let span = match (refusals.iter().min(), refusals.iter().max()) {
            (Some((first, _)), Some((last, _))) => last.since(*first),
            _ => Duration::ZERO,
        };
        let longest = refusals.iter().map(|(_, took)| *took).max().unwrap_or_default();
        println!(
            "{what}: {} refusals within {span:?}, told after {longest:?} at most",
            refusals.len()
        );
        let served = book.probes[since.probes..]
            .iter()
            .filter(|probe| probe.status == 200);
        let times: Vec<_> = served.map(|probe| probe.took).collect();
        println!(
            "    of {} answers from what is at hand 99% took {:?}",
            times.len(),
            p99(times)
        );
    }

    /// Nothing happened that may never happen.
    #[track_caller]
    pub fn assert_clean(&self) {
        let wrongs = std::mem::take(&mut self.book().wrongs);
        assert!(wrongs.is_empty(), "{}", wrongs.join("\n"));
    }
}

/// What 99 of 100 took at most.
fn p99(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times.get(times.len() * 99 / 100).copied().unwrap_or_default()
}
