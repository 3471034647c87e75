//! The secrets of a client (RFC 6749 2.3.1): one, and for a while the one before it, so that a program can be given another
//! without a pause.
//!
//! Either can be withdrawn at once. Of each is known when it was last used, to the hour, so that somebody can see whether the
//! old one is still in use.

use std::collections::HashMap;
use std::fmt;
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use kernel::entropy::bytes;
use kernel::secret::ClientSecret;
use kernel::{Ctx, Digest, Entropy, Timestamp};

/// The longest an old secret may stay good beside a new one.
pub const LONGEST_OVERLAP: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// How exactly it is known when a secret was last used.
const COARSE: Duration = Duration::from_secs(60 * 60);

/// Names a secret without telling any of it; unique within its client.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SecretId(String);

impl SecretId {
    /// Ten random hexadecimal digits.
    pub fn generate(entropy: &dyn Entropy) -> Self {
        let digits = bytes::<5>(entropy).map(|byte| format!("{byte:02x}"));
        Self(digits.concat())
    }

    /// From a stored row, or as somebody typed it.
    pub fn from_text(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SecretId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One of them, as stored.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredSecret {
    /// Its name.
    pub id: SecretId,
    /// Its digest.
    pub digest: Digest<ClientSecret>,
    /// When it was given.
    pub created_at: Timestamp,
    /// Until when it is good; only one that was replaced ends by itself.
    pub expires_at: Option<Timestamp>,
    /// When somebody last authenticated with it, to the hour.
    pub last_used_at: Option<Timestamp>,
}

impl StoredSecret {
    /// Whether somebody may authenticate with it.
    pub fn is_good(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|end| now < end)
    }
}

/// What becomes of the secret that is replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Former {
    /// It is worth nothing from now on.
    Void,
    /// It is good for so long.
    Kept(Duration),
}

/// Why a secret was not withdrawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotWithdrawn {
    /// There is none of that name.
    Unknown,
    /// Without it the client could not authenticate.
    Last,
}

/// The secrets of a client: none, one, or two; the newest first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Secrets(Vec<StoredSecret>);

impl Secrets {
    /// From stored rows.
    pub fn of(mut stored: Vec<StoredSecret>) -> Self {
        // The one that is good without end is the newest; time alone does not tell within a millisecond.
        stored.sort_by_key(|own| (own.expires_at.is_some(), std::cmp::Reverse(own.created_at)));
        Self(stored)
    }

    /// One secret.
    pub fn new(digest: Digest<ClientSecret>, at: Timestamp, entropy: &dyn Entropy) -> Self {
        Self(vec![StoredSecret {
            id: SecretId::generate(entropy),
            digest,
            created_at: at,
            expires_at: None,
            last_used_at: None,
        }])
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each of them, good or not.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &StoredSecret> {
        self.0.iter()
    }

    /// Those with which somebody may authenticate.
    pub fn good(&self, now: Timestamp) -> impl Iterator<Item = &StoredSecret> {
        self.0.iter().filter(move |own| own.is_good(now))
    }

    /// The one that was presented. Each is compared, and each in constant time, so that the time taken does not tell which
    /// one it was.
    pub fn matching(&self, presented: &Digest<ClientSecret>, now: Timestamp) -> Option<&StoredSecret> {
        self.good(now).fold(None, |found, own| {
            let equal = own.digest == *presented;
            if equal { Some(own) } else { found }
        })
    }

    /// From now on this is the secret. Of those there were only the newest may stay for a while.
    pub fn replace(&mut self, digest: Digest<ClientSecret>, former: Former, ctx: &Ctx) {
        let now = ctx.now();
        let mut kept = match former {
            Former::Void => None,
            Former::Kept(_) => self.good(now).next().cloned(),
        };
        if let (Some(kept), Former::Kept(overlap)) = (&mut kept, former) {
            let end = now.plus(overlap);
            kept.expires_at = Some(kept.expires_at.map_or(end, |sooner| sooner.min(end)));
        }
        *self = Self::new(digest, now, &*ctx.entropy);
        self.0.extend(kept);
    }

    /// Takes one away. One that is left has no end any more.
    ///
    /// # Errors
    /// [`NotWithdrawn`].
    pub fn withdraw(&mut self, id: &SecretId, now: Timestamp) -> Result<(), NotWithdrawn> {
        if !self.0.iter().any(|own| own.id == *id) {
            return Err(NotWithdrawn::Unknown);
        }
        let left = self.good(now).filter(|own| own.id != *id).cloned();
        let mut left: Vec<StoredSecret> = left.collect();
        let Some(newest) = left.first_mut() else {
            return Err(NotWithdrawn::Last);
        };
        newest.expires_at = None;
        self.0 = left;
        Ok(())
    }
}

/// A use of a secret, to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretUse {
    /// Whose.
    pub client_id: String,
    /// Which.
    pub id: SecretId,
    /// When.
    pub at: Timestamp,
}

/// The uses one process has seen. Who authenticates waits for no writing: the first use in an hour is noted in memory, and what
/// was noted is stored once a minute.
#[derive(Debug, Default)]
pub struct SecretUses(RwLock<HashMap<SecretId, Noted>>);

