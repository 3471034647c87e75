//! The revocation list: which tokens are refused although their signature and dates are good.
//!
//! This file says what an entry is. Truth is in storage ([`Revocations`]); every process keeps a [`RevocationList`], a
//! replica that answers without a round trip. Entries name one token, or everything that came from a grant, a session, a
//! person, a client or a key, and are forgotten when nothing they name can still be valid.

mod list;
mod table;

use std::time::Duration;

use kernel::id::{GrantId, Sid, TokenId, UserId};
use kernel::{StorageFault, Timestamp};

pub use list::{RevocationList, Sizes};

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
