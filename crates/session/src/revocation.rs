//! The revocation list: which tokens are refused although their signature and dates are good.
//!
//! Truth is in storage ([`Revocations`]); every process keeps a [`RevocationList`], a replica that answers without a
//! round trip. Entries name one token, or everything that came from a grant, a session, a person, a client or a key, and
//! are forgotten when nothing they name can still be valid.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::Hash;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use kernel::id::{GrantId, Sid, TokenId, UserId};
use kernel::{StorageFault, Timestamp};

/// The longest life of any access token. Configuration and resources accept nothing above it, so that an entry this old
/// refuses nothing any more.
pub const LONGEST_ACCESS_TTL: Duration = Duration::from_secs(24 * 60 * 60);

/// What is revoked.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Revoked {
    /// One access token.
    Token(TokenId),
    /// Everything that came from one authorization.
    Grant(GrantId),
    /// What was issued in a session until it ended. Offline access goes on with new tokens.
    Session(Sid),
    /// What was issued for a person until then.
    User(UserId),
    /// What was issued to a client until then.
    Client(String),
    /// Whatever a key ever signed.
    Key(String),
}

impl Revoked {
    /// The word for storage and for people.
    pub fn kind(&self) -> &'static str {
        match self {
            Revoked::Token(_) => "token",
            Revoked::Grant(_) => "grant",
            Revoked::Session(_) => "session",
            Revoked::User(_) => "user",
            Revoked::Client(_) => "client",
            Revoked::Key(_) => "key",
        }
    }

    /// The name of the thing, as text.
    pub fn id(&self) -> String {
        match self {
            Revoked::Token(id) => id.to_string(),
            Revoked::Grant(id) => id.to_string(),
            Revoked::Session(id) => id.to_string(),
            Revoked::User(id) => id.to_string(),
            Revoked::Client(id) | Revoked::Key(id) => id.clone(),
        }
    }

    /// The reverse of [`kind`](Self::kind) and [`id`](Self::id); `None` for a kind or id that is none.
    pub fn parse(kind: &str, id: &str) -> Option<Self> {
        Some(match kind {
            "token" => Revoked::Token(id.parse().ok()?),
            "grant" => Revoked::Grant(id.parse().ok()?),
            "session" => Revoked::Session(id.parse().ok()?),
            "user" => Revoked::User(id.parse().ok()?),
            "client" => Revoked::Client(id.to_owned()),
            "key" => Revoked::Key(id.to_owned()),
            _ => return None,
        })
    }
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revocation {
    /// What is revoked.
    pub what: Revoked,
    /// Tokens issued at or before this moment are refused, to the millisecond of their `jti`.
    pub until: Timestamp,
    /// When the entry refuses nothing any more and is forgotten.
    pub expires_at: Timestamp,
}

impl Revocation {
    /// Revokes at `now`. A token, grant or key is revoked for good; the others only for what was issued so far.
    pub fn at(now: Timestamp, what: Revoked) -> Self {
        let until = match what {
            Revoked::Token(_) | Revoked::Grant(_) | Revoked::Key(_) => Timestamp::from_millis(i64::MAX),
            Revoked::Session(_) | Revoked::User(_) | Revoked::Client(_) => now,
        };
        Self {
            what,
            until,
            // A minute beyond, for nodes whose clocks disagree.
            expires_at: now.plus(LONGEST_ACCESS_TTL + Duration::from_secs(60)),
        }
    }
}

/// What of a token the list looks at.
#[derive(Debug, Clone, Copy)]
pub struct Issued<'a> {
    /// `jti`; its milliseconds say when the token was issued.
    pub token: TokenId,
    /// Under which grant.
    pub grant: Option<GrantId>,
    /// In which session.
    pub session: Option<Sid>,
    /// For which person; none for a client's own tokens.
    pub user: Option<UserId>,
    /// To which client.
    pub client_id: &'a str,
    /// Signed by which key.
    pub kid: &'a str,
}

impl Issued<'_> {
    /// Everything whose revocation would refuse this token.
    pub fn names(&self) -> Vec<Revoked> {
        let mut names = vec![
            Revoked::Token(self.token),
            Revoked::Client(self.client_id.to_owned()),
            Revoked::Key(self.kid.to_owned()),
        ];
        names.extend(self.grant.map(Revoked::Grant));
        names.extend(self.session.map(Revoked::Session));
        names.extend(self.user.map(Revoked::User));
        names
    }
}