#[derive(Debug)]
struct Noted {
    client_id: String,
    at: Timestamp,
    stored: Stored,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stored {
    Yes,
    No,
}

impl SecretUses {
    /// Notes that somebody authenticated with this secret.
    pub fn note(&self, client_id: &str, secret: &StoredSecret, now: Timestamp) {
        let lately = |at: Timestamp| now.since(at) < COARSE;
        if secret.last_used_at.is_some_and(lately) {
            return;
        }
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if known.get(&secret.id).is_some_and(|noted| lately(noted.at)) {
            return;
        }
        drop(known);
        let noted = Noted {
            client_id: client_id.to_owned(),
            at: now,
            stored: Stored::No,
        };
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        known.insert(secret.id.clone(), noted);
    }

    /// What was noted since the last time.
    pub fn take(&self, now: Timestamp) -> Vec<SecretUse> {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, noted| noted.stored == Stored::No || now.since(noted.at) < COARSE);
        let fresh = known.iter_mut().filter(|(_, noted)| noted.stored == Stored::No);
        let taken = fresh.map(|(id, noted)| {
            noted.stored = Stored::Yes;
            SecretUse {
                client_id: noted.client_id.clone(),
                id: id.clone(),
                at: noted.at,
            }
        });
        taken.collect()
    }

    /// They could not be stored: the next time.
    pub fn put_back(&self, uses: &[SecretUse]) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        for own in uses {
            if let Some(noted) = known.get_mut(&own.id) {
                noted.stored = Stored::No;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use kernel::{FixedClock, Issuer, Plain, Policy, SeededEntropy};

    use super::*;

    const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);
    const DAY: Duration = Duration::from_secs(86_400);

    fn ctx(at: Timestamp) -> Ctx {
        Ctx {
            clock: Arc::new(FixedClock::at(at)),
            entropy: Arc::new(SeededEntropy::new(at.as_secs() as u64)),
            issuer: Issuer::new("https://id.example"),
            policy: Policy::default(),
        }
    }

    fn digest(text: &str) -> Digest<ClientSecret> {
        Plain::from_presented(text).digest()
    }

    fn pair() -> Secrets {
        let mut secrets = Secrets::new(digest("old"), NOW, &SeededEntropy::new(1));
        secrets.replace(digest("new"), Former::Kept(DAY), &ctx(NOW));
        secrets
    }

    fn opens(secrets: &Secrets, text: &str, at: Timestamp) -> bool {
        secrets.matching(&digest(text), at).is_some()
    }

    #[test]
    fn the_old_one_is_good_as_long_as_was_said() {
        let (secrets, last) = (pair(), NOW.plus(DAY));
        for (text, at, good) in [
            ("new", NOW, true),
            ("old", NOW, true),
            ("old", Timestamp::from_millis(last.as_millis() - 1), true),
            ("old", last, false),
            ("new", last, true),
            ("other", NOW, false),
        ] {
            assert_eq!(opens(&secrets, text, at), good, "{text} at {at:?}");
        }
        let mut at_once = pair();
        at_once.replace(digest("newer"), Former::Void, &ctx(NOW));
        assert_eq!(at_once.iter().count(), 1);
    }

    #[test]
    fn there_are_never_more_than_two() {
        let mut secrets = pair();
        secrets.replace(digest("newer"), Former::Kept(DAY), &ctx(NOW.plus(DAY / 2)));
        let good = ["old", "new", "newer"].map(|text| opens(&secrets, text, NOW.plus(DAY / 2)));
        assert_eq!(good, [false, true, true]);
        assert_eq!(Secrets::of(secrets.iter().cloned().rev().collect()), secrets);
    }

    #[test]
    fn either_is_withdrawn_and_the_other_stays() {
        for (gone, left) in [("old", "new"), ("new", "old")] {
            let mut secrets = pair();
            let id = secrets.matching(&digest(gone), NOW).map(|own| own.id.clone());
            secrets.withdraw(&id.unwrap(), NOW).unwrap();
            assert!(!opens(&secrets, gone, NOW) && opens(&secrets, left, NOW.plus(DAY * 400)));
            let last = secrets.iter().next().map(|own| own.id.clone()).unwrap();
            assert_eq!(secrets.withdraw(&last, NOW), Err(NotWithdrawn::Last));
        }
        let unknown = SecretId::from_text("x");
        assert_eq!(pair().withdraw(&unknown, NOW), Err(NotWithdrawn::Unknown));
    }

    #[test]
    fn what_has_expired_does_not_count_as_the_other_one() {
        let mut secrets = pair();
        let newest = secrets.iter().next().map(|own| own.id.clone()).unwrap();
        assert_eq!(secrets.withdraw(&newest, NOW.plus(DAY)), Err(NotWithdrawn::Last));
    }

    #[test]
    fn a_use_is_noted_once_an_hour() {
        let (uses, secrets) = (SecretUses::default(), pair());
        let newest = secrets.iter().next().unwrap();
        let note = |minutes: u64| uses.note("web", newest, NOW.plus(Duration::from_secs(60 * minutes)));
        note(0);
        note(59);
        let taken = uses.take(NOW);
        assert_eq!(taken.len(), 1);
        assert_eq!((taken[0].at, &*taken[0].client_id), (NOW, "web"));
        assert_eq!(uses.take(NOW), []);
        uses.put_back(&taken);
        assert_eq!(uses.take(NOW), taken);
        note(59);
        assert_eq!(uses.take(NOW), []);
        note(60);
        assert_eq!(uses.take(NOW.plus(COARSE)).len(), 1);
        // Known from storage already.
        let known = StoredSecret {
            last_used_at: Some(NOW.plus(DAY)),
            ..newest.clone()
        };
        uses.note("web", &known, NOW.plus(DAY));
        assert_eq!(uses.take(NOW.plus(DAY)), []);
    }
}
