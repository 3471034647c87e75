//! The replica one process keeps of the revocation list: answers in a fraction of a microsecond, without a round trip.
//!
//! It only ever learns; what is in it leaves when it has expired. How news gets here is the business of whoever adds.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use kernel::Timestamp;
use kernel::id::{GrantId, Sid, TokenId, UserId};

use super::table::{Reach, Table};
use super::{Issued, Revocation, Revoked};

/// The replica of one process. Whoever writes the list's truth adds to it before telling anybody "done".
#[derive(Debug)]
pub struct RevocationList {
    tokens: Table<TokenId>,
    grants: Table<GrantId>,
    sessions: Table<Sid>,
    users: Table<UserId>,
    // Operators name these; there are never many.
    clients: Names,
    keys: Names,
    as_of: AtomicI64,
}

/// How many entries a list has, by what they name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sizes {
    /// Single tokens.
    pub tokens: usize,
    /// Grants.
    pub grants: usize,
    /// Sessions.
    pub sessions: usize,
    /// People.
    pub users: usize,
    /// Clients.
    pub clients: usize,
    /// Signing keys.
    pub keys: usize,
}

impl Sizes {
    /// All of them.
    pub fn total(self) -> usize {
        self.tokens + self.grants + self.sessions + self.users + self.clients + self.keys
    }
}

type Names = RwLock<HashMap<String, Reach>>;

impl Default for RevocationList {
    fn default() -> Self {
        Self {
            tokens: Table::default(),
            grants: Table::default(),
            sessions: Table::default(),
            users: Table::default(),
            clients: Names::default(),
            keys: Names::default(),
            as_of: AtomicI64::new(i64::MIN),
        }
    }
}

impl RevocationList {
    /// Adds entries, however often they come.
    pub fn add(&self, added: impl IntoIterator<Item = Revocation>) {
        for Revocation {
            what,
            until,
            expires_at,
        } in added
        {
            let reach = Reach { until, expires_at };
            match what {
                Revoked::Token(id) => self.tokens.add(id, reach),
                Revoked::Grant(id) => self.grants.add(id, reach),
                Revoked::Session(id) => self.sessions.add(id, reach),
                Revoked::User(id) => self.users.add(id, reach),
                Revoked::Client(id) => add(&self.clients, id, reach),
                Revoked::Key(id) => add(&self.keys, id, reach),
            }
        }
    }

    /// Whether an entry refuses this token.
    pub fn refuses(&self, token: &Issued<'_>) -> bool {
        let at = token.token.issued_at();
        self.tokens.refuses(&token.token, at)
            || token.grant.is_some_and(|id| self.grants.refuses(&id, at))
            || token.session.is_some_and(|id| self.sessions.refuses(&id, at))
            || token.user.is_some_and(|id| self.users.refuses(&id, at))
            || refuses(&self.clients, token.client_id, at)
            || refuses(&self.keys, token.kid, at)
    }

    /// The list knows everything that was committed before `at`.
    pub fn known_until(&self, at: Timestamp) {
        self.as_of.fetch_max(at.as_millis(), Ordering::Release);
    }

    /// Up to when the list knows everything; nothing before it was ever filled.
    pub fn as_of(&self) -> Option<Timestamp> {
        match self.as_of.load(Ordering::Acquire) {
            i64::MIN => None,
            millis => Some(Timestamp::from_millis(millis)),
        }
    }

    /// Whether the list had news no longer than `max_lag` ago. If not, storage has to be asked.
    pub fn is_fresh(&self, now: Timestamp, max_lag: Duration) -> bool {
        self.as_of().is_some_and(|as_of| now.since(as_of) <= max_lag)
    }

    /// Forgets entries that refuse nothing any more. Readers go on meanwhile: no lock is held for more than a small part.
    pub fn forget_expired(&self, now: Timestamp) {
        self.tokens.forget_expired(now);
        self.grants.forget_expired(now);
        self.sessions.forget_expired(now);
        self.users.forget_expired(now);
        for names in [&self.clients, &self.keys] {
            let mut names = names.write().unwrap_or_else(PoisonError::into_inner);
            names.retain(|_, reach| reach.expires_at > now);
        }
    }

