//! A person as Signet knows them.

use std::fmt;

use kernel::Timestamp;
use kernel::id::UserId;
use serde_json::{Map, Value};

use crate::profile::Profile;

/// A PHC string (`$argon2id$v=19$...`). Blank in logs.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Wraps a PHC string.
    pub fn new(phc: impl Into<String>) -> Self {
        Self(phc.into())
    }

    /// The PHC string, for storage and verification.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(..)")
    }
}

/// Whether a person may sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserState {
    /// May sign in.
    Active,
    /// An administrator has locked the account: no sign-in, no refresh, no userinfo.
    Locked,
}

/// A person.
#[derive(Debug, Clone, PartialEq)]
pub struct User {
    /// The `sub`.
    pub id: UserId,
    /// As they write it; unique in its normal form together with all e-mail addresses.
    pub username: String,
    /// Address, as given.
    pub email: Option<String>,
    /// Whether the address was proven.
    pub email_verified: bool,
    /// Standard claims beside username and e-mail.
    pub profile: Profile,
    /// Roles given to this person directly.
    pub roles: Vec<String>,
    /// Free-form values an administrator keeps; claims may be mapped from them.
    pub attributes: Map<String, Value>,
    /// Names of the groups the person is in, sorted. Filled by the store on reading; written by the group port.
    pub groups: Vec<String>,
    /// Roles that come with those groups. Filled by the store on reading, never written through the user.
    pub group_roles: Vec<String>,
    /// Whether they may sign in.
    pub state: UserState,
    /// How their password is checked; none when they have none.
    pub password: Option<PasswordHash>,
    /// When made.
    pub created_at: Timestamp,
    /// When last changed; `updated_at` of OpenID Connect Core 5.1.
    pub updated_at: Timestamp,
}

impl User {
    /// Whether the person may use Signet now.
    pub fn is_active(&self) -> bool {
        self.state == UserState::Active
    }

    /// What to call the person: full name, else username.
    pub fn display_name(&self) -> &str {
        self.profile.name.as_deref().unwrap_or(&self.username)
    }

    /// About how many bytes the person takes in memory. Attributes are an administrator's, up to 64 KiB of JSON, and as a
    /// tree of values they take several times their text.
    pub fn bytes(&self) -> usize {
        let length = |json: Result<String, _>| json.map_or(0, |text: String| text.len());
        let attributes = length(serde_json::to_string(&self.attributes));
        let profile = length(serde_json::to_string(&self.profile));
        let lists = [&self.roles, &self.groups, &self.group_roles]
            .into_iter()
            .flatten();
        let words: usize = lists.map(|word| size_of::<String>() + word.len()).sum();
        size_of::<Self>() + profile + 4 * attributes + words
    }

    /// Own roles and those of the groups, sorted, without repeats.
    pub fn effective_roles(&self) -> Vec<String> {
        let mut all: Vec<String> = self.roles.iter().chain(&self.group_roles).cloned().collect();
        all.sort();
        all.dedup();
        all
    }
}
