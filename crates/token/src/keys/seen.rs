//! Which tokens' signatures a key has verified already. Nothing else about a token is remembered: its dates, revocation,
//! client and person are asked every time.

use std::collections::HashSet;
use std::mem;
use std::sync::{Mutex, PoisonError};

use kernel::digest::sha256;

/// Digests kept per generation; with two of them at most 80 000, some 4 MB for the one or two keys in use.
const GENERATION: usize = 40_000;

/// SHA-256 of whole tokens, header and signature included: a token that differs in one bit is another.
#[derive(Default)]
pub(super) struct SeenTokens(Mutex<Generations>);

/// The newer set fills up and becomes the older one, whose digests are forgotten unless they are asked for again.
#[derive(Default)]
struct Generations {
    newer: HashSet<[u8; 32]>,
    older: HashSet<[u8; 32]>,
}

impl SeenTokens {
    /// How a token is known here.
    pub(super) fn digest(token: &str) -> [u8; 32] {
        sha256(token.as_bytes())
    }

    /// Whether its signature was verified.
    pub(super) fn knows(&self, digest: &[u8; 32]) -> bool {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.newer.contains(digest) {
            return true;
        }
        let known = seen.older.remove(digest);
        if known {
            seen.remember(*digest);
        }
        known
    }

    /// Its signature was verified just now.
    pub(super) fn remember(&self, digest: [u8; 32]) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.remember(digest);
    }
}

impl Generations {
    fn remember(&mut self, digest: [u8; 32]) {
        if self.newer.len() >= GENERATION {
            self.older = mem::take(&mut self.newer);
        }
        self.newer.insert(digest);
    }
}

impl std::fmt::Debug for SeenTokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SeenTokens(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_is_known_and_nothing_else() {
        let seen = SeenTokens::default();
        let digest = SeenTokens::digest("a.b.c");
        assert!(!seen.knows(&digest));
        seen.remember(digest);
        assert!(seen.knows(&digest));
        assert!(!seen.knows(&SeenTokens::digest("a.b.d")));
    }

    #[test]
    fn memory_is_bounded_and_what_is_asked_for_stays() {
        let seen = SeenTokens::default();
        let token = |number: usize| SeenTokens::digest(&number.to_string());
        for number in 0..4 * GENERATION {
            seen.remember(token(number));
            assert!(seen.knows(&token(0)), "{number}");
        }
        assert!(!seen.knows(&token(1)));
        let kept = seen.0.lock().unwrap();
        assert!(kept.newer.len() + kept.older.len() <= 2 * GENERATION);
    }
}