/// The list in storage.
pub trait Revocations {
    /// Adds an entry; an entry for the same thing is kept if it reaches further.
    ///
    /// # Errors
    /// Storage.
    fn revoke(&mut self, entry: &Revocation) -> Result<(), StorageFault>;
    /// Whether an entry refuses this token.
    ///
    /// # Errors
    /// Storage.
    fn is_revoked(&mut self, token: &Issued<'_>) -> Result<bool, StorageFault>;
}

/// How far an entry reaches, and how long it is needed.
#[derive(Debug, Clone, Copy)]
struct Reach {
    until: Timestamp,
    expires_at: Timestamp,
}

#[derive(Debug, Default)]
struct Entries {
    tokens: HashMap<TokenId, Reach>,
    grants: HashMap<GrantId, Reach>,
    sessions: HashMap<Sid, Reach>,
    users: HashMap<UserId, Reach>,
    clients: HashMap<String, Reach>,
    keys: HashMap<String, Reach>,
}

/// The replica of one process. Whoever writes the list's truth adds to it before telling anybody "done".
#[derive(Debug)]
pub struct RevocationList {
    entries: RwLock<Entries>,
    as_of: AtomicI64,
}

impl Default for RevocationList {
    fn default() -> Self {
        Self {
            entries: RwLock::default(),
            as_of: AtomicI64::new(i64::MIN),
        }
    }
}

impl RevocationList {
    /// Adds entries, however often they come.
    pub fn add(&self, added: impl IntoIterator<Item = Revocation>) {
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        for entry in added {
            entries.add(entry);
        }
    }

    /// Whether an entry refuses this token.
    pub fn refuses(&self, token: &Issued<'_>) -> bool {
        let entries = self.entries.read().unwrap_or_else(PoisonError::into_inner);
        entries.refuses(token)
    }

    /// The list knows everything that was committed before `at`.
    pub fn known_until(&self, at: Timestamp) {
        self.as_of.fetch_max(at.as_millis(), Ordering::Release);
    }

    /// Whether the list had news no longer than `max_lag` ago. If not, storage has to be asked.
    pub fn is_fresh(&self, now: Timestamp, max_lag: Duration) -> bool {
        let as_of = Timestamp::from_millis(self.as_of.load(Ordering::Acquire));
        now.since(as_of) <= max_lag
    }

    /// Forgets entries that refuse nothing any more.
    pub fn forget_expired(&self, now: Timestamp) {
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        entries.forget_expired(now);
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        let entries = self.entries.read().unwrap_or_else(PoisonError::into_inner);
        entries.tokens.len()
            + entries.grants.len()
            + entries.sessions.len()
            + entries.users.len()
            + entries.clients.len()
            + entries.keys.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Entries {
    fn add(&mut self, entry: Revocation) {
        let reach = Reach {
            until: entry.until,
            expires_at: entry.expires_at,
        };
        match entry.what {
            Revoked::Token(id) => extend(&mut self.tokens, id, reach),
            Revoked::Grant(id) => extend(&mut self.grants, id, reach),
            Revoked::Session(id) => extend(&mut self.sessions, id, reach),
            Revoked::User(id) => extend(&mut self.users, id, reach),
            Revoked::Client(id) => extend(&mut self.clients, id, reach),
            Revoked::Key(id) => extend(&mut self.keys, id, reach),
        }
    }

    fn refuses(&self, token: &Issued<'_>) -> bool {
        let issued_at = token.token.issued_at();
        let reaches = [
            self.tokens.get(&token.token),
            token.grant.and_then(|id| self.grants.get(&id)),
            token.session.and_then(|id| self.sessions.get(&id)),
            token.user.and_then(|id| self.users.get(&id)),
            self.clients.get(token.client_id),
            self.keys.get(token.kid),
        ];
        reaches
            .into_iter()
            .flatten()
            .any(|reach| issued_at <= reach.until)
    }

    fn forget_expired(&mut self, now: Timestamp) {
        let needed = |reach: &mut Reach| reach.expires_at > now;
        self.tokens.retain(|_, reach| needed(reach));
        self.grants.retain(|_, reach| needed(reach));
        self.sessions.retain(|_, reach| needed(reach));
        self.users.retain(|_, reach| needed(reach));
        self.clients.retain(|_, reach| needed(reach));
        self.keys.retain(|_, reach| needed(reach));
    }
}

/// The entry that reaches further, and lasts longer, wins.
fn extend<K: Eq + Hash>(map: &mut HashMap<K, Reach>, key: K, reach: Reach) {
    match map.entry(key) {
        Entry::Vacant(slot) => {
            slot.insert(reach);
        }
        Entry::Occupied(mut slot) => {
            let known = slot.get_mut();
            known.until = known.until.max(reach.until);
            known.expires_at = known.expires_at.max(reach.expires_at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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