    /// How many entries there are of each kind.
    pub fn sizes(&self) -> Sizes {
        let names = |names: &Names| names.read().unwrap_or_else(PoisonError::into_inner).len();
        Sizes {
            tokens: self.tokens.len(),
            grants: self.grants.len(),
            sessions: self.sessions.len(),
            users: self.users.len(),
            clients: names(&self.clients),
            keys: names(&self.keys),
        }
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.sizes().total()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// As [`Table::add`].
fn add(names: &Names, name: String, reach: Reach) {
    let mut names = names.write().unwrap_or_else(PoisonError::into_inner);
    let known = names.entry(name).or_insert(reach);
    known.until = known.until.max(reach.until);
    known.expires_at = known.expires_at.max(reach.expires_at);
}

/// As [`Table::refuses`].
fn refuses(names: &Names, name: &str, issued_at: Timestamp) -> bool {
    let names = names.read().unwrap_or_else(PoisonError::into_inner);
    names.get(name).is_some_and(|reach| issued_at <= reach.until)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::revocation::LONGEST_ACCESS_TTL;
    use kernel::SystemEntropy;

    const NOW: Timestamp = Timestamp::from_secs(1_763_000_000);

    fn token(at: Timestamp, user: UserId, sid: Sid) -> Issued<'static> {
        Issued {
            token: TokenId::generate(&SystemEntropy, at),
            grant: Some(GrantId::generate(&SystemEntropy, at)),
            session: Some(sid),
            user: Some(user),
            client_id: "web",
            kid: "k1",
        }
    }

    #[test]
    fn each_kind_refuses_what_it_names_and_nothing_else() {
        let (user, sid) = (UserId::generate(&SystemEntropy), Sid::generate(&SystemEntropy));
        let refused = token(NOW, user, sid);
        let spared = Issued {
            client_id: "other",
            kid: "k2",
            ..token(
                NOW,
                UserId::generate(&SystemEntropy),
                Sid::generate(&SystemEntropy),
            )
        };
        for what in refused.names() {
            let list = RevocationList::default();
            list.add([Revocation::at(NOW, what.clone())]);
            assert!(list.refuses(&refused), "{what:?}");
            assert!(!list.refuses(&spared), "{what:?}");
            assert_eq!(Revoked::parse(what.kind(), &what.id()), Some(what));
        }
    }

    #[test]
    fn a_session_or_person_gets_new_tokens_a_millisecond_later() {
        let (user, sid) = (UserId::generate(&SystemEntropy), Sid::generate(&SystemEntropy));
        let later = token(Timestamp::from_millis(NOW.as_millis() + 1), user, sid);
        let list = RevocationList::default();
        list.add([
            Revocation::at(NOW, Revoked::Session(sid)),
            Revocation::at(NOW, Revoked::User(user)),
        ]);
        assert!(list.refuses(&token(NOW, user, sid)));
        assert!(!list.refuses(&later));
    }

    #[test]
    fn an_earlier_entry_never_shortens_a_later_one() {
        let (user, sid) = (UserId::generate(&SystemEntropy), Sid::generate(&SystemEntropy));
        let list = RevocationList::default();
        list.add([Revocation::at(NOW, Revoked::User(user))]);
        list.add([Revocation::at(
            NOW.minus(Duration::from_secs(60)),
            Revoked::User(user),
        )]);
        assert!(list.refuses(&token(NOW, user, sid)));
    }

    #[test]
    fn entries_are_forgotten_when_nothing_they_name_can_be_valid() {
        let list = RevocationList::default();
        list.add([Revocation::at(NOW, Revoked::Client("web".into()))]);
        list.forget_expired(NOW.plus(LONGEST_ACCESS_TTL));
        assert_eq!(list.len(), 1);
        list.forget_expired(NOW.plus(LONGEST_ACCESS_TTL + Duration::from_secs(60)));
        assert!(list.is_empty());
    }

    #[test]
    fn a_list_without_news_is_not_fresh() {
        let list = RevocationList::default();
        let lag = Duration::from_secs(5);
        assert!(!list.is_fresh(NOW, lag));
        list.known_until(NOW);
        assert!(list.is_fresh(NOW.plus(lag), lag));
        assert!(!list.is_fresh(NOW.plus(lag + Duration::from_millis(1)), lag));
    }
}
